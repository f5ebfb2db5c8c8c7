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
  { reason, at }: { readonly reason: string; readonly at: Instant },
): void {
  const stock = stockOf(decision.order, fo.node, lines);
  const missed = sumBySku(
    lines.flatMap((line) =>
      stockOf(decision.order, fo.node, [line]).filter(({ sku }) => line.sku === undefined || line.sku === sku),
    ),
  );
  // Told late: a count since then did not find them either, and has written them off.
  const counted = missed.filter((units) => isInCount(decision, units, at));
  const gone = missed.filter((units) => !counted.includes(units));
  decision.emit({ type: 'FulfillmentShortPicked', fulfillmentOrderId: fo.id, lines, stock, reason }, [
    ...move(byPlannedLot(fo, stock), 'reserved', -1, 'SHORT_PICK'),
    // A count may have emptied the planned lot already.
    ...move(shippedLots(decision.stock, fo, gone, []), 'onHand', -1, 'SHORT_PICK'),
    // What the last count missed already is found missing once.
    ...gone.flatMap((units) => lessMissing(decision, units, units.quantity, 'SHORT_PICK')),
    ...counted.flatMap((units) => explained(decision, units)),
  ]);
}

/** Units that a node had given up are claimed there again: they have left. */
export function revive(decision: Decision, fo: FulfillmentOrder, line: LineUnits, from: 'open' | 'cancelled'): void {
  const stock = stockOf(decision.order, fo.node, [line]);
  decision.emit(
    { type: 'FulfillmentRevived', fulfillmentOrderId: fo.id, lines: [line], from, stock },
    move(stock, 'reserved', 1, 'RESERVE'),
  );
}

/** How many base units the node's stock lacks beyond all claims, by item. */
export function unclaimedUnits(
  decision: Decision,
  fo: FulfillmentOrder,
  lines: readonly LineUnits[],
): readonly { readonly sku: string; readonly missing: number }[] {
  return stockOf(decision.order, fo.node, lines).map(({ sku, node, quantity }) => {
    const { onHand = 0, reserved = 0 } = decision.stock.position(sku, node) ?? {};
    return { sku, missing: quantity - (onHand - reserved) };
  });
}

/** Goods leave: on-hand and its claim go down together. */
export function takeOut(decision: Decision, fo: FulfillmentOrder, shipment: Shipment): void {
  const items = shipment.packages.flatMap((parcel) => parcel.items);
  const stock = stockOf(decision.order, fo.node, items);
  const counted = stock.filter((units) => isInCount(decision, units, shipment.shippedAt));
  const leaving = stock.filter((units) => !counted.includes(units));
  decision.emit({ type: 'ShipmentConfirmed', shipment, stock }, [
    ...move(byPlannedLot(fo, stock), 'reserved', -1, 'SHIP'),
    ...move(shippedLots(decision.stock, fo, leaving, items), 'onHand', -1, 'SHIP'),
    ...leaving.flatMap((units) => foundAfterAll(decision, units)),
    ...counted.flatMap((units) => explained(decision, units)),
  ]);
}

/** What left, or was lost, before the last count is in the count already: its units are not taken out again. */
function isInCount(decision: Decision, { sku, node }: StockUnits, at: Instant): boolean {
  const countedAt = decision.stock.position(sku, node)?.countedAt;
  return countedAt !== undefined && countedAt !== null && at <= countedAt;
}

/** What that count missed of the claims is explained. */
function explained(decision: Decision, { sku, node, quantity }: StockUnits): readonly Movement[] {
  const units = Math.min(quantity, decision.stock.position(sku, node)?.missing ?? 0);
  return [
    { sku, node, bucket: 'onHand', delta: -units, reason: 'IN_COUNT' },
    { sku, node, bucket: 'missing', delta: -units, reason: 'IN_COUNT' },
  ];
}

/** Units that left after the last count were there: so many of the claims are not missing. */
function foundAfterAll(decision: Decision, units: StockUnits): readonly Movement[] {
  const { missing = 0, reserved = 0 } = decision.stock.position(units.sku, units.node) ?? {};
  return lessMissing(decision, units, missing - (reserved - units.quantity), 'SHIP');
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
      stock: [...stock, ...leftOver(reservation, stock)],
      ...(reservation === undefined ? {} : { reservationId: reservation.id }),
    },
    [...freed, ...move(claims, 'reserved', 1, 'RESERVE')],
  );
}

/** Positions of the reservation that the order takes nothing from: their units are free again. */
function leftOver(reservation: SoftReservation | undefined, claimed: readonly StockUnits[]): readonly StockUnits[] {
  const isClaimed = ({ sku, node }: Pick<StockUnits, 'sku' | 'node'>): boolean =>
    claimed.some((units) => units.sku === sku && units.node === node);
  return (reservation?.claims ?? [])
    .filter((claim) => !isClaimed(claim))
    .map(({ sku, node }) => ({ sku, node, quantity: 0 }));
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
