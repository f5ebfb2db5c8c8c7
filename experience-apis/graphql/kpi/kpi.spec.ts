import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kind, parse } from 'graphql';
import type { Client } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KPI_NAMES, KpiProjection, STAGES } from '../../../process-apis/kpi/index.js';
import { packageRoot } from '../../../src/platform/db/package-root.js';
import { until } from '../../../test/support/until.js';
import { fieldOf, refusalOf, startGraphHub, take, type GraphHub, type TokenWish } from '../spec-support.js';

const SCOPES = ['kpi:read', 'orders:read'];
const HOUSE: TokenWish = { scopes: SCOPES };
const SHOP: TokenWish = { scopes: SCOPES, channel: 'shop-eu' };
const TODAY = new Date().toISOString().slice(0, 10);

let hub: GraphHub;
let projection: KpiProjection;
const clients: Client[] = [];

beforeAll(async () => {
  hub = await startGraphHub();
  projection = new KpiProjection({
    pool: hub.pool,
    onFailure: (sentence) => {
      throw new Error(sentence);
    },
  });
  await hub.orders.accept('shop-eu', ['K-1', 'K-2', 'K-3']);
  await hub.orders.accept('amazon-de', ['K-4']);
  await hub.orders.fulfill('shop-eu', 'K-1');
  await project(4);
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

afterAll(() => hub.close());

/** Until so many accepted orders are counted: other tests of the server hold the log's horizon back. */
async function project(orders: number): Promise<void> {
  await until(
    async () => {
      while (await projection.sweep());
      const { rows } = await hub.pool.query<{ versions: number }>(
        `select count(*)::int as versions from orders o join order_progress p on p.order_id = o.id and p.version = o.version`,
      );
      return rows[0]?.versions;
    },
    (seen) => seen === orders,
    { what: `${orders} orders in the figures`, timeoutMs: 20_000 },
  );
}

async function connect(wish: TokenWish = HOUSE): Promise<Client> {
  const client = await hub.connect(wish);
  clients.push(client);
  return client;
}

const OVERVIEW =
  'query ($channel: String) { kpiOverview(channel: $channel) { kpi day channel count numerator denominator value p50 p95 max } }';
const FLOW = `{ stages { stage title orders enteredLastMinute leftLastMinute overdue oldestSince tasksWaiting jams { system reason since orders } }
  channels { channel name acceptedLastHour openOrders lastAcceptedAt } asOf cursor }`;

interface Point {
  readonly kpi: string;
  readonly channel: string | null;
  readonly stage: string | null;
  readonly count: number;
  readonly value: number | null;
}

interface Flow {
  readonly cursor: string;
  readonly stages: readonly { readonly stage: string; readonly orders: number }[];
  readonly channels: readonly { readonly channel: string; readonly openOrders: number }[];
}

function ordersIn({ stages }: Flow): Readonly<Record<string, number>> {
  return Object.fromEntries(stages.filter(({ orders }) => orders > 0).map(({ stage, orders }) => [stage, orders]));
}

async function series(kpi: string, by: string): Promise<readonly Point[]> {
  const query = `query { kpiSeries(kpi: ${kpi}, from: "${TODAY}", by: ${by}) { definition { title } points { kpi day channel node stage count value p50 p95 max } } }`;
  return (fieldOf(await hub.post(query, {}, HOUSE), 'kpiSeries') as { readonly points: readonly Point[] }).points;
}

describe('KPIs in the graph', () => {
  it('are all defined, with a sentence that says what is counted', async () => {
    const kpis = fieldOf(
      await hub.post('{ kpis { kpi title definition unit better target grouping } }', {}, HOUSE),
      'kpis',
    ) as {
      readonly kpi: string;
      readonly definition: string;
      readonly target: number | null;
    }[];
    expect(kpis.map(({ kpi }) => kpi)).toEqual(KPI_NAMES);
    for (const { definition } of kpis) expect(definition).toMatch(/^[A-Z].{40,}\.$/s);
    const targets = new Map(kpis.map(({ kpi, target }) => [kpi, target]));
    expect(targets.get('OVERSELL_RATE')).toBe(0.005);
    expect(targets.get('EXCEPTION_VOLUME')).toBeNull();
  });

  it('have the words of the process in the schema', async () => {
    const text = await readFile(join(packageRoot(), 'schema/graphql/kpi.graphql'), 'utf8');
    const names = (type: string): readonly string[] =>
      parse(text).definitions.flatMap((definition) =>
        definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === type
          ? (definition.values ?? []).map(({ name }) => name.value)
          : [],
      );
    expect(names('Kpi')).toEqual(KPI_NAMES);
    expect(names('Stage')).toEqual(STAGES);
  });

  it('tell one point of each for a day, and a channel its own', async () => {
    const house = fieldOf(await hub.post(OVERVIEW, {}, HOUSE), 'kpiOverview') as readonly Point[];
    expect(house.map(({ kpi }) => kpi)).toEqual(KPI_NAMES);
    const lag = house.find(({ kpi }) => kpi === 'ORDER_ACCEPTANCE_LAG');
    expect(lag).toMatchObject({ day: TODAY, channel: null, count: 4 });
    expect(lag?.value).toBeGreaterThan(0);
    expect(house.find(({ kpi }) => kpi === 'CANCELLATION_RATE')).toMatchObject({ denominator: 4, value: 0 });
    expect(house.find(({ kpi }) => kpi === 'INVENTORY_ACCURACY')).toMatchObject({ count: 0, value: null });
    const own = fieldOf(await hub.post(OVERVIEW, {}, SHOP), 'kpiOverview') as readonly Point[];
    expect(own.find(({ kpi }) => kpi === 'ORDER_ACCEPTANCE_LAG')).toMatchObject({ count: 3 });
    const foreign = await hub.post(OVERVIEW, { channel: 'amazon-de' }, SHOP);
    expect(foreign.errors?.[0]?.extensions.code).toBe('UNKNOWN_ACCOUNT');
  });

  it('tell a series by day, channel, node or stage', async () => {
    expect(await series('ORDER_ACCEPTANCE_LAG', 'CHANNEL')).toMatchObject([
      { channel: 'amazon-de', count: 1 },
      { channel: 'shop-eu', count: 3 },
    ]);
    expect(await series('ORDER_LIFECYCLE_LATENCY', 'DAY')).toMatchObject([{ count: 1, stage: null }]);
    const stages = (await series('ORDER_LIFECYCLE_LATENCY', 'STAGE')).map(({ stage }) => stage);
    expect(new Set(stages)).toEqual(new Set(STAGES));
    expect(await series('WAREHOUSE_RELEASE_TIME', 'NODE')).toMatchObject([
      { node: 'dc-north', count: 1, p95: expect.any(Number) as number },
    ]);
  });

  it('tell medians where they are asked for', async () => {
    const query = `query ($medians: Boolean!) { kpiSeries(kpi: ORDER_ACCEPTANCE_LAG, from: "${TODAY}") {
      points { count p50 @include(if: $medians) } } }`;
    const points = async (medians: boolean): Promise<unknown> =>
      (fieldOf(await hub.post(query, { medians }, HOUSE), 'kpiSeries') as { readonly points: unknown }).points;
    expect(await points(false)).toEqual([{ count: 4 }]);
    expect(await points(true)).toEqual([{ count: 4, p50: expect.any(Number) as number }]);
  });

  it.each([
    ['from: "2026-13-01"', '"from" must be a day such as 2026-03-01.'],
    ['from: "2026-03-02", to: "2026-03-01"', '"from" (2026-03-02) must not be after "to" (2026-03-01).'],
    ['from: "2020-01-01"', 'At most 366 days are told at once: choose a later "from".'],
    [`from: "${TODAY}", by: NODE`, 'Order acceptance lag can be split by DAY, CHANNEL, not by NODE.'],
  ])('say what is wrong with %s', async (given, message) => {
    const query = `{ kpiSeries(kpi: ORDER_ACCEPTANCE_LAG, ${given}) { points { day } } }`;
    const { errors } = await hub.post(query, {}, HOUSE);
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it.each(['{ kpis { kpi } }', OVERVIEW, `{ flow ${FLOW} }`])('need their scope: %s', async (query) => {
    const { errors } = await hub.post(query, {}, { scopes: ['orders:read'] });
    expect(errors?.[0]?.extensions.code).toBe('SCOPE_MISSING');
  });
});

describe('the flow in the graph', () => {
  it('shows where orders are, and a channel its own', async () => {
    const house = fieldOf(await hub.post(`{ flow ${FLOW} }`, {}, HOUSE), 'flow') as Flow;
    expect(house.stages.map(({ stage }) => stage)).toEqual(STAGES);
    expect(ordersIn(house)).toEqual({ ERP: 3 });
    expect(house.channels).toMatchObject([
      { channel: 'amazon-de', openOrders: 1, acceptedLastHour: 1 },
      { channel: 'shop-eu', openOrders: 2, acceptedLastHour: 3 },
    ]);
    const own = fieldOf(await hub.post(`{ flow ${FLOW} }`, {}, SHOP), 'flow') as Flow;
    expect(ordersIn(own)).toEqual({ ERP: 2 });
    expect(own.channels).toMatchObject([{ channel: 'shop-eu' }]);
  });

  it('shows what keeps orders, and whom they wait for', async () => {
    const { id } = await hub.orders.order('shop-eu', 'K-2');
    await hub.orders.tell(
      'sap-s4hana',
      { by: 'ID', orderId: id },
      {
        kind: 'OutsideCallFailed',
        waitKey: 'ERP:POSTING',
        system: 'ERP',
        operation: 'post',
        error: 'no answer',
        errorKind: 'transient',
        final: false,
      },
    );
    await project(4);
    const flow = await until(
      async () => fieldOf(await hub.post(`{ flow ${FLOW} }`, {}, HOUSE), 'flow') as { stages: { jams: object[] }[] },
      ({ stages }) => stages.some(({ jams }) => jams.length > 0),
      { what: 'the jam', timeoutMs: 30_000 },
    );
    expect(flow.stages[2]?.jams).toMatchObject([
      { system: 'ERP', reason: 'Sales orders are not posted: the last try failed.', orders: 1 },
    ]);
  });

  it('is told at once, and again when it changed', async () => {
    const query = `subscription { flowChanged ${FLOW} }`;
    const client = await connect();
    const [first] = await take(client, { query }, 1);
    expect(ordersIn(first?.data?.['flowChanged'] as Flow)).toEqual({ ERP: 3 });
    // One that comes meanwhile may still show the picture before.
    const changed = new Promise<Flow>((resolve, reject) => {
      client.subscribe(
        { query },
        {
          next: ({ data }) => {
            const flow = data?.['flowChanged'] as Flow;
            if (ordersIn(flow)['ERP'] === 4) resolve(flow);
          },
          error: reject,
          complete: () => undefined,
        },
      );
    });
    await hub.orders.accept('amazon-de', ['K-5']);
    await project(5);
    expect(ordersIn(await changed)).toEqual({ ERP: 4 });
  });
});

describe('changed KPIs', () => {
  const query = `subscription ($kpis: [Kpi!], $channel: String, $after: Cursor) {
    kpiChanged(kpis: $kpis, channel: $channel, after: $after) { cursor kpi point { day channel stage count } } }`;

  interface Change {
    readonly cursor: string;
    readonly kpi: string;
    readonly point: Point;
  }

  it('are told without loss to who comes again with a cursor, and to a channel its own', async () => {
    const start = await take(await connect(), { query: `subscription { flowChanged { cursor } }` }, 1);
    const { cursor } = fieldOf(start[0] ?? {}, 'flowChanged') as Flow;
    await hub.orders.accept('shop-eu', ['K-6']);
    await hub.orders.accept('amazon-de', ['K-7']);
    await project(7);
    const variables = { kpis: ['ORDER_ACCEPTANCE_LAG', 'OVERSELL_RATE'], after: cursor };
    const changes = (await take(await connect(), { query, variables }, 4)).map(
      ({ data }) => data?.['kpiChanged'] as Change,
    );
    const told = changes.map(({ kpi, point }) => `${kpi} ${point.channel} ${point.count}`).toSorted();
    expect(told).toEqual([
      'ORDER_ACCEPTANCE_LAG amazon-de 3',
      'ORDER_ACCEPTANCE_LAG shop-eu 4',
      'OVERSELL_RATE amazon-de 3',
      'OVERSELL_RATE shop-eu 4',
    ]);
    // From the middle of what changed together, the rest follows.
    const rest = await take(await connect(), { query, variables: { ...variables, after: changes[1]?.cursor } }, 2);
    expect(rest.map(({ data }) => data?.['kpiChanged'])).toEqual(changes.slice(2));
    const own = await take(await connect(SHOP), { query, variables: { after: cursor, kpis: variables.kpis } }, 2);
    expect(own.map((answer) => (fieldOf(answer, 'kpiChanged') as Change).point.channel)).toEqual([
      'shop-eu',
      'shop-eu',
    ]);
  });

  it('are told live', async () => {
    const stream = take(await connect(), { query, variables: { kpis: ['ORDER_ACCEPTANCE_LAG'] } }, 1);
    let told = false;
    const tell = (): void => void (told = true);
    stream.then(tell, tell);
    let orders = 7;
    // The feed looks each second from its first look on: what was there before is not told.
    await until(
      async () => {
        orders += 1;
        await hub.orders.accept('shop-eu', [`K-${orders}`]);
        await project(orders);
        return told;
      },
      (isTold) => isTold,
      { what: 'the change', timeoutMs: 30_000 },
    );
    const [change] = await stream;
    expect(change?.data?.['kpiChanged']).toMatchObject({ kpi: 'ORDER_ACCEPTANCE_LAG', point: { channel: 'shop-eu' } });
  });

  it('refuse a cursor that is not of figures', async () => {
    const after = Buffer.from('99:1').toString('base64url');
    const [error] = await refusalOf(await connect(), { query, variables: { after } });
    expect(error?.message).toContain('the cursor is not one of figures');
  });
});
