import type { FulfillmentOrder, Shipment } from '../../../src/model/order.js';
import type { FactUnits, OrderFactBody } from '../orders.facts.js';
import { remainingUnits } from '../orders.evolve.js';
import { dropFulfillment, refuseCancellation, requestWarehouseCancellations } from './cancel.js';
import { FactRejectedError, type Decision } from './decision.js';
import { shortPick, takeOut } from './stock-moves.js';

type Fact<Kind extends OrderFactBody['kind']> = Extract<OrderFactBody, { kind: Kind }>;

const OVER = new Set<FulfillmentOrder['status']>(['CANCELLED', 'REJECTED', 'CLOSED']);

export function decideReleased(decision: Decision, fact: Fact<'FulfillmentReleased'>): void {
  const fo = find(decision, fact.fulfillmentOrderId);
  if (fo.wmsReference !== undefined) return;
  decision.emit({ type: 'FulfillmentReleased', fulfillmentOrderId: fo.id, wmsReference: fact.wmsReference });
  requestWarehouseCancellations(decision);
}

export function decideNodeRejected(decision: Decision, fact: Fact<'FulfillmentRejected'>): void {
  const fo = find(decision, fact.fulfillmentOrderId);
  if (OVER.has(fo.status)) return;
  decision.emit({ type: 'FulfillmentRejected', fulfillmentOrderId: fo.id, reason: fact.reason });
  dropFulfillment(decision, find(decision, fo.id));
}

export function decideProgress(decision: Decision, fact: Fact<'FulfillmentPicked' | 'FulfillmentPacked'>): void {
  const fo = find(decision, fact.fulfillmentOrderId);
  const { kind, lines } = fact;
  for (const { lineId } of lines) lineOf(fo, lineId);
  decision.emit({ type: kind, fulfillmentOrderId: fo.id, lines });
}

export function decideShortPicked(decision: Decision, fact: Fact<'FulfillmentShortPicked'>): void {
  const fo = find(decision, fact.fulfillmentOrderId);
  if (OVER.has(fo.status))
    throw new FactRejectedError(`fulfillment order ${fo.id} is ${fo.status.toLowerCase()} already`);
  for (const line of fact.lines) checkUnits(fo, line);
  shortPick(decision, fo, fact.lines, fact.reason);
}

export function decideShipped(decision: Decision, fact: Fact<'FulfillmentShipped'>, shippedAt: string): void {
  const fo = find(decision, fact.fulfillmentOrderId);
  if (decision.order.shipments.some((known) => known.reference === fact.shipmentReference)) return;
  for (const line of sumByLine(fact.packages.flatMap((parcel) => parcel.items))) checkUnits(fo, line);
  const shipment: Shipment = {
    id: decision.context.newId(),
    reference: fact.shipmentReference,
    fulfillmentOrderId: fo.id,
    node: fo.node,
    shippedAt,
    packages: fact.packages.map((parcel) => ({
      ...parcel,
      id: decision.context.newId(),
      items: parcel.items.map((item) => ({ ...item, sku: lineOf(fo, item.lineId).sku })),
    })),
  };
  takeOut(decision, fo, shipment);
  refuseWhatIsGone(decision);
  askToTell(decision, shipment);
}

export function decideCancelled(decision: Decision, fact: Fact<'FulfillmentCancelled'>): void {
  const fo = find(decision, fact.fulfillmentOrderId);
  if (OVER.has(fo.status)) return;
  decision.emit({ type: 'FulfillmentCancelled', fulfillmentOrderId: fo.id });
  dropFulfillment(decision, find(decision, fo.id));
}

export function decideCancelRefused(decision: Decision, fact: Fact<'FulfillmentCancelRefused'>): void {
  const fo = find(decision, fact.fulfillmentOrderId);
  if (fo.status === 'CANCEL_REQUESTED') refuseCancellation(decision, fo, fact.reason);
}

/** The channel is told of each package, and the ERP of each shipment. */
export function askToTell(decision: Decision, shipment: Shipment, retry = ''): void {
  const orderId = decision.order.id;
  for (const parcel of shipment.packages)
    if (parcel.channelConfirmedAt === undefined)
      decision.enqueue({
        kind: 'channel.confirm-package',
        key: `${parcel.id}${retry}`,
        payload: { orderId, shipmentId: shipment.id, packageId: parcel.id },
      });
  if (shipment.goodsIssuedAt === undefined)
    decision.enqueue({
      kind: 'erp.post-goods-issue',
      key: `${shipment.id}${retry}`,
      payload: { orderId, shipmentId: shipment.id },
    });
}

/** Units asked to be cancelled that have shipped meanwhile can no longer be. */
function refuseWhatIsGone(decision: Decision): void {
  const { order } = decision;
  const lines = order.lines.flatMap((line) => {
    const { shipped, cancelled, external } = line.quantities;
    const quantity = (order.cancelling[line.id] ?? 0) - (line.ordered - shipped - cancelled - external);
    return quantity > 0 ? [{ lineId: line.id, quantity }] : [];
  });
  if (lines.length > 0)
    decision.emit({ type: 'CancellationRefused', lines, reason: 'the units were shipped meanwhile' });
}

function find(decision: Decision, id: string): FulfillmentOrder {
  const fo = decision.order.fulfillmentOrders.find((candidate) => candidate.id === id);
  if (fo === undefined) throw new FactRejectedError(`order ${decision.order.id} has no fulfillment order ${id}`);
  return fo;
}

function lineOf(fo: FulfillmentOrder, lineId: string): FulfillmentOrder['lines'][number] {
  const line = fo.lines.find((candidate) => candidate.lineId === lineId);
  if (line === undefined) throw new FactRejectedError(`fulfillment order ${fo.id} has no line ${lineId}`);
  return line;
}

function checkUnits(fo: FulfillmentOrder, { lineId, quantity }: FactUnits): void {
  const left = remainingUnits(lineOf(fo, lineId));
  if (quantity > left)
    throw new FactRejectedError(`fulfillment order ${fo.id} has ${left} units of line ${lineId} left, not ${quantity}`);
}

function sumByLine(items: readonly FactUnits[]): readonly FactUnits[] {
  const units = new Map<string, number>();
  for (const item of items) units.set(item.lineId, (units.get(item.lineId) ?? 0) + item.quantity);
  return [...units].map(([lineId, quantity]) => ({ lineId, quantity }));
}
