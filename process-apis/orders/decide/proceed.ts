import type { LineUnits } from '../../../src/model/events.js';
import type { ErpStatus, FulfillmentOrder, Order, OrderLine } from '../../../src/model/order.js';
import { allocate, type Allocation } from '../../availability/index.js';
import type { Decision } from './decision.js';
import { reserve } from './stock-moves.js';

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
    const sku = context.skuOf(order.channel, line.listingSku);
    return sku === undefined ? [] : [{ lineId: line.id, sku }];
  });
  if (lines.length > 0) decision.emit({ type: 'ListingMapped', lines });
}

/** Claims everything that is open, or nothing: a half-served order would hold stock that others could ship. */
export function claimStock(decision: Decision): void {
  const open = decision.order.lines.filter((line) => unitsToClaim(decision.order, line) > 0);
  if (open.length === 0) return;
  const unknown = open.filter((line) => line.sku === null).map((line) => line.listingSku);
  const demands = open.flatMap((line) =>
    line.sku === null ? [] : [{ lineId: line.id, sku: line.sku, quantity: unitsToClaim(decision.order, line) }],
  );
  const refusing = decision.order.fulfillmentOrders.filter((fo) => fo.status === 'REJECTED').map((fo) => fo.node);
  const result =
    unknown.length > 0
      ? { outcome: 'SHORT' as const, shortages: [] }
      : allocate(demands, decision.stock, decision.context.nodes, new Set(refusing));
  if (result.outcome === 'ALLOCATED') reserve(decision, toFulfillmentOrders(decision, result.allocations));
  else tellBackorder(decision, result.shortages, unknown);
}

function tellBackorder(
  decision: Decision,
  shortages: readonly { readonly sku: string; readonly missing: number }[],
  unknownListings: readonly string[],
): void {
  // The same shortage again is no news: the waits of the order already say it.
  const known = new Set(decision.order.waits.map((wait) => wait.key));
  const news =
    shortages.some(({ sku }) => !known.has(`STOCK:${sku}`)) ||
    unknownListings.some((listing) => !known.has(`LISTING:${decision.order.channel}/${listing}`));
  if (news) decision.emit({ type: 'OrderBackordered', shortages, unknownListings });
}

/** No sales order is held or under way: what is claimed goes into the next one. */
const WITHOUT_SALES_ORDER: ReadonlySet<ErpStatus> = new Set(['NONE', 'NOT_NEEDED', 'REJECTED']);

/**
 * Open units that may claim stock. Once a sales order is sent it is its units alone: what the channel added later is not
 * in the ERP's document, and waits, visibly, for a person to decide.
 */
export function unitsToClaim(order: Order, line: OrderLine): number {
  const { open, reserved, released, picked, packed, shipped } = line.quantities;
  if (WITHOUT_SALES_ORDER.has(order.erp.status)) return open;
  const inWork = reserved + released + picked + packed + shipped;
  return Math.max(0, Math.min(open, (order.erp.requested[line.id] ?? 0) - inWork));
}

function toFulfillmentOrders(decision: Decision, allocations: readonly Allocation[]): readonly FulfillmentOrder[] {
  const before = decision.order.fulfillmentOrders.length;
  return [...Map.groupBy(allocations, (allocation) => allocation.node)].map(([node, ofNode], index) => ({
    id: decision.context.newId(),
    number: before + index + 1,
    node,
    status: 'PLANNED',
    lines: ofNode.map(({ lineId, sku, quantity }) => ({
      lineId,
      sku,
      quantity,
      picked: 0,
      packed: 0,
      shipped: 0,
      dropped: 0,
    })),
  }));
}

/** An order that was cancelled before anything was sent may get new lines: that is a new request. */
function requestSalesOrder(decision: Decision): void {
  const { status } = decision.order.erp;
  if (status === 'NONE' || status === 'NOT_NEEDED') sendSalesOrder(decision);
}

/** Sends everything that is wanted in one document, as soon as all of it is claimed. */
export function sendSalesOrder(decision: Decision): void {
  const { order } = decision;
  const claimed = order.lines.filter((line) => line.quantities.reserved > 0);
  if (claimed.length === 0 || order.lines.some((line) => line.quantities.open > 0)) return;
  const attempt = order.erp.attempt + 1;
  decision.emit({
    type: 'SalesOrderRequested',
    attempt,
    lines: claimed.map((line) => ({ lineId: line.id, quantity: line.quantities.reserved })),
  });
  decision.enqueue({
    kind: 'erp.post-sales-order',
    key: salesOrderKey(order.id, attempt),
    payload: { orderId: order.id },
  });
}

/** The key that the ERP document carries. */
export function salesOrderKey(orderId: string, attempt: number): string {
  return attempt === 1 ? orderId : `${orderId}-${attempt}`;
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
  if (decision.order.erp.status !== 'CONFIRMED') return;
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
