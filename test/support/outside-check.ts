import { expect } from 'vitest';
import { salesOrderKey } from '../../process-apis/orders/index.js';
import { AMAZON_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { World } from '../../src/demo/world.js';
import { sapKey } from '../../system-apis/erp/sap-s4hana/sap-s4hana.mapper.js';
import type { GraphOrder } from './graph-order.js';

/** A package as a channel shows it: units by the channel's own line id. */
export interface ToldPackage {
  readonly trackingNumber: string;
  readonly units: Readonly<Record<string, number>>;
}

/** Every effect of the order outside is there exactly once, with the order's own quantities. */
export function expectOnceOutside(world: World, order: GraphOrder): void {
  if (order.channel === AMAZON_ACCOUNT || order.channel === SHOPIFY_ACCOUNT)
    expect(toldPackages(world, order)).toEqual(isCancelledAtShop(world, order) ? [] : shippedPackages(order));
  expectOneSalesOrder(world, order);
  expectDeliveryOfEachShipment(world, order);
  for (const { id, wmsReference } of order.fulfillmentOrders)
    if (wmsReference !== null) expect(world.wms.release(id)).toMatchObject({ wmsReference });
}

/** The shop cancelled it before it heard of any package: it wants to hear of none. */
function isCancelledAtShop(world: World, { channel, reference }: GraphOrder): boolean {
  return channel === SHOPIFY_ACCOUNT && typeof world.shopify.order(Number(reference))?.cancelled_at === 'string';
}

/** What the channel shows as shipped, by tracking number. */
export function toldPackages(world: World, { channel, reference }: GraphOrder): readonly ToldPackage[] {
  const told =
    channel === AMAZON_ACCOUNT
      ? world.amazon.confirmations(reference).map(({ trackingNumber, orderItems }): ToldPackage => ({
          trackingNumber,
          units: Object.fromEntries(orderItems.map(({ orderItemId, quantity }) => [orderItemId, quantity])),
        }))
      : world.shopify.fulfillments(Number(reference)).map((fulfillment): ToldPackage => ({
          trackingNumber: fulfillment.tracking_number ?? '',
          units: Object.fromEntries(fulfillment.line_items.map(({ id, quantity }) => [String(id), quantity])),
        }));
  return byTracking(told);
}

/** What the order says has left, in the same form. */
export function shippedPackages({ lines, shipments }: GraphOrder): readonly ToldPackage[] {
  const references = new Map(lines.map((line) => [line.id, line.lineReference]));
  return byTracking(
    shipments
      .flatMap((shipment) => shipment.packages)
      .map(({ trackingNumber, items }) => ({
        trackingNumber,
        units: Object.fromEntries(items.map(({ lineId, quantity }) => [references.get(lineId) ?? '', quantity])),
      })),
  );
}

function byTracking(packages: readonly ToldPackage[]): readonly ToldPackage[] {
  return packages.toSorted((a, b) => (a.trackingNumber < b.trackingNumber ? -1 : 1));
}

/** The ERP holds the order once, with the units that are still wanted. */
function expectOneSalesOrder(world: World, order: GraphOrder): void {
  const held = world.sap.salesOrdersByPurchaseOrder(sapKey(salesOrderKey(order.id, 1)));
  if (order.erp.salesOrder === null) {
    expect(held).toEqual([]);
    return;
  }
  expect(held.map(({ salesOrder }) => salesOrder)).toEqual([order.erp.salesOrder]);
  const standing = held.flatMap(({ items }) => items).filter((item) => item.rejectionReason === '');
  expect(unitsBy(standing.map(({ material, quantity }) => [material, quantity]))).toEqual(
    unitsBy(order.lines.map(({ sku, ordered, quantities }) => [sku ?? '', ordered - quantities.cancelled])),
  );
}

function expectDeliveryOfEachShipment(world: World, order: GraphOrder): void {
  const deliveries = world.sap
    .deliveries()
    .filter(({ items }) => items.some((item) => item.salesOrder === order.erp.salesOrder))
    .map(({ deliveryDocument, invoice = null, items }) => ({
      deliveryDocument,
      invoice,
      units: unitsBy(items.map(({ material, quantity }) => [material, quantity])),
    }));
  const shipped = order.shipments.map(({ deliveryDocument, invoice, packages }) => ({
    deliveryDocument,
    invoice,
    units: unitsBy(packages.flatMap(({ items }) => items.map(({ sku, quantity }) => [sku, quantity]))),
  }));
  expect(new Set(deliveries)).toEqual(new Set(shipped));
}

function unitsBy(units: readonly (readonly [string, number])[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [key, quantity] of units) if (quantity > 0) sums.set(key, (sums.get(key) ?? 0) + quantity);
  return Object.fromEntries(sums);
}
