import type { Pool } from 'pg';
import { findUnexplainedPositions } from '../../../process-apis/availability/index.js';
import { timeAtOnce } from '../harness/at-once.js';
import { fillCatalog, skuAt, type StockedItems } from '../harness/bench-catalog.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { rate, type Figure } from '../harness/figure.js';
import { orderFact } from './order-fact.js';
import { BATCH, OrderDoor } from './order-door.js';
import { readWrittenRows } from './written-rows.js';
import { rewriteRows } from './raw-reservation.js';

const ITEMS = 10_000;
const LINES = 3;
/** Enough that both slots are busy and full batches wait behind them. */
const WAITING = 2 * BATCH.batchMax * BATCH.inFlightMax;
/** Prime to the number of items, so that orders walk through all of them. */
const STRIDE = 7_919;

interface Variant {
  readonly name: string;
  readonly skus: (order: number) => readonly string[];
  readonly stock: (orders: number) => StockedItems;
}

const uniform = (order: number): readonly string[] =>
  Array.from({ length: LINES }, (_, line) => skuAt(1 + (((order * LINES + line) * STRIDE) % (ITEMS - 1))));

const VARIANTS: readonly Variant[] = [
  { name: 'reserve.uniform', skus: uniform, stock: () => ({ items: ITEMS }) },
  {
    name: 'reserve.hot-sku',
    skus: (order) => [skuAt(0), ...uniform(order).slice(1)],
    // It runs out before the end: there a careless hub would oversell.
    stock: (orders) => ({ items: ITEMS, unitsOfFirst: Math.floor(orders * 0.9) }),
  },
];

/** Orders through the one door, against the same rows written by hand. Throws when anything was oversold. */
export async function* reserve(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const [warmUp, measured] = quick ? [600, 3_000] : [2_000, 20_000];
  for (const variant of VARIANTS) {
    const orders = warmUp + measured;
    const stock = variant.stock(orders);
    const door = await OrderDoor.open(await postgres.createDatabase());
    try {
      await fillCatalog(door.pool, stock);
      const place = async (n: number): Promise<void> => {
        await door.orders.submit([orderFact(`R-${n}`, variant.skus(n))]);
      };
      await timeAtOnce(warmUp, WAITING, place);
      const seconds = await timeAtOnce(measured, WAITING, (n) => place(warmUp + n));
      await requireSound(door.pool, orders);
      const rows = await readWrittenRows(door.pool, BATCH.batchMax);
      const raw = await rewriteRows(await postgres.createDatabase(), rows, {
        stock,
        connections: BATCH.inFlightMax,
        warmUpBatches: Math.ceil(warmUp / BATCH.batchMax),
      });
      yield rate(variant.name, 'orders/s', measured / seconds, raw.ordersPerSecond);
    } finally {
      await door.close();
    }
  }
}

/** All orders are there, no item is oversold, and each unit of stock is explained. */
async function requireSound(pool: Pool, orders: number): Promise<void> {
  const { rows } = await pool.query<{ orders: number; oversold: number }>(
    `select (select count(*)::int from orders) as orders,
            (select count(*)::int from position where reserved > on_hand) as oversold`,
  );
  const [found] = rows;
  if (found?.orders !== orders) throw new Error(`${orders} orders were accepted, ${found?.orders} are there`);
  if (found.oversold > 0) throw new Error(`${found.oversold} positions are oversold`);
  const unexplained = await findUnexplainedPositions(pool);
  if (unexplained.length > 0) throw new Error(`positions without cause: ${JSON.stringify(unexplained.slice(0, 5))}`);
}
