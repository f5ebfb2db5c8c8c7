import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoliciesAnswer } from '../../experience-apis/operations/policies.controller.js';
import type { GraphOrder } from '../support/graph-order.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { NORTH_ONLY } from '../support/place-orders.js';

const POLICIES = '/operations/v1/policies';
const SAP_WRITES = `${POLICIES}/sap-s4hana/writes`;
const LINES = [{ sku: NORTH_ONLY, quantity: 2 }];

let sut: HubUnderTest;
let bearer: string;

beforeAll(async () => {
  sut = await startHubUnderTest();
  bearer = await sut.token(['policies:read', 'policies:write', 'metrics:read']);
});
afterAll(() => sut.close());

async function read(): Promise<PoliciesAnswer> {
  const answer = await sut.http().get(POLICIES).set('authorization', `Bearer ${bearer}`);
  expect(answer.status).toBe(200);
  return answer.body as PoliciesAnswer;
}

async function change(body: object): Promise<void> {
  const answer = await sut.http().put(SAP_WRITES).set('authorization', `Bearer ${bearer}`).send(body);
  expect(answer.status).toBe(204);
}

const isDone = ({ completedAt }: GraphOrder): boolean => completedAt !== null;
const posting = async () => (await read()).tasks.find(({ kind }) => kind === 'erp.post-sales-order');

describe('the policies of a running hub', () => {
  it('are those of all its adapters, through the one gate', async () => {
    const { operations, tasks } = await read();
    expect(new Set(operations.map(({ system }) => system))).toEqual(
      new Set(['amazon', 'sap-s4hana', 'shopify', 'wms']),
    );
    // Each task that calls one system is bound to operations that there are.
    const unbound = tasks.filter(
      ({ target }) =>
        target !== undefined &&
        !operations.some(({ system, uses }) => system === target.system && uses.includes(target.use)),
    );
    expect(unbound).toEqual([]);
  });

  it('let an operator pause the writes to the ERP: orders come in and wait, and go on without a try lost', async () => {
    await change({ paused: true, reason: 'month end' });
    expect((await posting())?.heldBack).toBe('sap-s4hana writes is paused by e2e: month end');
    const before = sut.world.sap.salesOrders().length;
    const placed = await sut.placeEverywhere(LINES);
    await sut.waitForAll(placed, ({ waitingOn }) => waitingOn.some(({ key }) => key === 'ERP:POSTING'));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(sut.world.sap.salesOrders()).toHaveLength(before);
    await change({ reason: 'month is over' });
    for (const order of await sut.waitForAll(placed, isDone)) expectOnceOutside(sut.world, order);
    expect((await posting())?.heldBack).toBeUndefined();
  });

  it('hold the ERP to the rate that an operator sets, for all its writes together', async () => {
    await change({ changes: { rate: { perSecond: 2, burst: 1 } }, reason: 'they asked us to slow down' });
    const started = Date.now();
    const placed = await sut.placeEverywhere(LINES);
    await sut.waitForAll(placed, isDone);
    // Of each order at least a sales order, a delivery and its goods issue.
    const writes = 3 * placed.length;
    expect(Date.now() - started).toBeGreaterThan(((writes - 1) / 2) * 1_000);
    const { budgets } = await read();
    expect(budgets.map(({ name }) => name)).toContain('sap-s4hana/writes');
    await change({ reason: 'as before' });
  });

  it('are seen by Prometheus', async () => {
    const { text: metrics } = await sut.http().get('/metrics').set('authorization', `Bearer ${bearer}`);
    expect(metrics).toMatch(/^entrepot_event_log_lag_seconds\{consumer="resumption"\} [\d.]+$/m);
    expect(metrics).toMatch(
      /^entrepot_outside_calls_total\{system="sap-s4hana",operation="A_SalesOrder.create",outcome="ok"\} \d+$/m,
    );
    expect(metrics).toMatch(
      /^entrepot_outside_calls_total\{system="amazon",operation="searchOrders",outcome="ok"\} \d+$/m,
    );
    expect(metrics).toMatch(/^entrepot_tasks_settled_total\{kind="wms.release",outcome="done"\} \d+$/m);
  });
});
