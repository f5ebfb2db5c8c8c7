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
  const hub = await BenchHub.start({
    databaseUrl: await postgres.createDatabase(),
    role: 'api',
    fill: (pool) => fillCatalog(pool, { items: ITEMS }),
  });
  try {
    const url = `${hub.hub.url}/channels/${PARTNER_ACCOUNT}/v1/orders`;
    for (const connections of CONNECTIONS) {
      const load = { bodies, connections, ...times, headers: partnerHeaders(hub.bearer) };
      const placed = await loadHttp({ ...load, url });
      // Right after, so that both meet the same machine.
      const raw = await loadEcho(load);
      yield rate(`ingest.${connections}`, 'orders/s', placed.perSecond, raw.perSecond);
      yield latency(`ingest.${connections}.p99`, placed.p99Ms, raw.p99Ms);
    }
  } finally {
    await hub.close();
  }
}

async function loadEcho(load: Omit<HttpLoad, 'url'>): Promise<HttpLoadResult> {
  const server = Fastify();
  server.post('/orders', (request) => request.body);
  try {
    return await loadHttp({ ...load, url: `${await server.listen({ port: 0, host: '127.0.0.1' })}/orders` });
  } finally {
    await server.close();
  }
}
