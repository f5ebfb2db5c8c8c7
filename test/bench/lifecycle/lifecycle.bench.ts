import type { Pool } from 'pg';
import { findUnexplainedPositions } from '../../../process-apis/availability/index.js';
import { OrderCommit } from '../../../process-apis/orders/index.js';
import { seed } from '../../../src/demo/seed.js';
import { until } from '../../support/until.js';
import { timeAtOnce } from '../harness/at-once.js';
import { PLENTY } from '../harness/bench-catalog.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub } from '../harness/bench-hub.js';
import { rate, type Figure } from '../harness/figure.js';
import { orderFact } from '../reserve/order-fact.js';
import { skusOfOrder } from './lifecycle-items.js';
import { driveOutside } from './raw-lifecycle.js';

const PLACED_AT_ONCE = 64;
const PATIENCE_MS = 180_000;

/** Orders of all channels from acceptance to invoice, against the same calls to the ERP and the warehouse without a hub. */
export async function* lifecycle(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const [warmUp, measured] = quick ? [150, 600] : [600, 3_000];
  const hub = await BenchHub.start({
    databaseUrl: await postgres.createDatabase(),
    role: 'all',
    fill: (pool, outside) => seed(pool, outside.address.accounts, PLENTY),
  });
  try {
    await place(hub, 'warm-up', warmUp);
    await untilCompleted(hub.pool, warmUp);
    await place(hub, 'measured', measured);
    await untilCompleted(hub.pool, warmUp + measured);
    const perSecond = await completedPerSecond(hub.pool, warmUp, measured);
    const unexplained = await findUnexplainedPositions(hub.pool);
    if (unexplained.length > 0) throw new Error(`positions without cause: ${JSON.stringify(unexplained.slice(0, 5))}`);
    yield rate('lifecycle', 'orders/s', perSecond, await driveOutside(hub, measured));
  } finally {
    await hub.close();
  }
}

/** A third at each marketplace's sandbox, and a third from the partner. */
export async function place({ hub, outside }: BenchHub, name: string, orders: number): Promise<void> {
  const third = Math.floor(orders / 3);
  const door = hub.app.get(OrderCommit);
  const partners = timeAtOnce(orders - 2 * third, PLACED_AT_ONCE, async (n) => {
    await door.submit([orderFact(`${name}-${n}`, skusOfOrder(n))]);
  });
  await Promise.all([partners, outside.placeAtMarketplaces(third)]);
}

/** Resolves when so many orders of the whole database are completed. */
export async function untilCompleted(pool: Pool, wanted: number): Promise<void> {
  const count = async (): Promise<Readonly<Record<string, number>>> => {
    const { rows } = await pool.query<{ status: string; orders: number }>(
      `select case when completed then 'completed' else status end as status, count(*)::int as orders
       from orders group by 1`,
    );
    return Object.fromEntries(rows.map(({ status, orders }) => [status, orders]));
  };
  await until(count, ({ completed = 0 }) => completed >= wanted, { what: 'the orders', timeoutMs: PATIENCE_MS });
}

/** By the log: from the first acceptance to the last completion of the orders after the warm-up. */
async function completedPerSecond(pool: Pool, warmUp: number, measured: number): Promise<number> {
  const { rows } = await pool.query<{ seconds: number }>(
    `with counted as (select id from orders order by id offset $1)
     select extract(epoch from max(recorded_at) - min(recorded_at))::float8 as seconds
     from event_log where stream_id in (select id from counted) and type in ('OrderAccepted', 'OrderCompleted')`,
    [warmUp],
  );
  return measured / (rows[0]?.seconds ?? Number.NaN);
}
