import type { Pool } from 'pg';
import { PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import { seed } from '../../../src/demo/seed.js';
import { activeTracing, useTracing, type Tracing } from '../../../src/platform/telemetry/tracing.js';
import { PLENTY } from '../harness/bench-catalog.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub } from '../harness/bench-hub.js';
import { latency, rate, type Figure } from '../harness/figure.js';
import { HelperProcess } from '../harness/helper-process.js';
import { loadHttp } from '../harness/http-load.js';
import { partnerHeaders, partnerOrderBody } from '../ingest/partner-order.js';
import { skusOfOrder } from '../lifecycle/lifecycle-items.js';
import { place, untilCompleted } from '../lifecycle/lifecycle.bench.js';

/** As `ENTREPOT_TRACE_RATIO`: the default, and everything. */
const RATIOS = ['0.1', '1'] as const;
/** So that a machine that changes its speed does so in both. */
const CYCLE = ['off', 'on', 'on', 'off'] as const;
const CONNECTIONS = 16;
const BODIES = 500;

interface Sizes {
  readonly cycles: number;
  /** Of each round. */
  readonly orders: number;
  readonly ingestMs: number;
}

/** Some orders, and what they took. */
interface Taken {
  readonly orders: number;
  readonly ms: number;
}

/** Runs orders through the hub. */
type Round = (hub: BenchHub, name: string) => Promise<Taken>;

/** What traces cost: the same hub in the same run, with and without them, to a collector in another process. */
export async function* telemetry(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const sizes: Sizes = quick
    ? { cycles: 1, orders: 240, ingestMs: 1_500 }
    : { cycles: 2, orders: 450, ingestMs: 4_000 };
  const lifecycle: Round = (hub, name) => runLifecycle(hub, name, sizes.orders);
  const ingest: Round = (hub) => runIngest(hub, sizes.ingestMs);
  for (const ratio of RATIOS) {
    yield* measure(`telemetry.lifecycle.${ratio}`, postgres, { ratio, role: 'all', round: lifecycle }, sizes.cycles);
    yield* measure(`telemetry.ingest.${ratio}`, postgres, { ratio, role: 'api', round: ingest }, sizes.cycles);
  }
}

interface Measured {
  readonly ratio: string;
  readonly role: 'api' | 'all';
  readonly round: Round;
}

async function* measure(
  name: string,
  postgres: BenchPostgres,
  { ratio, role, round }: Measured,
  cycles: number,
): AsyncGenerator<Figure> {
  const collector = HelperProcess.start(new URL('./collector.process.js', import.meta.url));
  const hub = await BenchHub.start({
    databaseUrl: await postgres.createDatabase(),
    role,
    fill: (pool, outside) => seed(pool, outside.address.accounts, PLENTY),
    settings: { ENTREPOT_OTLP_URL: await collector.call<string>('listen'), ENTREPOT_TRACE_RATIO: ratio },
  });
  try {
    const tracing = activeTracing();
    if (tracing === undefined) throw new Error('no traces are written');
    const { on, off } = await compare(tracing, (roundName) => round(hub, roundName), cycles);
    yield rate(name, 'orders/s', 1_000 / on.ms, 1_000 / off.ms);
    yield latency(`${name}.cpu`, on.cpuMs, off.cpuMs);
    const { bytes } = await collector.call<{ readonly bytes: number }>('taken');
    if (bytes === 0) throw new Error('the collector got nothing');
  } finally {
    await hub.close();
    await collector.stop();
  }
}

/** All rounds of one state put together. */
class Cost {
  private orders = 0;
  private totalMs = 0;
  private totalCpuMs = 0;

  async add(work: () => Promise<Taken>): Promise<void> {
    const before = process.cpuUsage();
    const { orders, ms } = await work();
    const { user, system } = process.cpuUsage(before);
    this.orders += orders;
    this.totalMs += ms;
    this.totalCpuMs += (user + system) / 1_000;
  }

  /** For one order. */
  get ms(): number {
    return this.totalMs / this.orders;
  }

  /** For one order, of this process with all its threads: other work on the machine hardly changes it. */
  get cpuMs(): number {
    return this.totalCpuMs / this.orders;
  }
}

async function compare(
  tracing: Tracing,
  round: (name: string) => Promise<Taken>,
  cycles: number,
): Promise<{ readonly on: Cost; readonly off: Cost }> {
  await round('warm-up');
  const costs = { on: new Cost(), off: new Cost() };
  for (let cycle = 0; cycle < cycles; cycle += 1)
    for (const [step, state] of CYCLE.entries()) {
      useTracing(state === 'on' ? tracing : undefined);
      await costs[state].add(() => round(`${cycle}-${step}`));
    }
  useTracing(tracing);
  return costs;
}

/** Orders from acceptance to invoice. */
async function runLifecycle(hub: BenchHub, name: string, orders: number): Promise<Taken> {
  const since = new Date();
  const before = await countOrders(hub.pool);
  await place(hub, name, orders);
  await untilCompleted(hub.pool, before + orders);
  return { orders, ms: await msBetween(hub.pool, since) };
}

async function runIngest({ hub, bearer, pool }: BenchHub, measureMs: number): Promise<Taken> {
  const before = await countOrders(pool);
  await loadHttp({
    url: `${hub.url}/channels/${PARTNER_ACCOUNT}/v1/orders`,
    headers: partnerHeaders(bearer),
    bodies: Array.from({ length: BODIES }, (_, n) => partnerOrderBody(skusOfOrder(n))),
    connections: CONNECTIONS,
    warmUpMs: 0,
    measureMs,
  });
  return { orders: (await countOrders(pool)) - before, ms: measureMs };
}

async function countOrders(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ orders: number }>('select count(*)::int as orders from orders');
  return rows[0]?.orders ?? 0;
}

/** From the first acceptance to the last completion. */
async function msBetween(pool: Pool, since: Date): Promise<number> {
  const { rows } = await pool.query<{ ms: number }>(
    `select extract(epoch from max(recorded_at) - min(recorded_at))::float8 * 1000 as ms
     from event_log where recorded_at >= $1 and type in ('OrderAccepted', 'OrderCompleted')`,
    [since],
  );
  return rows[0]?.ms ?? Number.NaN;
}
