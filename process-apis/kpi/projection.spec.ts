import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHANNELS, SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { until } from '../../test/support/until.js';
import { decodeCursor, LOG_START } from '../../src/platform/event-log/index.js';
import type { Order } from '../../src/model/order.js';
import { findFigures } from './figures.sql.js';
import { KPI_NAMES, kpiDefinition } from './kpi.definitions.js';
import { pointsOf, type KpiPoint } from './kpi-points.js';
import { KpiReader } from './kpi-reader.js';
import { jamOf } from './jams.js';
import { KpiProjection } from './projection.js';
import { stageOf } from './stages.js';
import { RandomHistory } from './testing/random-history.js';
import { recompute } from './testing/recomputed.js';

const ORDERS = 30;
const FACTS = 14;

let database: TestDatabase;
let pool: pg.Pool;
let hub: SeededOrders;
let history: RandomHistory;
const failures: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 8);
  hub = await SeededOrders.open(pool);
  // So few that orders are short of them.
  await pool.query(`update position set on_hand = 50`);
  history = new RandomHistory(20_261_121, pool, hub);
  await history.play(ORDERS, FACTS);
  await history.spread();
  await history.shuffle();
  await history.tellAndCompare();
});

afterEach(() => {
  if (failures.length > 0) throw new Error(failures.join('\n'));
});

afterAll(async () => {
  await hub.close();
  await pool.end();
  await database.drop();
});

function projection(pageMax = 7): KpiProjection {
  return new KpiProjection({ pool, pageMax, onFailure: (sentence) => failures.push(sentence) });
}

/** Until nothing is left, in the log and beside it. */
async function sweepAll(of = projection()): Promise<void> {
  // Other tests of the server hold the log's horizon back.
  await until(
    async () => {
      while (await of.sweep());
      const { rows } = await pool.query<{ done: boolean }>(
        `select not exists (select 1 from event_log e where (e.tx, e.id) > ($1::xid8, $2::bigint)) as done`,
        [...(await readCursor())],
      );
      return rows[0]?.done === true;
    },
    (done) => done,
    { what: 'the whole log', timeoutMs: 20_000 },
  );
  while (await of.sweepTellings(0));
  while (await of.sweepDrift());
}

async function readCursor(): Promise<readonly string[]> {
  const { rows } = await pool.query<{ value: string }>(`select value from cursor where name = 'kpi'`);
  const { tx, id } = rows[0] === undefined ? LOG_START : decodeCursor(rows[0].value);
  return [tx, id];
}

async function forgetAll(): Promise<void> {
  await pool.query('truncate order_progress, order_flow, order_flow_rate, kpi_day');
  await pool.query(`delete from cursor where name in ('kpi', 'kpi/tellings', 'kpi/drift')`);
}

interface StoredFigure {
  readonly key: string;
  readonly count: string;
  readonly sum_ms: string;
  readonly max_ms: string;
  readonly numerator: string;
  readonly denominator: string;
}

async function stored(): Promise<Readonly<Record<string, readonly number[]>>> {
  const { rows } = await pool.query<StoredFigure>(
    `select concat_ws('|', kpi, day::text, channel, node, stage) as key, count, sum_ms, max_ms, numerator, denominator
     from kpi_day order by key`,
  );
  return Object.fromEntries(
    rows.map(({ key, ...of }) => [key, [of.count, of.sum_ms, of.max_ms, of.numerator, of.denominator].map(Number)]),
  );
}

async function expected(): Promise<Readonly<Record<string, readonly number[]>>> {
  const figures = [...(await recompute(pool))].map(([key, { count, numerator, denominator, durations }]) => {
    const sum = durations.reduce((total, ms) => total + ms, 0);
    return [key, [count, sum, Math.max(0, ...durations), numerator, denominator]] as const;
  });
  return Object.fromEntries(figures);
}

