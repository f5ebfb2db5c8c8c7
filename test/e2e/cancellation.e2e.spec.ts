import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMAZON_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { GraphOrder } from '../support/graph-order.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { NORTH_ONLY, SOUTH_ONLY, type PlacedOrder } from '../support/place-orders.js';
import { expectStockAddsUp, onHandUnits, reservedUnits } from '../support/stock-check.js';

const TWO_NODES = [
  { sku: NORTH_ONLY, quantity: 3 },
  { sku: SOUTH_ONLY, quantity: 2 },
];

let sut: HubUnderTest;

/** As the channel does it: the buyer asks, the shop cancels, the partner requests. */
async function cancel({ channel, reference }: PlacedOrder, lines?: readonly string[]): Promise<void> {
  if (channel === AMAZON_ACCOUNT) sut.world.amazon.requestCancel(reference, lines);
  else if (channel === SHOPIFY_ACCOUNT) cancelAtShop(Number(reference), lines);
  else
    await sut
      .http()
      .post(`/channels/${channel}/v1/orders/${reference}/cancellations`)
      .set({ authorization: `Bearer ${sut.bearer}`, 'idempotency-key': randomUUID() })
      .send({ reason: 'no longer needed' })
      .expect(202);
}

function cancelAtShop(id: number, lines: readonly string[] | undefined): void {
  if (lines === undefined) expect(sut.world.shopify.cancelOrder(id)).toBe(true);
  else {
    const units = sut.world.shopify.order(id)?.line_items.filter((line) => lines.includes(String(line.id))) ?? [];
    sut.world.shopify.refund(
      id,
      units.map((line) => ({ id: line.id, quantity: line.fulfillable_quantity })),
    );
  }
}

const isComplete = (order: GraphOrder): boolean => order.completedAt !== null;
const has = (order: GraphOrder, type: GraphOrder['timeline'][number]['type']): boolean =>
  order.timeline.some((event) => event.type === type);

function expectCancelledWhole(orders: readonly GraphOrder[]): void {
  for (const order of orders) {
    expect(order).toMatchObject({ status: 'CANCELLED', waitingOn: [], shipments: [] });
    for (const { ordered, quantities } of order.lines) expect(quantities).toMatchObject({ cancelled: ordered });
    expectOnceOutside(sut.world, order);
  }
}

async function expectNothingReserved(): Promise<void> {
  await expectStockAddsUp(sut.pool);
  expect(await reservedUnits(sut.pool)).toEqual({});
}

