import type { Pool } from 'pg';
import { PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import { seed } from '../../../src/demo/seed.js';
import { activeTracing, useTracing, type Tracing } from '../../../src/platform/telemetry/tracing.js';
import { PLENTY } from '../harness/bench-catalog.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub } from '../harness/bench-hub.js';
import { rate, type Figure } from '../harness/figure.js';
import { HelperProcess } from '../harness/helper-process.js';
import { loadHttp } from '../harness/http-load.js';
import { partnerHeaders, partnerOrderBody } from '../ingest/partner-order.js';
import { skusOfOrder } from '../lifecycle/lifecycle-items.js';
import { place, untilCompleted } from '../lifecycle/lifecycle.bench.js';

/** As `ENTREPOT_TRACE_RATIO`: the default, and everything. */
const RATIOS = ['0.1', '1'] as const;
const CONNECTIONS = 16;
const BODIES = 500;

interface Sizes {
  /** Each of two rounds with traces and two without: off, on, on, off, so that a machine that changes its speed is in both. */
  readonly orders: number;
  readonly warmUp: number;
  readonly ingestMs: number;
}

/** What traces cost: the same hub in the same run, with and without them, to a collector in another process. */
export async function* telemetry(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const sizes = quick ? { orders: 240, warmUp: 120, ingestMs: 1_500 } : { orders: 1_200, warmUp: 600, ingestMs: 5_000 };
  for (const ratio of RATIOS) yield* measure(postgres, ratio, sizes);
}

async function* measure(postgres: BenchPostgres, ratio: string, sizes: Sizes): AsyncGenerator<Figure> {
  const collector = HelperProcess.start(new URL('./collector.process.js', import.meta.url));
  const hub = await BenchHub.start({
    databaseUrl: await postgres.createDatabase(),
    role: 'all',
    fill: (pool, outside) => seed(pool, outside.address.accounts, PLENTY),
    settings: { ENTREPOT_OTLP_URL: await collector.call<string>('listen'), ENTREPOT_TRACE_RATIO: ratio },
  });
  try {
    const tracing = activeTracing();
    if (tracing === undefined) throw new Error('no traces are written');
    const lifecycle = await compare(tracing, await lifecycleOf(hub, sizes));
    yield rate(`telemetry.lifecycle.${ratio}`, 'orders/s', lifecycle.on, lifecycle.off);
    const ingest = await compare(tracing, () => ingestOf(hub, sizes.ingestMs));
    yield rate(`telemetry.ingest.${ratio}`, 'orders/s', ingest.on, ingest.off);
    const { bytes } = await collector.call<{ readonly bytes: number }>('taken');
    if (bytes === 0) throw new Error('the collector got nothing');
  } finally {
    await hub.close();
    await collector.stop();
  }
}

async function compare(tracing: Tracing, perSecond: () => Promise<number>): Promise<{ on: number; off: number }> {
  const seconds = { on: 0, off: 0 };
  for (const state of ['off', 'on', 'on', 'off'] as const) {
    useTracing(state === 'on' ? tracing : undefined);
    // As time for one order: rounds of one state are put together by their time.
    seconds[state] += 1 / (await perSecond());
  }
  useTracing(tracing);
  return { on: 2 / seconds.on, off: 2 / seconds.off };
}

/** Orders from acceptance to invoice. */
async function lifecycleOf(hub: BenchHub, { orders, warmUp }: Sizes): Promise<() => Promise<number>> {
  let placed = 0;
  const round = async (count: number): Promise<number> => {
    const since = new Date();
    await place(hub, `telemetry-${placed}`, count);
    placed += count;
    await untilCompleted(hub.pool, placed);
    return completedPerSecond(hub.pool, since, count);
  };
  await round(warmUp);
  return () => round(orders);
}

async function ingestOf({ hub, bearer }: BenchHub, measureMs: number): Promise<number> {
  const { perSecond } = await loadHttp({
    url: `${hub.url}/channels/${PARTNER_ACCOUNT}/v1/orders`,
    headers: partnerHeaders(bearer),
    bodies: Array.from({ length: BODIES }, (_, n) => partnerOrderBody(skusOfOrder(n))),
    connections: CONNECTIONS,
    warmUpMs: measureMs / 3,
    measureMs,
  });
  return perSecond;
}

async function completedPerSecond(pool: Pool, since: Date, orders: number): Promise<number> {
  const { rows } = await pool.query<{ seconds: number }>(
    `select extract(epoch from max(recorded_at) - min(recorded_at))::float8 as seconds
     from event_log where recorded_at >= $1 and type in ('OrderAccepted', 'OrderCompleted')`,
    [since],
  );
  return orders / (rows[0]?.seconds ?? Number.NaN);
}
