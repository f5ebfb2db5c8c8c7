import type { LineUnits } from '../../../src/model/events.js';
import type { FulfillmentOrder } from '../../../src/model/order.js';
import type { OrderFactBody } from '../orders.facts.js';
import { remainingUnits } from '../orders.evolve.js';
import { FactRejectedError, type Decision } from './decision.js';
import { unreserve } from './stock-moves.js';

type CancellationFact = Extract<OrderFactBody, { kind: 'CancellationRequested' }>;

export function decideCancellation(decision: Decision, fact: CancellationFact): void {
  const asked = askedUnits(decision, fact);
  const { possible, tooLate } = splitByWhatIsLeft(decision, asked);
  if (possible.length === 0 && tooLate.length === 0) return;
  if (possible.length === 0) {
    decision.emit({ type: 'CancellationRequested', by: fact.by, reason: fact.reason, lines: tooLate });
    decision.emit({ type: 'CancellationRefused', lines: tooLate, reason: 'the units are shipped already' });
    return;
  }
  requestCancellation(decision, possible, fact.by, fact.reason);
}

/**
 * Cancels units, wherever they are: unclaimed ones at once, reserved ones with their claim given back, those with a
 * warehouse as soon as it agrees. The ERP is brought in line by `proceed`.
 */
export function requestCancellation(
  decision: Decision,
  lines: readonly LineUnits[],
  by: CancellationFact['by'],
  reason: string,
): void {
  decision.emit({ type: 'CancellationRequested', by, reason, lines });
  cancelOpenUnits(decision);
  for (const fo of decision.order.fulfillmentOrders) if (fo.status === 'PLANNED') cancelInFulfillment(decision, fo);
  requestWarehouseCancellations(decision);
}

/** Asks each warehouse that holds units to be cancelled. One that has not answered the release yet is asked when it has. */
export function requestWarehouseCancellations(decision: Decision): void {
  for (const fo of decision.order.fulfillmentOrders) {
    if (fo.status !== 'RELEASED' || wantedFrom(decision, fo).length === 0) continue;
    decision.emit({ type: 'FulfillmentCancelRequested', fulfillmentOrderId: fo.id });
    decision.enqueue({
      kind: 'wms.cancel',
      key: `${fo.id}:cancel:${decision.order.version}`,
      payload: { orderId: decision.order.id, fulfillmentOrderId: fo.id },
    });
  }
}

/** The warehouse will not ship the rest: what is to be cancelled is, the other units are free to be sourced again. */
export function dropFulfillment(decision: Decision, fo: FulfillmentOrder): void {
  cancelInFulfillment(decision, fo);
  const after = decision.order.fulfillmentOrders.find((candidate) => candidate.id === fo.id) ?? fo;
  const rest = after.lines.flatMap((line) => {
    const quantity = remainingUnits(line);
    return quantity > 0 ? [{ lineId: line.lineId, quantity }] : [];
  });
  unreserve(decision, after, rest, 'open');
  cancelOpenUnits(decision);
}

/** The warehouse said too late: nothing of this node is being cancelled any more. */
export function refuseCancellation(decision: Decision, fo: FulfillmentOrder, reason: string): void {
  const lines = wantedFrom(decision, fo);
  decision.emit({ type: 'FulfillmentCancelRefused', fulfillmentOrderId: fo.id, reason });
  if (lines.length > 0) decision.emit({ type: 'CancellationRefused', lines, reason });
}

function cancelOpenUnits(decision: Decision): void {
  const lines = decision.order.lines.flatMap((line) => {
    const quantity = Math.min(line.quantities.open, decision.order.cancelling[line.id] ?? 0);
    return quantity > 0 ? [{ lineId: line.id, quantity }] : [];
  });
  if (lines.length > 0) decision.emit({ type: 'LinesCancelled', lines });
}

function cancelInFulfillment(decision: Decision, fo: FulfillmentOrder): void {
  unreserve(decision, fo, wantedFrom(decision, fo), 'cancelled');
}

function wantedFrom(decision: Decision, fo: FulfillmentOrder): readonly LineUnits[] {
  return fo.lines.flatMap((line) => {
    const quantity = Math.min(remainingUnits(line), decision.order.cancelling[line.lineId] ?? 0);
    return quantity > 0 ? [{ lineId: line.lineId, quantity }] : [];
  });
}

function askedUnits(decision: Decision, fact: CancellationFact): readonly LineUnits[] {
  const { order } = decision;
  if (fact.lines === undefined) return order.lines.map((line) => ({ lineId: line.id, quantity: line.ordered }));
  return fact.lines.map((asked) => {
    const line = order.lines.find((candidate) => candidate.lineReference === asked.lineReference);
    if (line === undefined) throw new FactRejectedError(`the order has no line "${asked.lineReference}"`);
    return { lineId: line.id, quantity: asked.quantity };
  });
}

function splitByWhatIsLeft(
  decision: Decision,
  asked: readonly LineUnits[],
): { possible: readonly LineUnits[]; tooLate: readonly LineUnits[] } {
  const possible: LineUnits[] = [];
  const tooLate: LineUnits[] = [];
  for (const { lineId, quantity } of asked) {
    const line = decision.order.lines.find((candidate) => candidate.id === lineId);
    if (line === undefined) continue;
    const { cancelled, shipped, external } = line.quantities;
    const left = line.ordered - cancelled - shipped - external - (decision.order.cancelling[lineId] ?? 0);
    const units = Math.min(quantity, Math.max(0, left));
    if (units > 0) possible.push({ lineId, quantity: units });
    const late = Math.min(quantity - units, shipped);
    if (late > 0) tooLate.push({ lineId, quantity: late });
  }
  return { possible, tooLate };
}
