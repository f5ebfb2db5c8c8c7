import { componentsOf, type FulfillmentOrder, type Shipment } from '../../../src/model/order.js';
import type { LineUnits } from '../../../src/model/events.js';
import { watchTask } from '../orders.awaited-tasks.js';
import type { OrderFactBody } from '../orders.facts.js';
import { packageIdOf, shipmentIdOf } from '../order-ids.js';
import { remainingUnits, sumByLine } from '../orders.evolve.js';
import {
  cancelOpenUnits,
  dropFulfillment,
  refuseCancellation,
  refuseWhatIsGone,
  requestWarehouseCancellations,
} from './cancel.js';
import { FactRejectedError, type Decision } from './decision.js';
import { holdForRefusal } from './hold.js';
import { takeBackWhatLeft } from './late-shipment.js';
import { shortPick, takeOut } from './stock-moves.js';

type Fact<Kind extends OrderFactBody['kind']> = Extract<OrderFactBody, { kind: Kind }>;

const OVER = new Set<FulfillmentOrder['status']>(['CANCELLED', 'REJECTED', 'CLOSED']);

export function decideReleased(decision: Decision, fact: Fact<'FulfillmentReleased'>): void {
  const fo = workOf(decision, fact.fulfillmentOrderId);
  if (fo.wmsReference !== undefined) return;
  decision.emit({ type: 'FulfillmentReleased', fulfillmentOrderId: fo.id, wmsReference: fact.wmsReference });
  requestWarehouseCancellations(decision);
}

export function decideNodeRejected(decision: Decision, fact: Fact<'FulfillmentRejected'>): void {
  const fo = workOf(decision, fact.fulfillmentOrderId);
  if (OVER.has(fo.status)) return;
  const { reason, code } = fact;
  decision.emit({
    type: 'FulfillmentRejected',
    fulfillmentOrderId: fo.id,
    reason,
    ...(code === undefined ? {} : { code }),
  });
  dropFulfillment(decision, workOf(decision, fo.id));
  holdForRefusal(decision, code, `${fo.node} refused the work: ${reason}`);
}

export function decideProgress(decision: Decision, fact: Fact<'FulfillmentPicked' | 'FulfillmentPacked'>): void {
  const fo = workOf(decision, fact.fulfillmentOrderId);
  if (OVER.has(fo.status)) return;
  const counter = fact.kind === 'FulfillmentPicked' ? 'picked' : 'packed';
  // More than the node was asked for is a report that came twice under another id.
  const lines = sumByLine(fact.lines).flatMap(({ lineId, quantity }) => {
    const line = lineOf(fo, lineId);
    const units = Math.min(quantity, line.quantity - line.dropped - line[counter]);
    return units > 0 ? [{ lineId, quantity: units }] : [];
  });
  if (lines.length > 0) decision.emit({ type: fact.kind, fulfillmentOrderId: fo.id, lines });
}

export function decideShortPicked(decision: Decision, fact: Fact<'FulfillmentShortPicked'>, at: string): void {
  const fo = workOf(decision, fact.fulfillmentOrderId);
  if (OVER.has(fo.status))
    throw new FactRejectedError(`fulfillment order ${fo.id} is ${fo.status.toLowerCase()} already`);
  for (const line of sumByLine(fact.lines)) checkUnits(fo, line);
  shortPick(
    decision,
    fo,
    fact.lines.map((line) => withComponent(decision, line)),
    { reason: fact.reason, at },
  );
  // Units that are being cancelled are not looked for elsewhere.
  cancelOpenUnits(decision);
}

/** The item of a short pick is a component of the line; a warehouse may name the line's own item, which says no more. */
function withComponent(decision: Decision, line: LineUnits & { readonly sku?: string }): typeof line {
  const ordered = decision.order.lines.find(({ id }) => id === line.lineId);
  const { lineId, quantity, sku } = line;
  if (sku === undefined || ordered === undefined) return { lineId, quantity };
  if (componentsOf(ordered).some((component) => component.sku === sku)) return line;
  if (sku === ordered.sku) return { lineId, quantity };
  throw new FactRejectedError(`${sku} is no part of line ${lineId}`);
}

