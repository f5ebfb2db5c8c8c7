import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { NORTH_ONLY } from '../support/place-orders.js';
import { until } from '../support/until.js';

const SAP_WRITES = '/operations/v1/policies/sap-s4hana/writes';
const WAIT_MS = 60_000;

interface Flow {
  readonly stages: readonly {
    readonly stage: string;
    readonly orders: number;
    readonly tasksWaiting: number;
    readonly jams: readonly { readonly system: string; readonly reason: string; readonly orders: number }[];
  }[];
  readonly channels: readonly { readonly acceptedLastHour: number; readonly openOrders: number }[];
}

interface Point {
  readonly kpi: string;
  readonly count: number;
  readonly value: number | null;
}

let sut: HubUnderTest;
let bearer: string;

beforeAll(async () => {
  sut = await startHubUnderTest();
  bearer = await sut.token(['kpi:read', 'policies:read', 'policies:write', 'metrics:read']);
});
afterAll(() => sut.close());

async function ask<T>(query: string, field: string): Promise<T> {
  const answer = await sut.http().post('/graphql').set('authorization', `Bearer ${bearer}`).send({ query });
  const { data, errors } = answer.body as { readonly data?: Record<string, T>; readonly errors?: unknown };
  if (data?.[field] === undefined) throw new Error(JSON.stringify(errors));
  return data[field];
}

function flow(): Promise<Flow> {
  return ask<Flow>(
    `{ flow { stages { stage orders tasksWaiting jams { system reason orders } } channels { acceptedLastHour openOrders } } }`,
    'flow',
  );
}

async function policy(body: object): Promise<void> {
  const answer = await sut.http().put(SAP_WRITES).set('authorization', `Bearer ${bearer}`).send(body);
  expect(answer.status).toBe(204);
}

function inStage({ stages }: Flow, stage: string): Flow['stages'][number] | undefined {
  return stages.find((one) => one.stage === stage);
}

describe('a running hub', () => {
  it('shows orders jam where the ERP is paused, then flow on, and measures them on their way', async () => {
    await policy({ paused: true, reason: 'month end' });
    const placed = await sut.placeEverywhere([{ sku: NORTH_ONLY, quantity: 1 }]);
    const jammed = await until(
      flow,
      (seen) => inStage(seen, 'ERP')?.orders === placed.length && (inStage(seen, 'ERP')?.jams.length ?? 0) > 0,
      { what: 'the jam', timeoutMs: WAIT_MS },
    );
    expect(inStage(jammed, 'ERP')?.jams.some(({ system, reason }) => system === 'ERP' && reason !== '')).toBe(true);
    expect(jammed.channels.reduce((sum, { acceptedLastHour }) => sum + acceptedLastHour, 0)).toBe(placed.length);
    await policy({ reason: 'month is over' });
    await until(flow, ({ stages }) => stages.every(({ orders }) => orders === 0), {
      what: 'the orders’ way through all stages',
      timeoutMs: WAIT_MS,
    });
    const points = await ask<readonly Point[]>('{ kpiOverview { kpi count value } }', 'kpiOverview');
    const of = (kpi: string): Point | undefined => points.find((point) => point.kpi === kpi);
    expect(of('ORDER_LIFECYCLE_LATENCY')?.count).toBe(placed.length);
    expect(of('ERP_POSTING_SUCCESS_RATE')?.value).toBe(1);
    expect(of('SHIPMENT_CONFIRMATION_TIMELINESS')?.value).toBe(1);
    expect(of('CANCELLATION_RATE')).toMatchObject({ count: placed.length, value: 0 });
    const metrics = await sut.http().get('/metrics').set('authorization', `Bearer ${bearer}`);
    expect(metrics.text).toContain(
      `entrepot_kpi_records{kpi="ORDER_ACCEPTANCE_LAG",channel="",node="",stage=""} ${placed.length}`,
    );
    expect(metrics.text).toMatch(
      /entrepot_kpi_seconds\{kpi="WAREHOUSE_RELEASE_TIME",channel="",node="[^"]+",stage="",figure="p95"\}/,
    );
    expect(metrics.text).toMatch(
      /entrepot_kpi_seconds\{kpi="ORDER_LIFECYCLE_LATENCY",channel="",node="",stage="ERP",figure="p95"\}/,
    );
    expect(metrics.text).toContain('entrepot_kpi_amount{kpi="MANUAL_INTERVENTIONS",channel="",node="",stage=""} 0');
    expect(metrics.text).toMatch(/entrepot_flow_orders\{stage="ERP"\} 0/);
    expect(metrics.text).toContain('entrepot_metrics_unread{source="kpis"} 0');
  });
});
