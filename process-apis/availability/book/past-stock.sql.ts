import type { ClientBase } from 'pg';
import type { Lot, Position } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { BUCKETS } from './stock.sql.js';

type Db = Pick<ClientBase, 'query'>;

/** A position as the ledger has it until an instant. */
export interface PastPosition extends Position {
  readonly asOf: Instant;
  /** The last movement until then, decimal text. */
  readonly lastMovement: string;
}

/**
 * The positions of these items as the ledger has them until the instant, by item and node; those without a movement until then
 * are absent. Movements of a position are numbered under its lock, so they count in that order: one counts as recorded
 * when those before it were, for the transaction that wrote it may have begun before the one that it had to wait for. When
 * it was counted is not in the ledger.
 */
export async function readPastPositions(
  db: Db,
  skus: readonly string[],
  asOf: Instant,
  node?: string,
): Promise<readonly PastPosition[]> {
  if (skus.length === 0) return [];
  const { rows } = await db.query<Omit<PastPosition, 'asOf'>>({
    name: 'movement.positions-as-of',
    text: `select l.sku, l.node, ${SUMS}, null as "countedAt", max(m.id)::text as "lastMovement"
           from (
             select p.sku, p.node,
                    (select m.id from movement m
                     where m.sku = p.sku and m.node = p.node and m.recorded_at >= $2::timestamptz + interval '1 millisecond'
                     order by m.id limit 1) as id
             from position p where p.sku = any($1::text[]) and ($3::text is null or p.node = $3)
           ) l
             join movement m on m.sku = l.sku and m.node = l.node and (l.id is null or m.id < l.id)
           group by l.sku, l.node order by l.sku, l.node`,
    values: [skus, asOf, node ?? null],
  });
  return rows.map((row) => ({ ...row, asOf }));
}

const SUMS = BUCKETS.map(
  ([bucket]) => `coalesce(sum(m.delta) filter (where m.bucket = '${bucket}'), 0)::int as "${bucket}"`,
).join(', ');

/** Lots with units after the movement, first expired first. */
export async function readPastLots(
  db: Db,
  { sku, node }: Pick<Position, 'sku' | 'node'>,
  lastMovement: string,
  limit: number,
): Promise<readonly Lot[]> {
  const { rows } = await db.query<Lot>({
    name: 'movement.lots-as-of',
    text: `select m.sku, m.node, m.lot, l.expires_on::text as "expiresOn",
                  coalesce(sum(m.delta) filter (where m.bucket = 'onHand'), 0)::int as "onHand",
                  coalesce(sum(m.delta) filter (where m.bucket = 'reserved'), 0)::int as reserved,
                  coalesce(sum(m.delta) filter (where m.bucket = 'qualityHold'), 0)::int as "qualityHold"
           from movement m left join lot l on l.sku = m.sku and l.node = m.node and l.lot = m.lot
           where m.sku = $1 and m.node = $2 and m.id <= $3::bigint and m.lot is not null
           group by m.sku, m.node, m.lot, l.expires_on
           having sum(m.delta) filter (where m.bucket = 'onHand') <> 0
           order by l.expires_on nulls last, m.lot limit $4`,
    values: [sku, node, lastMovement, limit],
  });
  return rows;
}
