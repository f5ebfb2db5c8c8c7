import type { LineUnits, StockUnits } from '../../../src/model/events.js';
import type { FulfillmentOrder, Shipment } from '../../../src/model/order.js';
import type { Movement, MovementReason, StockBucket } from '../../../src/model/stock.js';
import type { Decision } from './decision.js';

/** Gives claims of a node back. Units go to `open` to be sourced again, or are cancelled. */
export function unreserve(
  decision: Decision,
  fo: FulfillmentOrder,
  lines: readonly LineUnits[],
  to: 'open' | 'cancelled',
): void {
  if (lines.length === 0) return;
  const stock = stockOf(fo, lines);
  decision.emit(
    { type: 'InventoryUnreserved', fulfillmentOrderId: fo.id, node: fo.node, lines, stock, to },
    move(stock, 'reserved', -1, 'UNRESERVE'),
  );
}

/** The node has fewer units than its stock record says: the claim and the phantom stock both go. */
export function shortPick(decision: Decision, fo: FulfillmentOrder, lines: readonly LineUnits[], reason: string): void {
  const stock = stockOf(fo, lines);
  decision.emit({ type: 'FulfillmentShortPicked', fulfillmentOrderId: fo.id, lines, stock, reason }, [
    ...move(stock, 'reserved', -1, 'SHORT_PICK'),
    ...move(stock, 'onHand', -1, 'SHORT_PICK'),
  ]);
}

/** Goods leave: on-hand and its claim go down together. */
export function takeOut(decision: Decision, fo: FulfillmentOrder, shipment: Shipment): void {
  const items = shipment.packages.flatMap((parcel) => parcel.items);
  const stock = stockOf(fo, items);
  decision.emit({ type: 'ShipmentConfirmed', shipment, stock }, [
    ...move(stock, 'reserved', -1, 'SHIP'),
    ...move(stock, 'onHand', -1, 'SHIP'),
  ]);
}

/** Claims stock for new fulfillment orders. */
export function reserve(decision: Decision, fulfillmentOrders: readonly FulfillmentOrder[]): void {
  const stock = fulfillmentOrders.flatMap((fo) => stockOf(fo, fo.lines));
  decision.emit({ type: 'InventoryReserved', fulfillmentOrders, stock }, move(stock, 'reserved', 1, 'RESERVE'));
}

/** Units by item at the fulfillment order's node; several lines of one item are one entry. */
function stockOf(fo: FulfillmentOrder, lines: readonly LineUnits[]): readonly StockUnits[] {
  const units = new Map<string, number>();
  for (const { lineId, quantity } of lines) {
    const sku = fo.lines.find((line) => line.lineId === lineId)?.sku;
    if (sku === undefined) throw new Error(`fulfillment order ${fo.id} has no line ${lineId}`);
    units.set(sku, (units.get(sku) ?? 0) + quantity);
  }
  return [...units].map(([sku, quantity]) => ({ sku, node: fo.node, quantity }));
}

function move(
  stock: readonly StockUnits[],
  bucket: StockBucket,
  sign: 1 | -1,
  reason: MovementReason,
): readonly Movement[] {
  return stock.map(({ sku, node, quantity }) => ({ sku, node, bucket, delta: sign * quantity, reason }));
}
