import type { LineUnits } from '../../../src/model/events.js';
import type { FulfillmentOrder, FulfillmentOrderStatus } from '../../../src/model/order.js';
import type { OrderFactBody } from '../orders.facts.js';
import { remainingUnits, sumByLine } from '../orders.evolve.js';
import { waitKeys } from '../orders.waits.js';
import { FactRejectedError, type Decision } from './decision.js';
import { unreserve } from './stock-moves.js';

type CancellationFact = Extract<OrderFactBody, { kind: 'CancellationRequested' }>;

export function decideCancellation(decision: Decision, fact: CancellationFact): void {
  const lines = unitsNotCancelledYet(decision, sumByLine(askedUnits(decision, fact)));
  if (lines.length > 0) requestCancellation(decision, lines, fact.by, fact.reason);
}

/**
 * Cancels units, wherever they are: shipped ones are refused, unclaimed ones go at once, reserved ones with their claim given back, those with a
 * warehouse as soon as it agrees. The ERP is brought in line by `proceed`.
 */
export function requestCancellation(
  decision: Decision,
  lines: readonly LineUnits[],
  by: CancellationFact['by'] | 'HUB',
  reason: string,
): void {
  decision.emit({ type: 'CancellationRequested', by, reason, lines });
  refuseWhatIsGone(decision, 'the units are shipped already');
  cancelOpenUnits(decision);
  for (const fo of decision.order.fulfillmentOrders) if (fo.status === 'PLANNED') cancelInFulfillment(decision, fo);
  requestWarehouseCancellations(decision);
}

/**
 * Asks each warehouse that holds units to be cancelled, or work to be taken back. One that has not answered the release yet is
 * asked when it has, or when it is not tried any more; one that refused to give work back is not asked for it again.
 */
export function requestWarehouseCancellations(decision: Decision): void {
  for (const fo of decision.order.fulfillmentOrders) {
    const isRecalled = fo.recall !== undefined && fo.recall.refused === undefined;
    if (mayBeStopped(decision, fo) && (isRecalled || wantedFrom(decision, fo).length > 0)) askToStop(decision, fo);
  }
}

/** It has the work; or may have it, and is not asked to take it any more. A release that is stopped first is refused when it comes. */
function mayBeStopped({ order }: Decision, { status, number }: FulfillmentOrder): boolean {
  if (status !== 'RELEASE_REQUESTED') return status === 'RELEASED';
  return order.waits.some(({ key, failure }) => key === waitKeys.release(number) && failure?.final === true);
}

export function askToStop(decision: Decision, fo: FulfillmentOrder): void {
  decision.emit({ type: 'FulfillmentCancelRequested', fulfillmentOrderId: fo.id });
  decision.enqueue({
    kind: 'wms.cancel',
    key: `${fo.id}:cancel:${decision.order.version}`,
    payload: { orderId: decision.order.id, fulfillmentOrderId: fo.id },
  });
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

/** From where cancelled units may still come: a node that was asked and has not answered, or was not asked yet. */
const MAY_CANCEL: ReadonlySet<FulfillmentOrderStatus> = new Set(['PLANNED', 'RELEASE_REQUESTED', 'CANCEL_REQUESTED']);

/** The warehouse said too late. What no other node of the line can cancel either is refused. */
export function refuseCancellation(decision: Decision, fo: FulfillmentOrder, reason: string): void {
  const others = decision.order.fulfillmentOrders.filter(
    (candidate) => candidate.id !== fo.id && MAY_CANCEL.has(candidate.status),
  );
  const lines = wantedFrom(decision, fo).flatMap(({ lineId }) => {
    const elsewhere = others
      .flatMap((other) => other.lines)
      .reduce((sum, line) => sum + (line.lineId === lineId ? remainingUnits(line) : 0), 0);
    const quantity = (decision.order.cancelling[lineId] ?? 0) - elsewhere;
    return quantity > 0 ? [{ lineId, quantity }] : [];
  });
  decision.emit({ type: 'FulfillmentCancelRefused', fulfillmentOrderId: fo.id, reason });
  if (lines.length > 0) decision.emit({ type: 'CancellationRefused', lines, reason });
}

/** Units asked to be cancelled that are shipped can no longer be. */
export function refuseWhatIsGone(decision: Decision, reason: string): void {
  const { order } = decision;
  const lines = order.lines.flatMap((line) => {
    const { shipped, cancelled, external } = line.quantities;
    const quantity = (order.cancelling[line.id] ?? 0) - (line.ordered - shipped - cancelled - external);
    return quantity > 0 ? [{ lineId: line.id, quantity }] : [];
  });
  if (lines.length > 0) decision.emit({ type: 'CancellationRefused', lines, reason });
}

/** What is to be cancelled and with no warehouse is cancelled at once. */
export function cancelOpenUnits(decision: Decision): void {
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

/** Asked units that are neither cancelled nor being cancelled; shipped ones are among them, and will be refused. */
function unitsNotCancelledYet(decision: Decision, asked: readonly LineUnits[]): readonly LineUnits[] {
  return asked.flatMap(({ lineId, quantity }) => {
    const line = decision.order.lines.find((candidate) => candidate.id === lineId);
    if (line === undefined) return [];
    const { cancelled, external } = line.quantities;
    const units = Math.min(quantity, line.ordered - cancelled - external - (decision.order.cancelling[lineId] ?? 0));
    return units > 0 ? [{ lineId, quantity: units }] : [];
  });
}
