import { randomUUIDv7 } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { StockUnits } from '../../../src/model/events.js';
import type { Movement } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { inRetriedTransaction } from '../../../src/platform/commit/index.js';
import { appendEvents } from '../../../src/platform/event-log/index.js';
import { pair } from './stock-state.js';
import { StockBook } from './stock-book.js';

/** Items that orders wait for, looked at in one sweep. */
const WAITED_FOR_MAX = 10_000;

/**
 * Ends the earmarks of units that were freed, after the waiting orders were looked at: what they did not take is for
 * everyone. Units that were freed since stay earmarked, as long as orders wait. Gives the units.
 */
export async function endEarmarks(pool: Pool, freed: readonly StockUnits[]): Promise<number> {
  const units = new Map<string, StockUnits>();
  for (const { sku, node, quantity } of freed) {
    const known = units.get(pair(sku, node))?.quantity ?? 0;
    units.set(pair(sku, node), { sku, node, quantity: known + Math.max(0, quantity) });
  }
  const skus = await findEarmarked(pool, [...units.values()]);
  if (skus.length === 0) return 0;
  return inRetriedTransaction(pool, async (tx) => {
    const book = await StockBook.lock(tx, skus);
    const movements = [...units.values()].flatMap(({ sku, node, quantity }): readonly Movement[] => {
      const position = book.position(sku, node);
      if (position === undefined) return [];
      const ended = book.waitingFor(sku) === 0 ? position.earmarked : Math.min(position.earmarked, quantity);
      return ended > 0 ? [{ sku, node, bucket: 'earmarked', delta: -ended, reason: 'EARMARK_END' }] : [];
    });
    if (movements.length === 0) return 0;
    const stream = randomUUIDv7();
    const occurredAt = new Date().toISOString();
    book.book(movements, { stream, version: 1, occurredAt });
    const stock = movements.map(({ sku, node, delta }) => ({ sku, node, quantity: -delta }));
    await appendEvents(tx, [
      {
        streamType: 'stock',
        streamId: stream,
        streamVersion: 1,
        type: 'EarmarksEnded',
        schemaVersion: 1,
        scope: '',
        source: 'hub',
        factId: `hub/earmarks/${stream}`,
        occurredAt,
        data: { source: 'hub', stock },
      },
    ]);
    await book.flush(tx);
    return stock.reduce((sum, { quantity }) => sum + quantity, 0);
  });
}

async function findEarmarked(db: Pick<ClientBase, 'query'>, places: readonly StockUnits[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ sku: string }>({
    name: 'position.earmarked',
    text: `select distinct p.sku from unnest($1::text[], $2::text[]) as w (sku, node)
             join position p on p.sku = w.sku and p.node = w.node where p.earmarked > 0`,
    values: [places.map(({ sku }) => sku), places.map(({ node }) => node)],
  });
  return rows.map((row) => row.sku);
}

/** Items that orders wait for. */
export async function findWaitedFor(db: Pick<ClientBase, 'query'>): Promise<readonly string[]> {
  const { rows } = await db.query<{ sku: string }>(
    'select distinct sku from channel_demand where waiting > 0 order by sku limit $1',
    [WAITED_FOR_MAX],
  );
  return rows.map((row) => row.sku);
}

export interface FreedByTime {
  readonly skus: readonly string[];
  /** It may concern every item that orders wait for. */
  readonly everything: boolean;
}

/** What may be had since `since` though no stock moved. */
export async function findFreedByTime(
  db: Pick<ClientBase, 'query'>,
  since: Instant,
  now: Instant,
): Promise<FreedByTime> {
  const { rows } = await db.query<{ sku: string | null }>({
    name: 'stock.freed-by-time',
    text: `select sku from item where release_at > $1 and release_at <= $2
           union
           select sku from allocation_rule
             where (starts_at > $1 and starts_at <= $2) or (ends_at > $1 and ends_at <= $2)
           union
           select d.sku from allocation_rule r join channel_demand d on r.sku is null or r.sku = d.sku
             where r.idle_minutes is not null and d.claimed_at + r.idle_minutes * interval '1 minute' > $1
               and d.claimed_at + r.idle_minutes * interval '1 minute' <= $2
           union
           select null from node
             where units_per_day is not null
               and ($1::timestamptz at time zone time_zone)::date <> ($2::timestamptz at time zone time_zone)::date`,
    values: [since, now],
  });
  return { skus: rows.flatMap(({ sku }) => sku ?? []), everything: rows.some(({ sku }) => sku === null) };
}