describe('the figures', () => {
  it('are those of the events, however the log is cut into pages', async () => {
    await sweepAll();
    const figures = await stored();
    expect(figures).toEqual(await expected());
    // The history is no history of nothing: each KPI was recorded.
    expect(new Set(Object.keys(figures).map((key) => key.split('|')[0]))).toEqual(new Set(KPI_NAMES));
  });

  it('count nothing twice: not in a second run, not by two processes at once, not after a page that failed', async () => {
    const before = await stored();
    await sweepAll();
    expect(await stored()).toEqual(before);
    await forgetAll();
    const failing = new KpiProjection({ pool: failingPool(pool), pageMax: 11, onFailure: () => undefined });
    const [one, other] = [projection(5), projection(3)];
    for (let n = 0; n < 20; n += 1) {
      await Promise.all([one.sweep(), other.sweep()]);
      await failing.sweep().catch(() => undefined);
      await failing.sweepTellings(0).catch(() => undefined);
    }
    await sweepAll();
    expect(await stored()).toEqual(before);
  });

  it('come out the same when all is computed anew in large pages', async () => {
    const before = await stored();
    await forgetAll();
    await sweepAll(projection(1_000));
    expect(await stored()).toEqual(before);
  });

  it('take late news of days that are over, and of orders that were complete', async () => {
    const { rows } = await pool.query<{ last: string }>('select max(id)::text as last from event_log');
    await history.play(6, FACTS);
    await history.spread(Number(rows[0]?.last));
    await history.tellAndCompare();
    await pool.query(`update cursor set value = '2026-03-01' where name = 'kpi/drift'`);
    await sweepAll();
    expect(await stored()).toEqual(await expected());
  });

  it('tell median and 95 of 100 to one sixteenth', async () => {
    const reader = new KpiReader(pool);
    const kpi = 'ORDER_LIFECYCLE_LATENCY';
    const points = await reader.series({ kpi, from: '2026-03-01', to: '2026-03-31', by: 'STAGE' });
    const exact = new Map<string, number[]>();
    for (const [key, { durations }] of await recompute(pool)) {
      const [of, day, , , stage] = key.split('|');
      if (of === kpi && stage !== '')
        exact.set(`${day}|${stage}`, [...(exact.get(`${day}|${stage}`) ?? []), ...durations]);
    }
    expect(points.length).toBe(exact.size);
    for (const { day, stage, p50 = -1, p95 = -1, max, count } of points) {
      const sorted = (exact.get(`${day}|${stage}`) ?? []).toSorted((a, b) => a - b);
      expect(count).toBe(sorted.length);
      expect(max).toBe(sorted.at(-1));
      for (const [told, share] of [
        [p50, 0.5],
        [p95, 0.95],
      ] as const) {
        const ms = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        expect(told).toBeGreaterThanOrEqual(ms);
        expect(told).toBeLessThanOrEqual(ms * (1 + 1 / 16) + 1);
      }
    }
  });
});

