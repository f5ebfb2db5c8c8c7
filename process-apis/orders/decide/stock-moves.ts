import type { LineUnits, StockUnits } from '../../../src/model/events.js';
import { componentsOf, type FulfillmentOrder, type Order, type Shipment } from '../../../src/model/order.js';
import type { Movement, MovementReason, StockBucket } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { pickLots, type SoftReservation } from '../../availability/index.js';
import { plannedLots } from '../orders.lots.js';
import type { Decision } from './decision.js';
import { shippedLots } from './lots.js';

/** Gives claims of a node back. Units go to `open` to be sourced again, or are cancelled. */
export function unreserve(
  decision: Decision,
  fo: FulfillmentOrder,
  lines: readonly LineUnits[],
  to: 'open' | 'cancelled',
): void {
  if (lines.length === 0) return;
  const stock = stockOf(decision.order, fo.node, lines);
  decision.emit(
    { type: 'InventoryUnreserved', fulfillmentOrderId: fo.id, node: fo.node, lines, stock, to },
    move(byPlannedLot(fo, stock), 'reserved', -1, 'UNRESERVE'),
  );
}

/**
 * The node has fewer units than its stock record says: the claim and the phantom stock both go. Of a kit only the
 * component that was not found is phantom, where the node says which.
 */
export function shortPick(
  decision: Decision,
  fo: FulfillmentOrder,
  lines: readonly (LineUnits & { readonly sku?: string })[],
  reason: string,
): void {
  const stock = stockOf(decision.order, fo.node, lines);
  const gone = lines.flatMap((line) =>
    stockOf(decision.order, fo.node, [line]).filter(({ sku }) => line.sku === undefined || line.sku === sku),
  );
  decision.emit({ type: 'FulfillmentShortPicked', fulfillmentOrderId: fo.id, lines, stock, reason }, [
    ...move(byPlannedLot(fo, stock), 'reserved', -1, 'SHORT_PICK'),
    ...move(byPlannedLot(fo, sumBySku(gone)), 'onHand', -1, 'SHORT_PICK'),
    // What the last count missed already is found missing once.
    ...sumBySku(gone).flatMap((units) => lessMissing(decision, units, units.quantity, 'SHORT_PICK')),
  ]);
}

/** Goods leave: on-hand and its claim go down together. */
export function takeOut(decision: Decision, fo: FulfillmentOrder, shipment: Shipment): void {
  const items = shipment.packages.flatMap((parcel) => parcel.items);
  const stock = stockOf(decision.order, fo.node, items);
  const lots = shippedLots(decision.stock, fo, stock, items);
  decision.emit({ type: 'ShipmentConfirmed', shipment, stock }, [
    ...move(byPlannedLot(fo, stock), 'reserved', -1, 'SHIP'),
    ...move(lots, 'onHand', -1, 'SHIP'),
    ...stock.flatMap((units) => afterShipping(decision, units, shipment.shippedAt)),
  ]);
}

/**
 * A shipment that left before the last count is in the count already: its units are not taken out again. What that
 * count missed of the claims is explained by it. One that left after it shows that its units were there.
 */
function afterShipping(decision: Decision, units: StockUnits, shippedAt: Instant): readonly Movement[] {
  const { sku, node, quantity } = units;
  const position = decision.stock.position(sku, node);
  if (position === undefined) return [];
  if (position.countedAt === null || shippedAt > position.countedAt)
    return lessMissing(decision, units, position.missing - (position.reserved - quantity), 'SHIP');
  const explained = Math.min(quantity, position.missing);
  return [
    { sku, node, bucket: 'onHand', delta: quantity - explained, reason: 'IN_COUNT' },
    { sku, node, bucket: 'missing', delta: -explained, reason: 'IN_COUNT' },
  ];
}

function lessMissing(
  decision: Decision,
  { sku, node }: StockUnits,
  wanted: number,
  reason: MovementReason,
): readonly Movement[] {
  const units = Math.min(wanted, decision.stock.position(sku, node)?.missing ?? 0);
  return units > 0 ? [{ sku, node, bucket: 'missing', delta: -units, reason }] : [];
}

/** Claims stock for new fulfillment orders; a soft reservation of the order's own becomes part of the claim. */
export function reserve(
  decision: Decision,
  fulfillmentOrders: readonly FulfillmentOrder[],
  reservation: SoftReservation | undefined,
): void {
  const freed = reservation === undefined ? [] : firm(reservation);
  const after = decision.stock.fork();
  after.apply(freed, { occurredAt: decision.context.now });
  const planned = fulfillmentOrders.map((fo) => {
    const stock = stockOf(decision.order, fo.node, fo.lines);
    const lots = stock.flatMap((units) =>
      decision.context.itemFacts(units.sku)?.tracking === 'LOT' ? pickLots(after, units, decision.context.now) : [],
    );
    return lots.length === 0 ? fo : { ...fo, lots };
  });
  const stock = planned.flatMap((fo) => stockOf(decision.order, fo.node, fo.lines));
  const claims = planned.flatMap((fo) => byPlannedLot(fo, stockOf(decision.order, fo.node, fo.lines)));
  if (reservation !== undefined) decision.converted = reservation;
  decision.emit(
    {
      type: 'InventoryReserved',
      fulfillmentOrders: planned,
      stock,
      ...(reservation === undefined ? {} : { reservationId: reservation.id }),
    },
    [...freed, ...move(claims, 'reserved', 1, 'RESERVE')],
  );
}

/** The claims of a soft reservation end in the moment in which the order's own begin: nobody can come between. */
export function firm(reservation: SoftReservation): readonly Movement[] {
  return move(reservation.claims, 'reserved', -1, 'FIRM');
}

/** Base units by item at a node; several lines of one item are one entry. */
function stockOf(order: Order, node: string, lines: readonly LineUnits[]): readonly StockUnits[] {
  return sumBySku(
    lines.flatMap(({ lineId, quantity }) => {
      const line = order.lines.find((candidate) => candidate.id === lineId);
      if (line === undefined) throw new Error(`order ${order.id} has no line ${lineId}`);
      return componentsOf(line).map((component) => ({
        sku: component.sku,
        node,
        quantity: quantity * component.quantity,
      }));
    }),
  );
}

function sumBySku(units: readonly StockUnits[]): readonly StockUnits[] {
  const sum = new Map<string, StockUnits>();
  for (const { sku, node, quantity } of units)
    sum.set(sku, { sku, node, quantity: (sum.get(sku)?.quantity ?? 0) + quantity });
  return [...sum.values()];
}

function byPlannedLot(fo: FulfillmentOrder, stock: readonly StockUnits[]): readonly StockUnits[] {
  if (fo.lots === undefined) return stock;
  return stock.flatMap((units) => plannedLots(fo.lots ?? [], units));
}

function move(
  stock: readonly StockUnits[],
  bucket: StockBucket,
  sign: 1 | -1,
  reason: MovementReason,
): readonly Movement[] {
  return stock.map(({ sku, node, quantity, lot }) => ({
    sku,
    node,
    bucket,
    delta: sign * quantity,
    reason,
    ...(lot === undefined ? {} : { lot }),
  }));
}
