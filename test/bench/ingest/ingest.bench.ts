import Fastify from 'fastify';
import { PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import { fillCatalog, skuAt } from '../harness/bench-catalog.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub } from '../harness/bench-hub.js';
import { latency, rate, type Figure } from '../harness/figure.js';
import { loadHttp, type HttpLoad, type HttpLoadResult } from '../harness/http-load.js';
import { partnerHeaders, partnerOrderBody } from './partner-order.js';

const ITEMS = 10_000;
/** Prime to the number of items, so that orders that come together are of different items. */
const STRIDE = 7_919;
const LINES = 3;
const BODIES = 2_000;
const CONNECTIONS = [16, 64] as const;

/** Orders placed by a partner over HTTP, each answered after its commit, against an echo that stores nothing. */
export async function* ingest(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const bodies = Array.from({ length: BODIES }, (_, n) =>
    partnerOrderBody(Array.from({ length: LINES }, (_line, line) => skuAt(((n * LINES + line) * STRIDE) % ITEMS))),
  );
  const times = quick ? { warmUpMs: 1_000, measureMs: 2_000 } : { warmUpMs: 3_000, measureMs: 10_000 };
  const loads = CONNECTIONS.map((connections) => ({ bodies, connections, ...times }));
  const echoed = await loadEcho(loads);
  const hub = await BenchHub.start({
    databaseUrl: await postgres.createDatabase(),
    role: 'api',
    fill: (pool) => fillCatalog(pool, { items: ITEMS }),
  });
  try {
    for (const [index, load] of loads.entries()) {
      const url = `${hub.hub.url}/channels/${PARTNER_ACCOUNT}/v1/orders`;
      const placed = await loadHttp({ ...load, url, headers: partnerHeaders(hub.bearer) });
      const raw = echoed[index];
      if (raw === undefined) throw new Error('each load was echoed before');
      yield rate(`ingest.${load.connections}`, 'orders/s', placed.perSecond, raw.perSecond);
      yield latency(`ingest.${load.connections}.p99`, placed.p99Ms, raw.p99Ms);
    }
  } finally {
    await hub.close();
  }
}

type Load = Omit<HttpLoad, 'url' | 'headers'>;

async function loadEcho(loads: readonly Load[]): Promise<readonly HttpLoadResult[]> {
  const server = Fastify();
  server.post('/orders', (request) => request.body);
  const url = `${await server.listen({ port: 0, host: '127.0.0.1' })}/orders`;
  const results: HttpLoadResult[] = [];
  for (const load of loads) results.push(await loadHttp({ ...load, url, headers: partnerHeaders('none') }));
  await server.close();
  return results;
}