export function decideShipped(decision: Decision, fact: Fact<'FulfillmentShipped'>, shippedAt: string): void {
  const fo = workOf(decision, fact.fulfillmentOrderId);
  const { shipments } = decision.order;
  // Two warehouses may count their shipments alike.
  const isThis = (known: Shipment): boolean =>
    known.reference === fact.shipmentReference && known.fulfillmentOrderId === fo.id;
  if (shipments.some(isThis)) return;
  const units = sumByLine(fact.packages.flatMap((parcel) => parcel.items));
  if (units.length === 0) throw new FactRejectedError(`shipment ${fact.shipmentReference} holds nothing`);
  const late = takeBackWhatLeft(decision, fo, units);
  for (const line of units) checkUnits(workOf(decision, fo.id), line);
  const id = shipmentIdOf(fo.id, fact.shipmentReference);
  const shipment: Shipment = {
    id,
    reference: fact.shipmentReference,
    fulfillmentOrderId: fo.id,
    node: fo.node,
    shippedAt,
    ...(late.length === 0 ? {} : { late }),
    packages: fact.packages.map((parcel, index) => ({
      ...parcel,
      id: packageIdOf(id, index + 1),
      items: parcel.items.map((item) => ({ ...item, sku: lineOf(fo, item.lineId).sku })),
    })),
  };
  takeOut(decision, workOf(decision, fo.id), shipment);
  refuseWhatIsGone(decision, 'the units were shipped meanwhile');
  askToTell(decision, shipment);
}

export function decideCancelled(decision: Decision, fact: Fact<'FulfillmentCancelled'>): void {
  const fo = workOf(decision, fact.fulfillmentOrderId);
  if (OVER.has(fo.status)) return;
  decision.emit({ type: 'FulfillmentCancelled', fulfillmentOrderId: fo.id });
  dropFulfillment(decision, workOf(decision, fo.id));
}

export function decideCancelRefused(decision: Decision, fact: Fact<'FulfillmentCancelRefused'>): void {
  const fo = workOf(decision, fact.fulfillmentOrderId);
  if (fo.status === 'CANCEL_REQUESTED') refuseCancellation(decision, fo, fact.reason);
}

/** The carrier would not take a parcel of the work: a person decides whether it goes another way, or elsewhere. */
export function decideCarrierRefused(decision: Decision, { fulfillmentOrderId, reason }: Fact<'CarrierRefused'>): void {
  const fo = workOf(decision, fulfillmentOrderId);
  if (OVER.has(fo.status) || fo.carrierRefusal === reason) return;
  decision.emit({ type: 'CarrierRefused', fulfillmentOrderId: fo.id, reason });
}

/** The channel and who watches parcels are told of each package, and the ERP of each shipment. */
function askToTell(decision: Decision, shipment: Shipment): void {
  const [orderId, shipmentId] = [decision.order.id, shipment.id];
  for (const { id } of shipment.packages)
    decision.enqueue({ kind: 'channel.confirm-package', key: id, payload: { orderId, shipmentId, packageId: id } });
  if (decision.context.tracksPackages === true)
    for (const { id } of shipment.packages) decision.enqueue(watchTask(orderId, shipmentId, id));
  decision.enqueue({ kind: 'erp.post-goods-issue', key: shipmentId, payload: { orderId, shipmentId } });
}

/** The fulfillment order that a warehouse speaks of: one that it was asked to work. */
function workOf(decision: Decision, id: string): FulfillmentOrder {
  const fo = decision.order.fulfillmentOrders.find((candidate) => candidate.id === id);
  if (fo === undefined) throw new FactRejectedError(`order ${decision.order.id} has no fulfillment order ${id}`);
  if (fo.status === 'PLANNED') throw new FactRejectedError(`fulfillment order ${id} was never released`);
  return fo;
}

function lineOf(fo: FulfillmentOrder, lineId: string): FulfillmentOrder['lines'][number] {
  const line = fo.lines.find((candidate) => candidate.lineId === lineId);
  if (line === undefined) throw new FactRejectedError(`fulfillment order ${fo.id} has no line ${lineId}`);
  return line;
}

function checkUnits(fo: FulfillmentOrder, { lineId, quantity }: LineUnits): void {
  const left = remainingUnits(lineOf(fo, lineId));
  if (!Number.isSafeInteger(quantity) || quantity < 1)
    throw new FactRejectedError(`${quantity} units of line ${lineId} is no quantity`);
  if (quantity > left)
    throw new FactRejectedError(`fulfillment order ${fo.id} has ${left} units of line ${lineId} left, not ${quantity}`);
}
