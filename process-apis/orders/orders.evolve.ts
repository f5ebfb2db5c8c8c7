import type { OrderEvent, LineUnits } from '../../src/model/events.js';
import {
  componentsOf,
  moveQuantity,
  type FulfillmentOrder,
  type FulfillmentOrderLine,
  type LineState,
  type Order,
  type OrderLine,
  type Shipment,
  type Wait,
} from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import { evolveErp } from './orders.evolve-erp.js';
import { evolveTrouble, isTrouble } from './orders.evolve-trouble.js';
import { evolveShipment, evolveWork } from './orders.evolve-work.js';
import { withoutPlanned } from './orders.lots.js';

/** The order after an event. The state is nothing but the fold of its events; this is the fold. Pure. */
export function evolve(order: Order | undefined, event: OrderEvent): Order {
  if (event.type === 'OrderAccepted') {
    return {
      ...event.order,
      version: 1,
      fulfillmentOrders: [],
      shipments: [],
      erp: { status: 'NONE', attempt: 0, items: {}, requested: {}, held: {} },
      refunds: [],
      returns: [],
      holds: [],
      cancelling: {},
      shortages: [],
      waits: [],
    };
  }
  if (order === undefined) throw new Error(`${event.type} for an order that was never accepted`);
  return { ...stillShort(change(order, event)), version: order.version + 1 };
}

function change(order: Order, event: Exclude<OrderEvent, { type: 'OrderAccepted' }>): Order {
  if (isTrouble(event)) return evolveTrouble(order, event);
  switch (event.type) {
    case 'OrderAmended':
      return amend(order, event);
    case 'ListingMapped':
    case 'LineSubstituted':
      return { ...order, lines: order.lines.map((line) => withItem(line, event)) };
    case 'InventoryReserved':
      return reserve(order, event.fulfillmentOrders);
    case 'InventoryUnreserved':
      return dropUnits(order, event.fulfillmentOrderId, event.lines, event.to);
    case 'FulfillmentShortPicked':
      return missUnits(dropUnits(order, event.fulfillmentOrderId, event.lines, 'open'), event);
    case 'FulfillmentRevived':
      return reviveUnits(order, event);
    case 'SalesOrderRequested':
    case 'SalesOrderPosted':
    case 'SalesOrderConfirmed':
    case 'SalesOrderRejected':
    case 'SalesOrderNotNeeded':
    case 'SalesOrderReduceRequested':
    case 'SalesOrderReduced':
      return { ...order, erp: evolveErp(order.erp, event) };
    case 'FulfillmentRequested':
    case 'FulfillmentReleased':
    case 'FulfillmentRejected':
    case 'FulfillmentCancelRequested':
    case 'FulfillmentCancelled':
    case 'FulfillmentCancelRefused':
    case 'FulfillmentRefusedAsDifferent':
    case 'FulfillmentRecalled':
    case 'CarrierRefused':
      return withFulfillment(order, event.fulfillmentOrderId, (fo) => evolveWork(fo, event));
    case 'FulfillmentPicked':
      return report(order, event.fulfillmentOrderId, event.lines, 'picked');
    case 'FulfillmentPacked':
      return report(order, event.fulfillmentOrderId, event.lines, 'packed');
    case 'ShipmentConfirmed':
      return ship(order, event.shipment);
    case 'ChannelShipmentConfirmed':
    case 'GoodsIssuePosted':
    case 'InvoicePosted':
      return withShipment(order, event.shipmentId, (shipment) => evolveShipment(shipment, event));
    case 'CancellationRequested':
    case 'CancellationRefused':
      return ask(order, event);
    case 'LinesCancelled':
      return moveLines(order, event.lines, 'open', 'cancelled');
    case 'FulfilledOutside':
      return moveLines(order, event.lines, 'open', 'external');
    case 'RefundIssued': {
      const { id, reference, issuedAt, amount } = event;
      return { ...order, refunds: [...order.refunds, { id, reference, issuedAt, amount }] };
    }
    case 'OrderCompleted':
      return { ...order, completedAt: event.at };
    case 'OrderBackordered':
      return { ...order, shortages: event.shortages };
    case 'OrderRejected':
    case 'OrderCancelled':
      return order;
  }
}

