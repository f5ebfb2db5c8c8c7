import type { Pool } from 'pg';
import { seed } from '../../../src/demo/seed.js';
import { KeyRing } from '../../../src/platform/crypto/key-ring.js';
import { SeededOrders } from '../../support/seed-orders.js';
import { until } from '../../support/until.js';
import { PLENTY } from '../harness/bench-catalog.js';
import type { Outside } from '../harness/outside.js';

const CHANNEL = 'shop-eu';
const SHIPPED = 50;
const BATCH = 1_000;
const DAYS = 90;
const CAUGHT_UP_MS_MAX = 30 * 60_000;
/** Orders at each of the two marketplaces, and how often. */
const PLACED = { orders: 1, everyMs: 200 } as const;

/**
 * Orders that were accepted and wait for the ERP, and some that have gone all the way: the ids of these. The outside knows
 * nothing of them: their tasks are gone.
 */
export async function fillOrders(
  pool: Pool,
  outside: Outside,
  { orders, keys }: { readonly orders: number; readonly keys: string },
): Promise<readonly string[]> {
  const seeded = await SeededOrders.open(pool, KeyRing.parse(keys));
  for (let from = 0; from < orders; from += BATCH)
    await seeded.accept(
      CHANNEL,
      Array.from({ length: BATCH }, (_, n) => referenceOf(from + n)),
    );
  const ids: string[] = [];
  for (let n = 0; n < SHIPPED; n += 1) ids.push((await seeded.fulfill(CHANNEL, referenceOf(n))).id);
  await seeded.close();
  await seed(pool, outside.address.accounts, PLENTY);
  await pool.query(`update channel_account set active = false where kind = 'test'`);
  await pool.query('delete from pgboss.job');
  await pool.query('vacuum analyze');
  return ids;
}

export function referenceOf(n: number): string {
  return `C-${n}`;
}

/** Until all orders can be found and are counted; then their figures are those of each of the last days. */
export async function untilCounted(pool: Pool, orders: number): Promise<void> {
  const counted = async (): Promise<number> => {
    const { rows } = await pool.query<{ counted: number }>(
      `select least((select count(*) from listed_order),
                    (select coalesce(sum(orders), 0) from order_flow where stage = 'NEW'))::int as counted`,
    );
    return rows[0]?.counted ?? 0;
  };
  await until(counted, (seen) => seen >= orders, {
    what: 'the orders in lists and figures',
    timeoutMs: CAUGHT_UP_MS_MAX,
  });
  await pool.query(
    `insert into kpi_day (kpi, day, channel, node, stage, count, sum_ms, max_ms, numerator, denominator, buckets, revision)
     select kpi, day - n, channel, node, stage, count, sum_ms, max_ms, numerator, denominator, buckets, revision
     from kpi_day, generate_series(1, $1::int - 1) as n
     on conflict do nothing`,
    [DAYS],
  );
  await pool.query('vacuum analyze');
}

/** Buyers order at both marketplaces all the time, as on a busy day. Gives what ends it. */
export function keepOrdering(outside: Outside): () => Promise<void> {
  let ordering = Promise.resolve();
  const timer = setInterval(() => {
    ordering = ordering.then(() => outside.placeAtMarketplaces(PLACED.orders));
  }, PLACED.everyMs);
  return async () => {
    clearInterval(timer);
    await ordering;
  };
}
