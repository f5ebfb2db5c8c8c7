import { randomUUIDv7 } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { StockUnits } from '../../../src/model/events.js';
import type { Movement } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { inRetriedTransaction } from '../../../src/platform/commit/index.js';
import { appendEvents } from '../../../src/platform/event-log/index.js';
import { StockBook } from './stock-book.js';

/** Items that orders wait for, looked at in one sweep. */
const WAITED_FOR_MAX = 10_000;

/** An event by its place in its stream. */
export interface EventPlace {
  readonly streamId: string;
  readonly streamVersion: number;
}

/** Units that were earmarked by these events, by position. */
export async function readEarmarks(
  db: Pick<ClientBase, 'query'>,
  events: readonly EventPlace[],
): Promise<readonly StockUnits[]> {
  const { rows } = await db.query<StockUnits>({
    name: 'movement.earmarks-of-events',
    text: `select m.sku, m.node, sum(m.delta)::int as quantity
           from unnest($1::uuid[], $2::int[]) as e (stream, version)
             join movement m on m.cause_stream = e.stream and m.cause_version = e.version and m.reason = 'EARMARK'
           group by m.sku, m.node order by m.sku, m.node`,
    values: [events.map(({ streamId }) => streamId), events.map(({ streamVersion }) => streamVersion)],
  });
  return rows;
}

/**
 * Ends earmarks after the waiting orders were looked at: what they did not take is for everyone. Units that were
 * earmarked since stay so, as long as orders wait. Gives the units.
 */
export async function endEarmarks(pool: Pool, earmarks: readonly StockUnits[]): Promise<number> {
  if (earmarks.length === 0) return 0;
  return inRetriedTransaction(pool, async (tx) => {
    const book = await StockBook.lock(
      tx,
      earmarks.map(({ sku }) => sku),
    );
    const movements = earmarks.flatMap(({ sku, node, quantity }): readonly Movement[] => {
      const { earmarked = 0 } = book.position(sku, node) ?? {};
      const ended = book.waitingFor(sku) === 0 ? earmarked : Math.min(earmarked, quantity);
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
    // Who ordered ahead is looked at when the date comes, and newcomers half a minute later.
    text: `select sku from item
             where (release_at > $1 and release_at <= $2)
                or (release_at + interval '30 s' > $1 and release_at + interval '30 s' <= $2)
           union
           select sku from allocation_rule
             where (starts_at > $1 and starts_at <= $2) or (ends_at > $1 and ends_at <= $2)
           union
           select d.sku from allocation_rule r join channel_demand d on r.sku is null or r.sku = d.sku
             where r.idle_minutes is not null and d.claimed_at + r.idle_minutes * interval '1 minute' > $1
               and d.claimed_at + r.idle_minutes * interval '1 minute' <= $2
           union
           -- of a channel that never sold it, idleness counts from the rule on
           select sku from allocation_rule
             where idle_minutes is not null
               and greatest(updated_at, starts_at) + idle_minutes * interval '1 minute' > $1
               and greatest(updated_at, starts_at) + idle_minutes * interval '1 minute' <= $2
           union
           select null from node
             where units_per_day is not null
               and ($1::timestamptz at time zone time_zone)::date <> ($2::timestamptz at time zone time_zone)::date`,
    values: [since, now],
  });
  return { skus: rows.flatMap(({ sku }) => sku ?? []), everything: rows.some(({ sku }) => sku === null) };
}