/** Units asked to be cancelled, and what of them was too late. Of the channel's own wishes the latter stays known. */
function ask(order: Order, event: Of<'CancellationRequested' | 'CancellationRefused'>): Order {
  if (event.type === 'CancellationRequested') {
    const cancelling = addUnits(order.cancelling, event.lines, 1);
    return { ...order, cancelling, ...(event.by === 'CHANNEL' ? { cancelledByChannel: true } : {}) };
  }
  const cancelling = addUnits(order.cancelling, event.lines, -1);
  if (order.cancelledByChannel !== true) return { ...order, cancelling };
  return { ...order, cancelling, notCancelled: addUnits(order.notCancelled ?? {}, event.lines, 1) };
}

function withItem(line: OrderLine, event: Of<'ListingMapped' | 'LineSubstituted'>): OrderLine {
  if (event.type === 'LineSubstituted') {
    const { lineId, from, to } = event;
    return line.id === lineId ? { ...line, sku: to, substitutedFor: line.substitutedFor ?? from } : line;
  }
  const mapped = event.lines.find((candidate) => candidate.lineId === line.id);
  if (mapped === undefined) return line;
  const { lineId: _, ...item } = mapped;
  return { ...line, ...item };
}

type Of<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>;

function amend(order: Order, event: Extract<OrderEvent, { type: 'OrderAmended' }>): Order {
  const added = new Map(event.addedUnits.map((line) => [line.lineId, line.quantity]));
  const wanted = new Map((event.told ?? []).map((line) => [line.lineId, line.quantity]));
  const lines = order.lines.map((before) => {
    const told = wanted.get(before.id);
    const line = told === undefined ? before : { ...before, told };
    const units = added.get(line.id) ?? 0;
    if (units === 0) return line;
    return {
      ...line,
      ordered: line.ordered + units,
      quantities: { ...line.quantities, open: line.quantities.open + units },
    };
  });
  const newWork = added.size > 0 || event.addedLines.some((line) => line.quantities.open > 0);
  const { completedAt, shipMethodTold, ...reopened } = order;
  return {
    ...reopened,
    // An order that gets new work is not complete any more.
    ...(newWork || completedAt === undefined ? {} : { completedAt }),
    channelVersion: event.channelVersion,
    lines: [...lines, ...event.addedLines],
    // The channel's new word replaces what a person made of its old one.
    ...(shipMethodTold === undefined || event.shipMethod !== undefined ? {} : { shipMethodTold }),
    ...(event.shipMethod === undefined ? {} : { shipMethod: event.shipMethod }),
    ...(event.shipBy === undefined ? {} : { shipBy: event.shipBy, waits: waitsUntil(event.shipBy, order) }),
    ...(event.deliverBy === undefined ? {} : { deliverBy: event.deliverBy }),
    ...(event.destination === undefined ? {} : { destination: event.destination }),
    ...(event.charges === undefined ? {} : { charges: event.charges }),
    ...(event.grandTotal === undefined ? {} : { grandTotal: event.grandTotal }),
  };
}

/** A later ship-by gives warehouses more time. */
function waitsUntil(shipBy: Instant, order: Order): readonly Wait[] {
  if (order.shipBy === undefined || Date.parse(shipBy) <= Date.parse(order.shipBy)) return order.waits;
  return order.waits.map(({ overdueSince, ...wait }) =>
    overdueSince === undefined || wait.key.startsWith('WMS:SHIPMENT:') ? wait : { ...wait, overdueSince },
  );
}

function reserve(order: Order, added: readonly FulfillmentOrder[]): Order {
  const units = added.flatMap((fo) => fo.lines.map((line) => ({ lineId: line.lineId, quantity: line.quantity })));
  const fulfillmentOrders = [...order.fulfillmentOrders, ...added];
  return moveLines({ ...order, fulfillmentOrders, shortages: [] }, units, 'open', 'reserved');
}

