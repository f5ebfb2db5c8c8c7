import Fastify from 'fastify';
import pg from 'pg';
import { PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import { timeFor } from '../harness/at-once.js';
import { skuAt } from '../harness/bench-catalog.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub } from '../harness/bench-hub.js';
import { latency, rate, type Figure } from '../harness/figure.js';
import { loadHttp, type HttpLoad, type HttpLoadResult } from '../harness/http-load.js';
import { fillTwoNodes } from './stocked-nodes.js';

const ITEMS = 10_000;
const ITEMS_PER_CHECK = 10;
const CHECKS = 1_000;
const CONNECTIONS = 64;
/** Prime to the number of items, so that checks that come together are of different items. */
const STRIDE = 7_919;
/** As many as the hub's pool has by default. */
const RAW_CONNECTIONS = 10;

/** What one check reads, as an expert would write it for this alone: no rules, no listings, no explanation. */
const READ_SQL = `
  select p.sku, sum(greatest(0, p.on_hand - p.reserved - p.missing - p.quality_hold - p.safety_stock - p.threshold
                                - p.earmarked))::int as available
  from position p join node n on n.id = p.node and n.active where p.sku = any($1::text[]) group by p.sku`;

/** Checks of 10 items over HTTP, against an echo of the same bytes and the same read by hand-written SQL. */
export async function* availability(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const times = quick ? { warmUpMs: 1_000, measureMs: 2_000 } : { warmUpMs: 3_000, measureMs: 10_000 };
  const checks = Array.from({ length: CHECKS }, (_, n) =>
    Array.from({ length: ITEMS_PER_CHECK }, (_item, item) => skuAt(((n * ITEMS_PER_CHECK + item) * STRIDE) % ITEMS)),
  );
  const bodies = checks.map((skus) =>
    JSON.stringify({ channel: PARTNER_ACCOUNT, items: skus.map((sku) => ({ sku, quantity: 1 })) }),
  );
  const databaseUrl = await postgres.createDatabase();
  const hub = await BenchHub.start({ databaseUrl, role: 'api', fill: (pool) => fillTwoNodes(pool, ITEMS) });
  try {
    const load = {
      bodies,
      connections: CONNECTIONS,
      ...times,
      headers: { authorization: `Bearer ${hub.bearer}`, 'content-type': 'application/json' },
    };
    const checked = await loadHttp({ ...load, url: `${hub.hub.url}/availability/v1/check` });
    // Right after, so that all meet the same machine.
    const echo = await loadEcho(load);
    const raw = await readRaw(databaseUrl, checks, times);
    yield rate('availability.echo', 'checks/s', checked.perSecond, echo.perSecond);
    yield rate('availability.sql', 'checks/s', checked.perSecond, raw);
    yield latency('availability.p99', checked.p99Ms, echo.p99Ms);
  } finally {
    await hub.close();
  }
}

async function loadEcho(load: Omit<HttpLoad, 'url'>): Promise<HttpLoadResult> {
  const server = Fastify();
  server.post('/check', (request) => request.body);
  try {
    return await loadHttp({ ...load, url: `${await server.listen({ port: 0, host: '127.0.0.1' })}/check` });
  } finally {
    await server.close();
  }
}

async function readRaw(
  url: string,
  checks: readonly (readonly string[])[],
  { warmUpMs, measureMs }: { readonly warmUpMs: number; readonly measureMs: number },
): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: RAW_CONNECTIONS });
  const read = async (n: number): Promise<void> => {
    const { rows } = await pool.query({ name: 'raw.check', text: READ_SQL, values: [checks[n % checks.length]] });
    if (rows.length !== ITEMS_PER_CHECK) throw new Error(`${rows.length} items were found`);
  };
  await timeFor(warmUpMs, CONNECTIONS, read);
  const perSecond = await timeFor(measureMs, CONNECTIONS, read);
  await pool.end();
  return perSecond;
}
