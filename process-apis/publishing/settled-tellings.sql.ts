import type { ClientBase } from 'pg';
import { utc } from '../../src/platform/db/utc.js';
import type { Instant } from '../../src/model/time.js';
import type { TellResult } from './publishing.types.js';

/** A telling as it was recorded. */
export interface SettledTelling {
  /** Ascending. */
  readonly id: string;
  readonly channel: string;
  readonly outcome: TellResult['outcome'];
  readonly toldAt: Instant;
  /** Since when the channel showed another quantity than it should; null for tellings of before this was kept. */
  readonly wantedSince: Instant | null;
}

/**
 * The next tellings behind an id, up to the first that is younger than `settledMs`: one with a smaller id may still be under
 * way beside a younger one. With twice the time that a transaction may take, none is ever skipped.
 */
export async function readSettledTellings(
  db: Pick<ClientBase, 'query'>,
  after: string,
  settledMs: number,
  limit: number,
): Promise<readonly SettledTelling[]> {
  const { rows } = await db.query<SettledTelling & { readonly settled: boolean }>({
    name: 'told-quantity.settled',
    text: `select id::text as id, channel, outcome, ${utc('told_at')} as "toldAt", ${utc('wanted_since')} as "wantedSince",
                  told_at <= now() - $3::float8 * interval '1 millisecond' as settled
           from told_quantity t where t.id > $1::bigint order by t.id limit $2`,
    values: [after, limit, settledMs],
  });
  const young = rows.findIndex(({ settled }) => !settled);
  return young < 0 ? rows : rows.slice(0, young);
}
