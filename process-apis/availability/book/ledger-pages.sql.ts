import type { ClientBase } from 'pg';
import type { Movement, MovementReason, Position } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { utc } from '../../../src/platform/db/utc.js';

/** A line of the ledger. */
export interface LedgerMovement extends Omit<Movement, 'lot'> {
  /** Ascending in the order of recording, decimal text. */
  readonly id: string;
  readonly lot: string | null;
  readonly causeStream: string;
  readonly causeVersion: number;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
}

/** A place in the ledger of one position: the end of it where `before`, the id of a movement, is absent. */
export type LedgerPlace = Pick<Position, 'sku' | 'node'> & { readonly before?: string };

/** What orders and carts cause: most of a ledger, and left out of the index by reason, so that they do not pay for it. */
const OF_SALES: readonly MovementReason[] = ['RESERVE', 'UNRESERVE', 'SOFT_RESERVE', 'SOFT_RELEASE', 'FIRM', 'SHIP'];
/** As the index says it, word by word: else it is not used. */
const NOT_OF_SALES = `m.reason not in (${OF_SALES.map((reason) => `'${reason}'`).join(', ')})`;

const COLUMNS = `m.id::text as id, m.sku, m.node, m.bucket, m.delta, m.reason, m.lot,
  m.cause_stream as "causeStream", m.cause_version as "causeVersion",
  ${utc('m.occurred_at')} as "occurredAt", ${utc('m.recorded_at')} as "recordedAt"`;

const NEWEST = 'm.sku = w.sku and m.node = w.node and (w.before is null or m.id < w.before)';

/**
 * The newest movements of each place, newest first; `perPlace` at most. Of these reasons alone, where they are given: those of
 * sales are met soon on the way back through the ledger, each other one is read by an index of its own.
 */
export async function readLedgerPages(
  db: Pick<ClientBase, 'query'>,
  places: readonly LedgerPlace[],
  reasons: readonly MovementReason[] | undefined,
  perPlace: number,
): Promise<readonly LedgerMovement[]> {
  const values: unknown[] = [
    places.map(({ sku }) => sku),
    places.map(({ node }) => node),
    places.map(({ before }) => before ?? null),
    perPlace,
  ];
  const { rows } = await db.query<LedgerMovement>(
    `select ${COLUMNS}
     from unnest($1::text[], $2::text[], $3::bigint[]) as w (sku, node, before)
       cross join lateral (${pageOf(reasons, values)} order by id desc limit $4) m
     order by m.sku, m.node, m.id desc`,
    values,
  );
  return rows;
}

/** Parts that are not asked for are not in it: a scan for no reason at all would read the whole ledger. */
function pageOf(reasons: readonly MovementReason[] | undefined, values: unknown[]): string {
  if (reasons === undefined) return `select * from movement m where ${NEWEST}`;
  const value = (given: unknown): string => `$${values.push(given)}`;
  const ofSales = reasons.filter((reason) => OF_SALES.includes(reason));
  const others = [...new Set(reasons)].filter((reason) => !OF_SALES.includes(reason));
  const parts = [
    ofSales.length === 0
      ? []
      : `(select * from movement m where ${NEWEST} and m.reason = any(${value(ofSales)}::text[]) order by m.id desc limit $4)`,
    others.length === 0
      ? []
      : `(select m.* from unnest(${value(others)}::text[]) as r (reason) cross join lateral (
            select * from movement m where ${NEWEST} and m.reason = r.reason and ${NOT_OF_SALES}
            order by m.id desc limit $4) m)`,
  ].flat();
  return parts.length === 0 ? 'select * from movement where false' : `select * from (${parts.join(' union all ')}) m`;
}