describe('a cancellation from the channel', () => {
  beforeAll(async () => {
    sut = await startHubUnderTest();
  });
  afterAll(() => sut.close());

  it('before anything is claimed: nothing is asked of anybody', async () => {
    const lines = [{ sku: 'NOBODY-KNOWS', quantity: 1 }];
    const placed = await sut.placeEverywhere(lines);
    await sut.waitForAll(placed, ({ waitingOn }) => waitingOn.some(({ system }) => system === 'CATALOG'));
    for (const order of placed) await cancel(order);
    const orders = await sut.waitForAll(placed, isComplete);
    expectCancelledWhole(orders);
    for (const { erp } of orders) expect(erp).toMatchObject({ status: 'NONE', salesOrder: null });
  });

  it('while the ERP is down: stock is given back at once, and the ERP is left with nothing', async () => {
    expect.hasAssertions();
    sut.world.sap.setDown(true);
    const placed = await sut.placeEverywhere(TWO_NODES);
    await sut.waitForAll(
      placed,
      ({ status, waitingOn }) => status === 'RESERVED' && waitingOn.some(({ lastError }) => lastError !== null),
    );
    for (const order of placed) await cancel(order);
    await sut.waitForAll(placed, ({ status }) => status === 'CANCELLED');
    await expectNothingReserved();
    sut.world.sap.setDown(false);
    expectCancelledWhole(await sut.waitForAll(placed, isComplete));
    await expectNothingReserved();
  });

  it('while the warehouse has yet to pick: it stops, and the ERP takes the units off', async () => {
    expect.hasAssertions();
    sut.world.wms.pause();
    const placed = await sut.placeEverywhere(TWO_NODES);
    await sut.waitForAll(placed, ({ fulfillmentOrders }) =>
      fulfillmentOrders.every(({ status }) => status === 'RELEASED'),
    );
    for (const order of placed) await cancel(order);
    expectCancelledWhole(await sut.waitForAll(placed, isComplete));
    await expectNothingReserved();
    sut.world.wms.resume();
  });

  it('when the goods are packed: it is refused, and they ship', async () => {
    sut.world.wms.pause();
    const placed = (await sut.placeEverywhere(TWO_NODES)).filter(({ channel }) => channel !== SHOPIFY_ACCOUNT);
    const released = await sut.waitForAll(placed, ({ fulfillmentOrders }) =>
      fulfillmentOrders.every(({ status }) => status === 'RELEASED'),
    );
    for (const { id } of released.flatMap(({ fulfillmentOrders }) => fulfillmentOrders))
      sut.world.wms.workUntil(id, 'pack');
    await sut.waitForAll(placed, ({ lines }) =>
      lines.every(({ ordered, quantities }) => quantities.packed === ordered),
    );
    for (const order of placed) await cancel(order);
    await sut.waitForAll(placed, (order) => has(order, 'CancellationRefused'));
    sut.world.wms.resume();
    for (const order of await sut.waitForAll(placed, isComplete)) {
      expect(order.status).toBe('SHIPPED');
      for (const { ordered, quantities } of order.lines) expect(quantities).toMatchObject({ shipped: ordered });
      expectOnceOutside(sut.world, order);
    }
    await expectNothingReserved();
  });

  it('when a shop cancelled what is packed: the goods ship, the refusal is on record, and the shop wants no confirmation', async () => {
    sut.world.wms.pause();
    const placed = {
      channel: SHOPIFY_ACCOUNT,
      reference: String(sut.placeShopify([{ sku: NORTH_ONLY, quantity: 1 }])),
    };
    const [released] = await sut.waitForAll(
      [placed],
      ({ fulfillmentOrders }) => fulfillmentOrders[0]?.status === 'RELEASED',
    );
    sut.world.wms.workUntil(released?.fulfillmentOrders[0]?.id ?? '', 'pack');
    await sut.waitForAll([placed], ({ lines }) => lines[0]?.quantities.packed === 1);
    await cancel(placed);
    await sut.waitForAll([placed], (order) => has(order, 'CancellationRefused'));
    sut.world.wms.resume();
    const [order] = await sut.waitForAll([placed], ({ completedAt }) => completedAt !== null);
    expect(order).toMatchObject({ status: 'SHIPPED', waitingOn: [] });
    await expectNothingReserved();
  });

  it('when one node has shipped: what is left at the other is cancelled', async () => {
    sut.world.wms.pause();
    const before = await onHandUnits(sut.pool);
    const placed = await sut.placeEverywhere(TWO_NODES);
    const released = await sut.waitForAll(placed, ({ fulfillmentOrders }) =>
      fulfillmentOrders.every(({ status }) => status === 'RELEASED'),
    );
    for (const { id, node } of released.flatMap(({ fulfillmentOrders }) => fulfillmentOrders))
      if (node === 'dc-north') sut.world.wms.workUntil(id, 'ship');
    await sut.waitForAll(
      placed,
      (order) => order.status === 'PARTIALLY_SHIPPED' && has(order, 'ChannelShipmentConfirmed'),
    );
    for (const [index, order] of placed.entries()) {
      const left = released[index]?.lines.filter(({ sku }) => sku === SOUTH_ONLY) ?? [];
      await cancel(
        order,
        left.map(({ lineReference }) => lineReference),
      );
    }
    for (const order of await sut.waitForAll(placed, isComplete)) {
      expect(order).toMatchObject({ status: 'SHIPPED', waitingOn: [] });
      for (const { sku, ordered, quantities } of order.lines)
        expect(quantities).toMatchObject(sku === SOUTH_ONLY ? { cancelled: ordered } : { shipped: ordered });
      expectOnceOutside(sut.world, order);
    }
    await expectNothingReserved();
    const after = await onHandUnits(sut.pool);
    expect((before[`dc-north/${NORTH_ONLY}`] ?? 0) - (after[`dc-north/${NORTH_ONLY}`] ?? 0)).toBe(9);
    expect(after[`dc-south/${SOUTH_ONLY}`]).toBe(before[`dc-south/${SOUTH_ONLY}`]);
    sut.world.wms.resume();
  });
});

describe('a cancellation from the channel while the ERP has yet to decide', () => {
  const FAR_AWAY_MS = 600_000;

  beforeAll(async () => {
    sut = await startHubUnderTest({ sap: { decisionDelayMs: FAR_AWAY_MS } });
  });
  afterAll(() => sut.close());

  it('takes all units off the sales order, and no warehouse hears of it', async () => {
    const placed = await sut.placeEverywhere(TWO_NODES);
    await sut.waitForAll(placed, ({ erp }) => erp.status === 'POSTED');
    for (const order of placed) await cancel(order);
    expectCancelledWhole(await sut.waitForAll(placed, isComplete));
    await expectNothingReserved();
    expect(sut.world.wms.releases()).toEqual([]);
  });
});
