import type { Pool } from 'pg';
import { readEventsAfter, type EventCursor } from '../../../src/platform/event-log/index.js';
import type { StockUnits } from '../../../src/model/events.js';

const PAGE = 2_000;

/** Seconds that SQL by hand needs for the same changes: one statement for each page of the log, plain on-hand, no rules. */
export async function computeByHand(pool: Pool, after: EventCursor): Promise<number> {
  await pool.query(
    'create table raw_wanted (channel text, listing_sku text, wanted int not null, primary key (channel, listing_sku))',
  );
  const startedAt = performance.now();
  for (let cursor = after; ;) {
    const events = await readEventsAfter(pool, cursor, PAGE);
    const last = events.at(-1);
    if (last === undefined) break;
    cursor = last.cursor;
    const units = events.flatMap(({ data }) => ('stock' in data ? (data.stock as readonly StockUnits[]) : []));
    const skus = [...new Set(units.map(({ sku }) => sku))];
    if (skus.length > 0) await refresh(pool, skus);
  }
  return (performance.now() - startedAt) / 1_000;
}

async function refresh(pool: Pool, skus: readonly string[]): Promise<void> {
  await pool.query({
    name: 'raw.wanted',
    text: `insert into raw_wanted (channel, listing_sku, wanted)
           select l.channel, l.listing_sku, coalesce(sum(p.on_hand - p.reserved), 0)
           from listing l left join position p using (sku) where l.sku = any($1::text[])
           group by l.channel, l.listing_sku order by 1, 2
           on conflict (channel, listing_sku) do update set wanted = excluded.wanted
           where raw_wanted.wanted <> excluded.wanted`,
    values: [skus],
  });
}
