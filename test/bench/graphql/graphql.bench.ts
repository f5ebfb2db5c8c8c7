import pg from 'pg';
import { timeFor } from '../harness/at-once.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub } from '../harness/bench-hub.js';
import { rate, type Figure } from '../harness/figure.js';
import { loadHttp } from '../harness/http-load.js';
import { SeededOrders } from '../../support/seed-orders.js';
import { ORDER_AS_JSON, ORDER_QUERY } from './order-queries.js';

const CHANNEL = 'shop-eu';
const CONNECTIONS = 16;

/** One order with its lines and shipments over HTTP, against the statement that an expert would write for it. */
export async function* graphql(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const times = quick ? { warmUpMs: 1_000, measureMs: 2_000 } : { warmUpMs: 3_000, measureMs: 10_000 };
  const databaseUrl = await postgres.createDatabase();
  const ids: string[] = [];
  const hub = await BenchHub.start({
    databaseUrl,
    role: 'api',
    fill: async (pool) => {
      ids.push(...(await fillShipped(pool, quick ? 100 : 500)));
    },
  });
  try {
    const read = await loadHttp({
      ...times,
      url: `${hub.hub.url}/graphql`,
      connections: CONNECTIONS,
      headers: { authorization: `Bearer ${hub.bearer}`, 'content-type': 'application/json' },
      bodies: ids.map((id) => JSON.stringify({ query: ORDER_QUERY, variables: { id } })),
    });
    yield rate('graphql.order', 'orders/s', read.perSecond, await readRaw(databaseUrl, ids, times));
  } finally {
    await hub.close();
  }
}

/** Orders that have gone all the way, by id. */
async function fillShipped(pool: pg.Pool, orders: number): Promise<readonly string[]> {
  const seeded = await SeededOrders.open(pool);
  const references = Array.from({ length: orders }, (_, n) => `G-${n}`);
  await seeded.accept(CHANNEL, references);
  const shipped = await Promise.all(references.map((reference) => seeded.fulfill(CHANNEL, reference)));
  await seeded.close();
  await pool.query('vacuum analyze');
  return shipped.map(({ id }) => id);
}

async function readRaw(
  url: string,
  ids: readonly string[],
  { warmUpMs, measureMs }: { readonly warmUpMs: number; readonly measureMs: number },
): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  const read = async (n: number): Promise<void> => {
    const id = ids[n % ids.length];
    const { rows } = await pool.query<{ order: string }>({ name: 'raw.order', text: ORDER_AS_JSON, values: [id] });
    if (rows[0] === undefined) throw new Error(`there is no order ${id}`);
  };
  await timeFor(warmUpMs, CONNECTIONS, read);
  const perSecond = await timeFor(measureMs, CONNECTIONS, read);
  await pool.end();
  return perSecond;
}
