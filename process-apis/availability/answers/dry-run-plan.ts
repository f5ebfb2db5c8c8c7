import type { Pool } from 'pg';
import type { ProblemDetail } from '../../../src/platform/http/problem.js';
import type { Demand } from '../promise/promise.js';
import type { Availability } from './availability.service.js';
import { UnknownInRequestError } from './check.types.js';
import { dryRun, type DryRun, type DryRunRequest } from './dry-run.js';
import type { Wanted } from './selling-lookup.js';

/** What would be ordered: an item, or a listing of the channel. */
export type DryRunLine = { readonly quantity: number } & (
  { readonly sku: string; readonly listingSku?: never } | { readonly listingSku: string; readonly sku?: never }
);

export interface PlannedDryRun {
  /** When the stock was read. */
  readonly asOf: string;
  /** `lineId` is the line's place in the request: `0` for the first. */
  readonly run: DryRun;
}

/** Where an order of these lines would go. Throws UnknownInRequestError, with pointers into the request. */
export async function planDryRun(
  availability: Pick<Availability, 'read'>,
  pool: Pool,
  { lines, ...request }: Omit<DryRunRequest, 'demands'> & { readonly lines: readonly DryRunLine[] },
): Promise<PlannedDryRun> {
  const { channel, collectAt } = request;
  const wanted = lines.map(({ sku, listingSku = '' }): Wanted =>
    sku === undefined ? { channel, listingSku } : { sku },
  );
  const facts = await availability.read(pool, wanted);
  const errors: ProblemDetail[] = [];
  if (collectAt !== undefined && !facts.nodes.some(({ id }) => id === collectAt))
    errors.push({ pointer: '/collectAt', detail: `There is no node "${collectAt}".` });
  const demands = wanted.flatMap((each, index): readonly Demand[] => {
    const selling = facts.find(each);
    const quantity = lines[index]?.quantity ?? 0;
    if (selling !== undefined) return [{ lineId: String(index), quantity, components: selling.components }];
    errors.push(unknownLine(each, index));
    return [];
  });
  if (errors.length > 0) throw new UnknownInRequestError(errors);
  return { asOf: facts.now, run: dryRun({ ...request, demands }, facts) };
}

function unknownLine(wanted: Wanted, index: number): ProblemDetail {
  if ('sku' in wanted) return { pointer: `/lines/${index}/sku`, detail: `There is no item "${wanted.sku}".` };
  const { channel, listingSku } = wanted;
  return {
    pointer: `/lines/${index}/listingSku`,
    detail: `The channel "${channel}" has no listing "${listingSku}" that is mapped to an item.`,
  };
}
