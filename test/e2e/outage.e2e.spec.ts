import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AMAZON_ACCOUNT, PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import type { GraphOrder } from '../support/graph-order.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { NORTH_ONLY, SERIALISED, SOUTH_ONLY, type PlacedOrder } from '../support/place-orders.js';
import { expectStockAddsUp } from '../support/stock-check.js';

const CREDIT_LIMIT = '62';
const LINES = [
  { sku: NORTH_ONLY, quantity: 2 },
  { sku: SOUTH_ONLY, quantity: 1 },
  { sku: SERIALISED, quantity: 1 },
];

let sut: HubUnderTest;
let creditIsGood = true;

beforeAll(async () => {
  sut = await startHubUnderTest({
    variation: { severalPackages: 1 },
    sap: { decide: () => (creditIsGood ? 'confirm' : { reject: CREDIT_LIMIT }) },
  });
});
afterAll(() => sut.close());
beforeEach(() => {
  creditIsGood = true;
});

const isReleased = ({ fulfillmentOrders }: GraphOrder): boolean =>
  fulfillmentOrders.length > 0 && fulfillmentOrders.every(({ status }) => status === 'RELEASED');
const isDone = ({ completedAt }: GraphOrder): boolean => completedAt !== null;
const waitsInVainFor = ({ waitingOn }: GraphOrder, system: string): boolean =>
  waitingOn.some((wait) => wait.system === system && wait.lastError !== null);

async function expectAllOnce(placed: readonly PlacedOrder[]): Promise<void> {
  for (const order of await sut.waitForAll(placed, isDone)) {
    expect(order).toMatchObject({ status: 'SHIPPED', waitingOn: [] });
    expectOnceOutside(sut.world, order);
  }
  await expectStockAddsUp(sut.pool);
}

describe('while the ERP is down', () => {
  it('orders come in, warehouses and channels go on, and all is made up for when it is back', async () => {
    sut.world.wms.pause();
    const begun = await sut.placeEverywhere(LINES);
    await sut.waitForAll(begun, isReleased);
    sut.world.sap.setDown(true);
    sut.world.wms.resume();
    const fresh = await sut.placeEverywhere(LINES);
    const waiting = await sut.waitForAll(fresh, (order) => waitsInVainFor(order, 'ERP'));
    for (const order of waiting) {
      expect(order).toMatchObject({ status: 'RESERVED', waitingOn: [{ key: 'ERP:POSTING' }] });
      expect(Date.parse(order.waitingOn[0]?.since ?? '')).toBeGreaterThan(0);
    }
    const shipped = await sut.waitForAll(
      begun,
      ({ status, waitingOn }) => status === 'SHIPPED' && waitingOn.every(({ system }) => system === 'ERP'),
    );
    for (const { shipments } of shipped)
      for (const { channelConfirmedAt } of shipments.flatMap(({ packages }) => packages))
        expect(channelConfirmedAt).not.toBeNull();
    sut.world.sap.setDown(false);
    await expectAllOnce([...begun, ...fresh]);
  });
});

describe('while ERP and warehouse are down', () => {
  it('whoever asks what can be had is answered, and may put it in a cart', async () => {
    sut.world.sap.setDown(true);
    sut.world.wms.setDown(true);
    const token = await sut.token(['availability:read', 'availability:reserve']);
    const ask = (path: string, body: object): Promise<Response> =>
      fetch(`${sut.hub.url}/availability/v1/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const answer = await ask('check', { channel: PARTNER_ACCOUNT, items: [{ sku: NORTH_ONLY, quantity: 1 }] });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ items: [{ sku: NORTH_ONLY, status: 'IN_STOCK' }] });
    const cart = {
      channel: PARTNER_ACCOUNT,
      reference: randomUUID(),
      kind: 'CART',
      ttlSeconds: 60,
      lines: [{ sku: NORTH_ONLY, quantity: 1 }],
    };
    expect((await ask('reservations', cart)).status).toBe(201);
    sut.world.sap.setDown(false);
    sut.world.wms.setDown(false);
  });
});

describe('while a warehouse is down', () => {
  it('orders wait for it with the reason, and go on when it is back', async () => {
    expect.hasAssertions();
    sut.world.wms.setDown(true);
    const placed = await sut.placeEverywhere(LINES);
    await sut.waitForAll(placed, (order) => waitsInVainFor(order, 'WMS'));
    sut.world.wms.setDown(false);
    await expectAllOnce(placed);
  });
});

describe('while the channels are down', () => {
  it('what ships is told later, each package once; the ERP does not wait for it', async () => {
    expect.hasAssertions();
    sut.world.wms.pause();
    const placed = await sut.placeEverywhere(LINES);
    await sut.waitForAll(placed, isReleased);
    sut.world.amazon.setDown(true);
    sut.world.shopify.setDown(true);
    sut.world.wms.resume();
    const untold = placed.filter(({ channel }) => channel !== PARTNER_ACCOUNT);
    await sut.waitForAll(
      untold,
      (order) =>
        order.shipments.length === 2 &&
        order.shipments.every(({ invoice }) => invoice !== null) &&
        waitsInVainFor(order, 'CHANNEL'),
    );
    sut.world.amazon.setDown(false);
    sut.world.shopify.setDown(false);
    await expectAllOnce(placed);
  });
});

describe('an order that the ERP rejects', () => {
  it('says why, keeps its claim, and goes on when a person has it tried again', async () => {
    creditIsGood = false;
    const placed = { channel: PARTNER_ACCOUNT, reference: await sut.placePartner(LINES) };
    const [rejected] = await sut.waitForAll([placed], ({ erp }) => erp.status === 'REJECTED');
    expect(rejected).toMatchObject({ status: 'RESERVED', waitingOn: [{ system: 'ERP', key: 'ERP:REJECTED' }] });
    expect(rejected?.erp.reason).toContain('Credit limit exceeded');
    creditIsGood = true;
    const retry = `mutation ($input: RetryOrderInput!) { retryOrder(input: $input) { __typename } }`;
    const input = { orderId: rejected?.id, idempotencyKey: randomUUID() };
    expect(await sut.graphql(retry, { input })).toEqual({ data: { retryOrder: { __typename: 'OrderActionTaken' } } });
    const [done] = await sut.waitForAll([placed], isDone);
    expect(done).toMatchObject({ status: 'SHIPPED', erp: { status: 'CONFIRMED' } });
    expect(done?.erp.salesOrder).not.toBe(rejected?.erp.salesOrder);
    await expectStockAddsUp(sut.pool);
  });

  it('can be cancelled instead', async () => {
    creditIsGood = false;
    const placed = { channel: AMAZON_ACCOUNT, reference: sut.placeAmazon(LINES) };
    await sut.waitForAll([placed], ({ erp }) => erp.status === 'REJECTED');
    sut.world.amazon.cancelOrder(placed.reference);
    const [order] = await sut.waitForAll([placed], ({ completedAt }) => completedAt !== null);
    expect(order).toMatchObject({ status: 'CANCELLED', waitingOn: [] });
    await expectStockAddsUp(sut.pool);
  });
});
