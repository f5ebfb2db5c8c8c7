import type { OrderFactBody } from '../orders.facts.js';
import type { Decision } from './decision.js';

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
  if (own) return;
  const lines = fact.lines.flatMap((told) => {
    const line = order.lines.find((candidate) => candidate.lineReference === told.lineReference);
    const quantity = Math.min(told.quantity, line?.quantities.open ?? 0);
    return line !== undefined && quantity > 0 ? [{ lineId: line.id, quantity }] : [];
  });
  if (lines.length > 0) decision.emit({ type: 'FulfilledOutside', reference: fact.fulfillmentId, lines });
}

/** Said once per kind of failure: the same error again changes nothing. */
export function decideOutsideCallFailed(decision: Decision, fact: Fact<'OutsideCallFailed'>): void {
  const wait = decision.order.waits.find((candidate) => candidate.key === fact.waitKey);
  if (wait === undefined || wait.lastError === fact.error) return;
  const { waitKey, system, operation, error } = fact;
  decision.emit({ type: 'OutsideCallFailed', waitKey, system, operation, error });
}