/** What was short and is no longer wanted is not short any more. */
function stillShort(order: Order): Order {
  if (order.shortages.length === 0) return order;
  const open = new Map<string, number>();
  for (const line of order.lines)
    for (const { sku, quantity } of componentsOf(line))
      open.set(sku, (open.get(sku) ?? 0) + quantity * line.quantities.open);
  const shortages = order.shortages.flatMap((shortage) => {
    const missing = Math.min(shortage.missing, open.get(shortage.sku) ?? 0);
    return missing > 0 ? [{ ...shortage, missing }] : [];
  });
  return { ...order, shortages };
}

/** Takes units away from a node; what was being cancelled is cancelled, and no longer asked for. */
function dropUnits(order: Order, foId: string, lines: readonly LineUnits[], to: 'open' | 'cancelled'): Order {
  const before = order.fulfillmentOrders.find((fo) => fo.id === foId);
  if (before === undefined) throw new Error(`unknown fulfillment order ${foId}`);
  const dropped = closeWhenDone({
    ...withoutLots(order, before, lines),
    lines: before.lines.map((line) => ({ ...line, dropped: line.dropped + unitsOf(lines, line.lineId) })),
  });
  const placed = replaceFulfillment(order, before, dropped, lines, to);
  return to === 'open' ? placed : { ...placed, cancelling: addUnits(placed.cancelling, lines, -1) };
}

/** Notes which of the dropped units were not found. */
function missUnits(order: Order, { fulfillmentOrderId, lines }: Of<'FulfillmentShortPicked'>): Order {
  return withFulfillment(order, fulfillmentOrderId, (fo) => ({
    ...fo,
    lines: fo.lines.map((line) => {
      const units = unitsOf(lines, line.lineId);
      return units === 0 ? line : { ...line, short: (line.short ?? 0) + units };
    }),
  }));
}

/** Units that the node had given up are its again. */
function reviveUnits(order: Order, { fulfillmentOrderId, lines, from }: Of<'FulfillmentRevived'>): Order {
  const before = order.fulfillmentOrders.find((fo) => fo.id === fulfillmentOrderId);
  if (before === undefined) throw new Error(`unknown fulfillment order ${fulfillmentOrderId}`);
  const after = {
    ...before,
    lines: before.lines.map((line) => ({ ...line, dropped: line.dropped - unitsOf(lines, line.lineId) })),
  };
  const taken = lines.map(({ lineId, quantity }) => ({ lineId, quantity: -quantity }));
  // There is something to tell again: an order that was complete is not any more.
  const { completedAt: _, ...reopened } = replaceFulfillment(order, before, after, taken, from);
  return reopened;
}

function report(order: Order, foId: string, lines: readonly LineUnits[], counter: 'picked' | 'packed'): Order {
  return withFulfillment(order, foId, (fo) => ({
    ...fo,
    lines: fo.lines.map((line) => ({ ...line, [counter]: line[counter] + unitsOf(lines, line.lineId) })),
  }));
}

function ship(order: Order, shipment: Shipment): Order {
  const units = shipment.packages.flatMap((parcel) => parcel.items);
  const shipped = withFulfillment(order, shipment.fulfillmentOrderId, (fo) =>
    closeWhenDone({
      ...withoutLots(order, fo, units),
      lines: fo.lines.map((line) => ({ ...line, shipped: line.shipped + unitsOf(units, line.lineId) })),
    }),
  );
  return { ...shipped, shipments: [...shipped.shipments, shipment] };
}

/** Claims that end take their planned lots with them. */
function withoutLots(order: Order, fo: FulfillmentOrder, units: readonly LineUnits[]): FulfillmentOrder {
  if (fo.lots === undefined) return fo;
  let { lots } = fo;
  for (const { lineId, quantity } of units) {
    const line = order.lines.find((candidate) => candidate.id === lineId);
    if (line === undefined) continue;
    for (const component of componentsOf(line))
      lots = withoutPlanned(lots, component.sku, quantity * component.quantity);
  }
  return { ...fo, lots };
}

function closeWhenDone(fo: FulfillmentOrder): FulfillmentOrder {
  const open = fo.lines.some((line) => remainingUnits(line) > 0);
  return open || fo.status === 'CANCELLED' || fo.status === 'REJECTED' ? fo : { ...fo, status: 'CLOSED' };
}

