import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { timeFor } from '../harness/at-once.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub } from '../harness/bench-hub.js';
import { latency, rate, type Figure } from '../harness/figure.js';
import { loadHttp } from '../harness/http-load.js';
import { percentile } from '../harness/percentile.js';
import { fillShipped } from './order-page.js';
import { ORDER_AS_JSON, ORDER_QUERY } from './order-queries.js';

const CONNECTIONS = 16;
const DOCUMENT_ID = 'order-page';

interface Read {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * The page of an order (three lines, two shipments, timeline, cross-references) over HTTP, as a trusted document, against
 * the statement that an expert would write for it.
 */
export async function* graphql(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const times = quick ? { warmUpMs: 1_000, measureMs: 2_000 } : { warmUpMs: 3_000, measureMs: 10_000 };
  const databaseUrl = await postgres.createDatabase();
  const documents = mkdtempSync(join(tmpdir(), 'entrepot-bench-documents-'));
  writeFileSync(join(documents, `${DOCUMENT_ID}.graphql`), ORDER_QUERY);
  const ids: string[] = [];
  const hub = await BenchHub.start({
    databaseUrl,
    role: 'api',
    settings: { ENTREPOT_TRUSTED_DOCUMENTS: documents },
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
      bodies: ids.map((id) => JSON.stringify({ documentId: DOCUMENT_ID, variables: { id } })),
    });
    const raw = await readRaw(databaseUrl, ids, times);
    yield rate('graphql.order', 'orders/s', read.perSecond, raw.perSecond);
    yield latency('graphql.order.p50', read.p50Ms, raw.p50Ms);
    yield latency('graphql.order.p99', read.p99Ms, raw.p99Ms);
  } finally {
    await hub.close();
    rmSync(documents, { recursive: true });
  }
}

async function readRaw(
  url: string,
  ids: readonly string[],
  { warmUpMs, measureMs }: { readonly warmUpMs: number; readonly measureMs: number },
): Promise<Read> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  let latenciesMs: number[] = [];
  const read = async (n: number): Promise<void> => {
    const id = ids[n % ids.length];
    const startedAt = performance.now();
    const { rows } = await pool.query<{ order: string }>({ name: 'raw.order', text: ORDER_AS_JSON, values: [id] });
    if (rows[0] === undefined) throw new Error(`there is no order ${id}`);
    latenciesMs.push(performance.now() - startedAt);
  };
  await timeFor(warmUpMs, CONNECTIONS, read);
  latenciesMs = [];
  const perSecond = await timeFor(measureMs, CONNECTIONS, read);
  await pool.end();
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return { perSecond, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
}
