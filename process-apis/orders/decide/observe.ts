import type { LineUnits } from '../../../src/model/events.js';
import type { Instant } from '../../../src/model/time.js';
import type { OrderFactBody } from '../orders.facts.js';
import { remainingUnits } from '../orders.evolve.js';
import { requestWarehouseCancellations } from './cancel.js';
import type { Decision } from './decision.js';
import { unreserve } from './stock-moves.js';

type Fact<Kind extends OrderFactBody['kind']> = Extract<OrderFactBody, { kind: Kind }>;

export function decideRefund(decision: Decision, fact: Fact<'RefundIssued'>): void {
  if (decision.order.refunds.some((refund) => refund.reference === fact.refundId)) return;
  decision.emit({
    type: 'RefundIssued',
    id: decision.context.newId(),
    reference: fact.refundId,
    issuedAt: fact.issuedAt,
    amount: fact.amount,
  });
}

/**
 * A fulfillment shown by the channel. One whose tracking numbers the hub shipped is the echo of its own confirmation;
 * units of another one need no warehouse any more, as far as none has them yet.
 */
export function decideOutsideFulfillment(decision: Decision, fact: Fact<'FulfillmentObserved'>): void {
  const { order } = decision;
  const packages = order.shipments.flatMap((shipment) => shipment.packages);
  const own = packages.some(
    (parcel) => parcel.channelReference === fact.fulfillmentId || fact.trackingNumbers.includes(parcel.trackingNumber),
  );
  if (own || mayBeOfLostHub(decision, fact.createdAt)) return;
  const lines = fact.lines.flatMap(({ lineReference, quantity }) => {
    const line = order.lines.find((candidate) => candidate.lineReference === lineReference);
    // The order itself, told again, may have said it before: then nothing is new. It says the rest of several, too.
    return line === undefined ? [] : [{ lineId: line.id, quantity: quantity - line.quantities.external }];
  });
  takeFulfilledOutside(decision, fact.fulfillmentId, lines);
}

/** After a restore it may be the hub itself that had it shipped: the warehouse knows, and tells when it is asked. */
export function mayBeOfLostHub({ context: { lostBefore }, order }: Decision, createdAt?: Instant): boolean {
  if (lostBefore === undefined) return false;
  return order.placedAt < lostBefore && (createdAt === undefined || createdAt < lostBefore);
}

/** Takes units off the hub's work, as far as no warehouse has them: open ones, then claimed ones with their claim given back. */
export function takeFulfilledOutside(decision: Decision, reference: string, told: readonly LineUnits[]): void {
  for (const { lineId, quantity } of told) freePlanned(decision, lineId, quantity - openUnits(decision, lineId));
  const lines = told.flatMap(({ lineId, quantity }) => {
    const units = Math.min(quantity, openUnits(decision, lineId));
    return units > 0 ? [{ lineId, quantity: units }] : [];
  });
  if (lines.length > 0) decision.emit({ type: 'FulfilledOutside', reference, lines });
}

/** Gives claims that no node was told of back, as far as so many units are wanted: they are open then. */
export function freePlanned(decision: Decision, lineId: string, wanted: number): void {
  let missing = wanted;
  for (const fo of decision.order.fulfillmentOrders) {
    const line = fo.lines.find((candidate) => candidate.lineId === lineId);
    const quantity = fo.status === 'PLANNED' && line !== undefined ? Math.min(missing, remainingUnits(line)) : 0;
    if (quantity <= 0) continue;
    unreserve(decision, fo, [{ lineId, quantity }], 'open');
    missing -= quantity;
  }
}

function openUnits(decision: Decision, lineId: string): number {
  return decision.order.lines.find((line) => line.id === lineId)?.quantities.open ?? 0;
}

/** Said once per kind of failure: the same error again changes nothing, unless it is the last try that failed. */
export function decideOutsideCallFailed(decision: Decision, fact: Fact<'OutsideCallFailed'>): void {
  const wait = decision.order.waits.find((candidate) => candidate.key === fact.waitKey);
  if (wait === undefined || (wait.lastError === fact.error && wait.failure?.final === fact.final)) return;
  const { waitKey, system, operation, error, errorKind: kind, code, final, notSent } = fact;
  const failure = { kind, final, at: decision.context.now, ...(code === undefined ? {} : { code }) };
  const held = notSent === undefined ? {} : { notSent };
  decision.emit({ type: 'OutsideCallFailed', waitKey, system, operation, error, failure, ...held });
  if (final) requestWarehouseCancellations(decision);
}
