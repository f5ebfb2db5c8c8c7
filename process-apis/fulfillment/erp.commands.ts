import type { Order, OrderLine, Shipment } from '../../src/model/order.js';
import type { OrderParties } from '../../src/model/channel-order.js';
import type {
  CancelSalesOrderItems,
  PostGoodsIssue,
  PostSalesOrder,
  SalesOrderLine,
} from '../../system-apis/erp/erp.port.js';
import { netAmountOf, salesOrderKey } from '../orders/index.js';

/** The sales order as it was requested; later cancellations are taken off it by a task of their own. Pure. */
export function toPostSalesOrder(order: Order, parties: OrderParties, mayExist: boolean): PostSalesOrder {
  const { requested } = order.erp;
  return {
    idempotencyKey: salesOrderKey(order.id, order.erp.attempt),
    orderId: order.id,
    channel: order.channel,
    reference: order.reference,
    placedAt: order.placedAt,
    currency: order.currency,
    mayExist,
    lines: order.lines
      .filter((line) => (requested[line.id] ?? 0) > 0)
      .map((line) => toSalesOrderLine(order, line, requested[line.id] ?? 0)),
    ...(parties.shipTo === undefined ? {} : { shipTo: parties.shipTo }),
  };
}

function toSalesOrderLine(order: Order, line: OrderLine, quantity: number): SalesOrderLine {
  if (line.sku === null) throw new Error(`line ${line.id} has no item`);
  const allocations = order.fulfillmentOrders.flatMap((fo) =>
    fo.lines
      .filter((candidate) => candidate.lineId === line.id && candidate.quantity > candidate.dropped)
      .map((candidate) => ({ node: fo.node, quantity: candidate.quantity - candidate.dropped })),
  );
  const { sku, factor } = inErpUnits(line);
  // Units that wait for stock are planned where the rest of the order is; the shipment says where they really left.
  const [planned] = order.fulfillmentOrders;
  const nodes = allocations.length > 0 || planned === undefined ? allocations : [{ node: planned.node, quantity }];
  return {
    lineId: line.id,
    number: line.number,
    sku,
    quantity: quantity * factor,
    unitPrice: line.unitPrice,
    netAmount: netAmountOf(line, quantity),
    allocations: nodes.map(({ node, quantity: units }) => ({ node, quantity: units * factor })),
  };
}

/** The ERP counts base units: a pack is its item, so many times. A kit is an item of its own there, with its own bill of material. */
function inErpUnits({ sku, components }: Pick<OrderLine, 'sku' | 'components'>): { sku: string; factor: number } {
  const [only, ...others] = components ?? [];
  if (only !== undefined && others.length === 0) return { sku: only.sku, factor: only.quantity };
  return { sku: sku ?? '', factor: 1 };
}

function lineOf(order: Order, lineId: string): Pick<OrderLine, 'sku' | 'components'> {
  return order.lines.find((line) => line.id === lineId) ?? { sku: '' };
}

export function toReduceSalesOrder(
  order: Order,
  idempotencyKey: string,
  remaining: readonly { readonly lineId: string; readonly quantity: number }[],
): CancelSalesOrderItems {
  return {
    idempotencyKey,
    salesOrder: order.erp.salesOrder ?? '',
    reason: 'cancelled',
    items: remaining.map(({ lineId, quantity }) => {
      const { sku, factor } = inErpUnits(lineOf(order, lineId));
      return { item: order.erp.items[lineId] ?? '', sku, remaining: quantity * factor };
    }),
  };
}

/** Units of all packages by ERP item: the delivery knows no packages. */
export function toPostGoodsIssue(order: Order, shipment: Shipment, mayExist: boolean): PostGoodsIssue {
  const items = new Map<string, { item: string; sku: string; node: string; quantity: number; serials: string[] }>();
  for (const { lineId, quantity, serials } of shipment.packages.flatMap((parcel) => parcel.items)) {
    const item = order.erp.items[lineId] ?? '';
    const { sku, factor } = inErpUnits(lineOf(order, lineId));
    const known = items.get(item) ?? { item, sku, node: shipment.node, quantity: 0, serials: [] };
    const units = known.quantity + quantity * factor;
    items.set(item, { ...known, quantity: units, serials: [...known.serials, ...serials] });
  }
  return {
    idempotencyKey: shipment.id,
    salesOrder: order.erp.salesOrder ?? '',
    shipmentReference: shipment.reference,
    shippedAt: shipment.shippedAt,
    trackingNumbers: shipment.packages.map((parcel) => parcel.trackingNumber),
    items: [...items.values()],
    mayExist,
  };
}
