import type { LineUnits } from '../../../src/model/events.js';
import { standingHolds } from '../../../src/model/order.js';
import { salesOrderKey } from '../orders.awaited-tasks.js';
import { claimStock } from './claim.js';
import type { Decision } from './decision.js';

/**
 * Takes the order as far as it goes without an answer from outside. Runs after every fact, in the same transaction:
 * each rule looks at the state alone, so it does not matter which fact made it true.
 */
export function proceed(decision: Decision): void {
  mapListings(decision);
  claimStock(decision);
  requestSalesOrder(decision);
  reduceSalesOrder(decision);
  releaseFulfillments(decision);
  finish(decision);
}

export function mapListings(decision: Decision): void {
  const { order, context } = decision;
  const lines = order.lines.flatMap((line) => {
    if (line.sku !== null || line.quantities.open === 0) return [];
    const item = context.listedItem(order.channel, line.listingSku);
    return item === undefined ? [] : [{ lineId: line.id, ...item }];
  });
  if (lines.length > 0) decision.emit({ type: 'ListingMapped', lines });
}

/** An order that was cancelled before anything was sent may get new lines: that is a new request. */
function requestSalesOrder(decision: Decision): void {
  const { status } = decision.order.erp;
  if (status === 'NONE' || status === 'NOT_NEEDED') sendSalesOrder(decision);
}

/**
 * Sends everything that is wanted in one document: as soon as all of it is claimed, or, where the channel's orders may
 * ship in parts, as soon as some of it is.
 */
export function sendSalesOrder(decision: Decision): void {
  const { order } = decision;
  if (standingHolds(order).length > 0) return;
  const claimed = order.lines.some((line) => line.quantities.reserved > 0);
  const open = order.lines.some((line) => line.quantities.open > 0);
  const unknown = order.lines.some((line) => line.sku === null && line.quantities.open > 0);
  if (!claimed || unknown || (open && decision.context.policyOf(order.channel).shortage !== 'SPLIT')) return;
  const wanted = order.lines.filter((line) => line.quantities.reserved + line.quantities.open > 0);
  const attempt = order.erp.attempt + 1;
  decision.emit({
    type: 'SalesOrderRequested',
    attempt,
    lines: wanted.map((line) => ({ lineId: line.id, quantity: line.quantities.reserved + line.quantities.open })),
  });
  decision.enqueue({
    kind: 'erp.post-sales-order',
    key: salesOrderKey(order.id, attempt),
    payload: { orderId: order.id },
  });
}

/** A rejected sales order anew: with what is claimed by now. */
export function sendAgain(decision: Decision): void {
  mapListings(decision);
  claimStock(decision);
  sendSalesOrder(decision);
}

/** Refused for something that a person has mended or accepted since, by releasing the hold that stood for it. */
const MENDED_BY_RELEASE: ReadonlySet<string> = new Set(['ADDRESS', 'SHIP_METHOD', 'PRICE', 'CREDIT_HOLD']);

export function sendRefusedAgain(decision: Decision): void {
  const { status, code = '' } = decision.order.erp;
  if (status === 'REJECTED' && MENDED_BY_RELEASE.has(code)) sendAgain(decision);
}

/** What was cancelled after the sales order was sent is taken off the document, once the document exists. */
function reduceSalesOrder(decision: Decision): void {
  const { order } = decision;
  if (order.erp.status !== 'POSTED' && order.erp.status !== 'CONFIRMED') return;
  const remaining: LineUnits[] = order.lines.flatMap((line) => {
    const asked = order.erp.requested[line.id] ?? 0;
    const wanted = line.ordered - line.quantities.cancelled - line.quantities.external;
    return wanted < asked ? [{ lineId: line.id, quantity: wanted }] : [];
  });
  if (remaining.length === 0) return;
  decision.emit({ type: 'SalesOrderReduceRequested', remaining });
  decision.enqueue({
    kind: 'erp.reduce-sales-order',
    key: `${order.id}:reduce:${decision.order.version}`,
    payload: { orderId: order.id, remaining },
  });
}

function releaseFulfillments(decision: Decision): void {
  if (decision.order.erp.status !== 'CONFIRMED' || standingHolds(decision.order).length > 0) return;
  for (const fo of decision.order.fulfillmentOrders) {
    if (fo.status !== 'PLANNED') continue;
    decision.emit({ type: 'FulfillmentRequested', fulfillmentOrderId: fo.id });
    decision.enqueue({
      kind: 'wms.release',
      key: fo.id,
      payload: { orderId: decision.order.id, fulfillmentOrderId: fo.id },
    });
  }
}

function finish(decision: Decision): void {
  const { order } = decision;
  if (order.completedAt !== undefined) return;
  const active = order.lines.some((line) => {
    const { open, reserved, released, picked, packed } = line.quantities;
    return open + reserved + released + picked + packed > 0;
  });
  if (active || !erpIsSettled(decision)) return;
  const shipped = order.shipments.every(
    (shipment) =>
      shipment.invoice !== undefined && shipment.packages.every((parcel) => parcel.channelConfirmedAt !== undefined),
  );
  if (!shipped) return;
  const nothingLeft = order.lines.every((line) => line.quantities.shipped + line.quantities.external === 0);
  if (nothingLeft) decision.emit({ type: 'OrderCancelled' });
  decision.emit({ type: 'OrderCompleted', at: decision.context.now });
}

function erpIsSettled(decision: Decision): boolean {
  const { erp } = decision.order;
  if (erp.status === 'REQUESTED') return false;
  if (erp.status !== 'POSTED' && erp.status !== 'CONFIRMED') return true;
  return Object.entries(erp.requested).every(([lineId, units]) => erp.held[lineId] === units);
}