describe('a series', () => {
  const WITHOUT = { p50: undefined, p95: undefined, max: undefined };
  const days = { from: '2026-03-01', to: '2026-03-31' };

  it.each(KPI_NAMES.flatMap((kpi) => kpiDefinition(kpi).grouping.map((by) => [kpi, by] as const)))(
    'of %s by %s is the sum of the figures',
    async (kpi, by) => {
      const reader = new KpiReader(pool);
      const figures = await findFigures(pool, { kpis: [kpi], ...days }, 10_000);
      const channels = [undefined, CHANNELS[0]];
      for (const channel of channels) {
        const chosen = figures.filter((figure) => (channel ?? figure.channel) === figure.channel);
        const points = await reader.series({ kpi, by, channel, ...days });
        expect(inOrder(points)).toEqual(inOrder(pointsOf(chosen, by)));
        const trend = await reader.series({ kpi, by, channel, ...days, withoutDurations: true });
        expect(inOrder(trend)).toEqual(inOrder(points).map((point) => ({ ...point, ...WITHOUT })));
      }
      expect(figures.length).toBeGreaterThan(0);
    },
  );

  const limits = { points: 1_000, behindMedians: 1_000, behindMediansAtOnce: 1_000 };
  const question = { kpi: 'ORDER_LIFECYCLE_LATENCY', by: 'STAGE', ...days } as const;

  it('is the same whatever is read at a time', async () => {
    const whole = await new KpiReader(pool).series(question);
    for (const behindMediansAtOnce of [1, 20, 50]) {
      const reader = new KpiReader(pool, { limits: { ...limits, behindMediansAtOnce } });
      expect(await reader.series(question)).toEqual(whole);
    }
    expect(new Set(whole.map(({ day }) => day)).size).toBeGreaterThan(2);
  });

  it('is refused where it has too many points, or too much behind its medians', async () => {
    const few = new KpiReader(pool, { limits: { ...limits, points: 10 } });
    await expect(few.series(question)).rejects.toThrow('More than 10 points: choose a later "from".');
    const light = new KpiReader(pool, { limits: { ...limits, behindMedians: 10 } });
    await expect(light.series(question)).rejects.toThrow('ask without p50, p95 and max');
    expect(await light.series({ ...question, withoutDurations: true })).not.toHaveLength(0);
  });
});

function inOrder(points: readonly KpiPoint[]): readonly KpiPoint[] {
  return points.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

function placeOf({ day, channel = '', node = '', stage = '' }: KpiPoint): string {
  return [day, channel, node, stage].join('|');
}

describe('the progress of orders', () => {
  it('says of each order what its own state says', async () => {
    const { rows } = await pool.query<{ state: Order; stage: string | null; jam: string | null; overdue: boolean }>(
      'select o.state, p.stage, p.jam, p.overdue from orders o join order_progress p on p.order_id = o.id',
    );
    expect(rows.length).toBe(ORDERS + 6);
    for (const { state, stage, jam, overdue } of rows) {
      expect(stage).toBe(stageOf(state) ?? null);
      if (stage === null) continue;
      expect(overdue).toBe(state.waits.some((wait) => wait.overdueSince !== undefined));
      expect(jam?.split('/').at(0)).toBe(jamOf(state)?.code.split('/').at(0));
    }
  });

  it('is counted by place as its rows are', async () => {
    const counted = await pool.query(
      `select channel, stage, jam, orders::int, overdue::int from order_flow
       where orders <> 0 and stage <> 'NEW' order by 1, 2, 3`,
    );
    const rows = await pool.query(
      `select channel, stage, coalesce(jam, '') as jam, count(*)::int as orders,
              count(*) filter (where overdue)::int as overdue
       from order_progress where stage is not null group by 1, 2, 3 order by 1, 2, 3`,
    );
    expect(counted.rows).toEqual(rows.rows);
    expect(rows.rows.length).toBeGreaterThan(2);
    const accepted = await pool.query(`select sum(orders)::int as all from order_flow where stage = 'NEW'`);
    expect(accepted.rows).toEqual([{ all: ORDERS + 6 }]);
  });

  it('is of the channels that orders came from', async () => {
    const { rows } = await pool.query<{ channel: string }>('select distinct channel from order_progress order by 1');
    expect(rows.map(({ channel }) => channel)).toEqual([...CHANNELS].toSorted());
  });
});

/** Of which each commit fails: what the page wrote is undone. */
function failingPool(of: pg.Pool): pg.Pool {
  return new Proxy(of, {
    get(target, name) {
      if (name !== 'connect') return Reflect.get(target, name) as unknown;
      return async () => {
        const client = await target.connect();
        return new Proxy(client, {
          get(real, method) {
            if (method !== 'query') {
              const value = Reflect.get(real, method) as unknown;
              return typeof value === 'function' ? (value.bind(real) as unknown) : value;
            }
            return (...args: unknown[]) => {
              if (args[0] === 'commit') return Promise.reject(new Error('the connection was lost'));
              return (real.query as (...given: unknown[]) => unknown).apply(real, args);
            };
          },
        });
      };
    },
  });
}
