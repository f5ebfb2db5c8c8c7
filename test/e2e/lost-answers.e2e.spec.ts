import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMAZON_ACCOUNT, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { GraphOrder } from '../support/graph-order.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { BOTH_NODES, NORTH_ONLY, SERIALISED, SOUTH_ONLY, type PlacedOrder } from '../support/place-orders.js';
import { expectStockAddsUp } from '../support/stock-check.js';

const LINES = [
  { sku: NORTH_ONLY, quantity: 2 },
  { sku: SOUTH_ONLY, quantity: 1 },
  { sku: SERIALISED, quantity: 1 },
];

let sut: HubUnderTest;

beforeAll(async () => {
  sut = await startHubUnderTest({ variation: { severalPackages: 1 } });
});
afterAll(() => sut.close());

const isReleased = ({ fulfillmentOrders }: GraphOrder): boolean =>
  fulfillmentOrders.length > 0 && fulfillmentOrders.every(({ status }) => status === 'RELEASED');
/** The warehouse's reference may come after everything else is done, when its answer got lost. */
const isDone = ({ completedAt, fulfillmentOrders }: GraphOrder): boolean =>
  completedAt !== null && fulfillmentOrders.every(({ wmsReference }) => wmsReference !== null);

async function expectAllOnce(placed: readonly PlacedOrder[]): Promise<void> {
  for (const order of await sut.waitForAll(placed, isDone)) {
    expect(order).toMatchObject({ status: 'SHIPPED', waitingOn: [] });
    expectOnceOutside(sut.world, order);
  }
  await expectStockAddsUp(sut.pool);
}

/** Tasks that were told of as failed at least once. */
async function failedOperations(): Promise<readonly string[]> {
  const { rows } = await sut.pool.query<{ operation: string }>(
    `select distinct data ->> 'operation' as operation from event_log where type = 'OutsideCallFailed' order by 1`,
  );
  return rows.map(({ operation }) => operation);
}

describe('answers that get lost after the work is done', () => {
  it('have no second effect on the way out', async () => {
    const { amazon, sap, shopify, wms } = sut.world;
    for (const operation of [
      'A_SalesOrder.create',
      'A_OutbDeliveryHeader.create',
      'AddSerialNumberToDeliveryItem',
      'PostGoodsIssue',
    ])
      sap.failNext({ operation, times: 2, mode: 'after' });
    wms.failNext({ operation: 'release', times: 2, mode: 'after' });
    amazon.failNext({ operation: 'confirmShipment', times: 2, mode: 'after' });
    amazon.failNext({ operation: 'patchListingsItem', times: 2, mode: 'after' });
    shopify.failNext({ operation: 'fulfillmentCreate', times: 2, mode: 'after' });
    shopify.failNext({ operation: 'inventorySetQuantities', times: 2, mode: 'after' });
    const placed = [
      ...(await sut.placeEverywhere(LINES)),
      ...(await sut.placeEverywhere([{ sku: BOTH_NODES, quantity: 3 }])),
    ];
    await expectAllOnce(placed);
    expect(await failedOperations()).toEqual(
      expect.arrayContaining(['channel.confirm-package', 'erp.post-goods-issue', 'erp.post-sales-order']),
    );
    const releases = (await sut.waitForAll(placed, isDone)).flatMap(({ fulfillmentOrders }) => fulfillmentOrders);
    expect(Math.max(...releases.map(({ id }) => wms.releaseCalls(id)))).toBeGreaterThan(1);
  });

  it('have no second effect when work is taken back', async () => {
    sut.world.wms.pause();
    const placed = await sut.placeEverywhere(LINES);
    await sut.waitForAll(placed, isReleased);
    sut.world.wms.failNext({ operation: 'cancellation', times: 2, mode: 'after' });
    sut.world.sap.failNext({ operation: 'A_SalesOrderItem.change', times: 2, mode: 'after' });
    for (const { channel, reference } of placed)
      if (channel === AMAZON_ACCOUNT) sut.world.amazon.cancelOrder(reference);
      else if (channel === SHOPIFY_ACCOUNT) sut.world.shopify.cancelOrder(Number(reference));
    const cancelled = placed.filter(({ channel }) => channel !== PARTNER_ACCOUNT);
    for (const order of await sut.waitForAll(cancelled, ({ completedAt }) => completedAt !== null)) {
      expect(order).toMatchObject({ status: 'CANCELLED', waitingOn: [] });
      expectOnceOutside(sut.world, order);
    }
    expect(await failedOperations()).toEqual(expect.arrayContaining(['erp.reduce-sales-order', 'wms.cancel']));
    sut.world.wms.resume();
    await expectAllOnce(placed.filter(({ channel }) => channel === PARTNER_ACCOUNT));
  });
});