/** The units of each line once, where several entries name it. */
export function sumByLine(units: readonly LineUnits[]): readonly LineUnits[] {
  const sum = new Map<string, number>();
  for (const { lineId, quantity } of units) sum.set(lineId, (sum.get(lineId) ?? 0) + quantity);
  return [...sum].map(([lineId, quantity]) => ({ lineId, quantity }));
}

/** Units that the node still has to ship. */
export function remainingUnits(line: FulfillmentOrderLine): number {
  return line.quantity - line.dropped - line.shipped;
}

type InNodeState = Extract<LineState, 'reserved' | 'released' | 'picked' | 'packed' | 'shipped'>;

/** Where a fulfillment order line's units stand, whatever order the reports came in. */
function standing(fo: FulfillmentOrder, line: FulfillmentOrderLine): Readonly<Record<InNodeState, number>> {
  const asked = line.quantity - line.dropped;
  const withNode = fo.status !== 'PLANNED' && fo.status !== 'RELEASE_REQUESTED';
  const packedOrFurther = Math.min(asked, Math.max(line.packed, line.shipped));
  const pickedOrFurther = Math.min(asked, Math.max(line.picked, packedOrFurther));
  const untouched = asked - pickedOrFurther;
  return {
    reserved: withNode ? 0 : untouched,
    released: withNode ? untouched : 0,
    picked: pickedOrFurther - packedOrFurther,
    packed: packedOrFurther - line.shipped,
    shipped: line.shipped,
  };
}

function withFulfillment(order: Order, foId: string, next: (fo: FulfillmentOrder) => FulfillmentOrder): Order {
  const before = order.fulfillmentOrders.find((fo) => fo.id === foId);
  if (before === undefined) throw new Error(`unknown fulfillment order ${foId}`);
  return replaceFulfillment(order, before, next(before), [], 'open');
}

/** Puts the changed fulfillment order in place and brings the order lines' quantities in line with it. */
function replaceFulfillment(
  order: Order,
  before: FulfillmentOrder,
  after: FulfillmentOrder,
  left: readonly LineUnits[],
  leftTo: 'open' | 'cancelled',
): Order {
  const lines = order.lines.map((line): OrderLine => {
    const old = before.lines.find((candidate) => candidate.lineId === line.id);
    const now = after.lines.find((candidate) => candidate.lineId === line.id);
    if (old === undefined || now === undefined) return line;
    const was = standing(before, old);
    const is = standing(after, now);
    const quantities = { ...line.quantities };
    for (const state of ['reserved', 'released', 'picked', 'packed', 'shipped'] as const)
      quantities[state] += is[state] - was[state];
    quantities[leftTo] += unitsOf(left, line.id);
    return { ...line, quantities };
  });
  return {
    ...order,
    lines,
    fulfillmentOrders: order.fulfillmentOrders.map((fo) => (fo.id === before.id ? after : fo)),
  };
}

function withShipment(order: Order, shipmentId: string, next: (shipment: Shipment) => Shipment): Order {
  return {
    ...order,
    shipments: order.shipments.map((shipment) => (shipment.id === shipmentId ? next(shipment) : shipment)),
  };
}

/** Units leave `open`; those being cancelled are no longer asked for once they are. */
function moveLines(order: Order, units: readonly LineUnits[], from: LineState, to: LineState): Order {
  const lines = order.lines.map((line) => moveQuantity(line, from, to, unitsOf(units, line.id)));
  const moved = { ...order, lines };
  return to === 'cancelled' ? { ...moved, cancelling: addUnits(moved.cancelling, units, -1) } : moved;
}

function unitsOf(lines: readonly LineUnits[], lineId: string): number {
  let units = 0;
  for (const line of lines) if (line.lineId === lineId) units += line.quantity;
  return units;
}

function addUnits(
  all: Readonly<Record<string, number>>,
  lines: readonly LineUnits[],
  sign: 1 | -1,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...all };
  for (const line of lines) sum[line.lineId] = Math.max(0, (sum[line.lineId] ?? 0) + sign * line.quantity);
  return Object.fromEntries(Object.entries(sum).filter(([, units]) => units > 0));
}
