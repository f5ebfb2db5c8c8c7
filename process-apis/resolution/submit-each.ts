import { failedInside, isFault } from '../intake/index.js';
import type { OrderCommit, OrderFact, RiderWriter, SubmitOutcome } from '../orders/index.js';
import { recordAudits, type AuditEntry } from '../../src/platform/audit/index.js';

/** Facts in one transaction. */
const PAGE = 200;

/** Of one fact: what came of it, or why the hub failed on it: then nothing of it is kept. */
export type Submitted = SubmitOutcome | { readonly result: 'FAILED'; readonly reason: string };

export interface AuditedFact {
  readonly fact: OrderFact;
  /** What is written down of it, in the transaction that takes it. */
  readonly audit: (outcome: SubmitOutcome) => AuditEntry;
}

const writeAudits: RiderWriter = (tx, rows) => recordAudits(tx, (rows as readonly (readonly AuditEntry[])[]).flat());

/**
 * Facts in pages, each together; one that fails holds up none of the others. One outcome per fact, in order. Throws what
 * passes by itself (no database, no room): what was taken until then stays, and is not taken twice.
 */
export async function submitEach(
  orders: Pick<OrderCommit, 'submit'>,
  facts: readonly AuditedFact[],
): Promise<readonly Submitted[]> {
  const outcomes: Submitted[] = [];
  for (let first = 0; first < facts.length; first += PAGE)
    outcomes.push(...(await submitPage(orders, facts.slice(first, first + PAGE))));
  return outcomes;
}

async function submitPage(
  orders: Pick<OrderCommit, 'submit'>,
  page: readonly AuditedFact[],
): Promise<readonly Submitted[]> {
  const row = (outcomes: readonly SubmitOutcome[]): readonly AuditEntry[] =>
    outcomes.flatMap((outcome, index) => (outcome.duplicate ? [] : (page[index]?.audit(outcome) ?? [])));
  try {
    return await orders.submit(
      page.map(({ fact }) => fact),
      { rider: { write: writeAudits, row } },
    );
  } catch (error) {
    if (!isFault(error)) throw error;
    if (page.length === 1) return [{ result: 'FAILED', reason: failedInside(error).detail }];
    const outcomes: Submitted[] = [];
    for (const fact of page) outcomes.push(...(await submitPage(orders, [fact])));
    return outcomes;
  }
}
