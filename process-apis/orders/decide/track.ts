import type { OrderEvent } from '../../../src/model/events.js';
import { TRACKING_STATUSES, type Tracking, type TrackingStatus } from '../../../src/model/order.js';
import type { OrderFact, OrderFactBody } from '../orders.facts.js';
import { taskFor } from '../orders.awaited-tasks.js';
import { FactRejectedError, type Decision } from './decision.js';
import { tryAgain } from './retry.js';

type Fact<Kind extends OrderFactBody['kind']> = Extract<OrderFactBody, { kind: Kind }>;

const EVENTS = {
  IN_TRANSIT: 'PackageInTransit',
  OUT_FOR_DELIVERY: 'PackageInTransit',
  DELIVERED: 'PackageDelivered',
  FAILED: 'PackageDeliveryFailed',
  RETURNING: 'PackageReturning',
} as const satisfies Readonly<Record<TrackingStatus, OrderEvent['type']>>;

/** What the carrier tells of a parcel. It never holds up the order. */
export function decideTracked(decision: Decision, { packageId, status, at, detail }: Fact<'PackageTracked'>): void {
  const shipment = decision.order.shipments.find(({ packages }) => packages.some(({ id }) => id === packageId));
  const parcel = shipment?.packages.find(({ id }) => id === packageId);
  if (shipment === undefined || parcel === undefined)
    throw new FactRejectedError(`order ${decision.order.id} has no package ${packageId}`);
  const tracking: Tracking = { status, at, ...(detail === undefined ? {} : { detail }) };
  if (isNews(parcel.tracking, tracking))
    decision.emit({ type: EVENTS[status], shipmentId: shipment.id, packageId, tracking });
}

/** Reports may come late: what is older than what is known says nothing. Of one instant, the further one counts. */
function isNews(known: Tracking | undefined, told: Tracking): boolean {
  if (known === undefined) return true;
  if (known.status === told.status || told.at < known.at) return false;
  const further = TRACKING_STATUSES.indexOf(told.status) > TRACKING_STATUSES.indexOf(known.status);
  return told.at > known.at ? further || known.status !== 'DELIVERED' : further;
}

/**
 * Its SLA clock ran out. A step that nothing works on any more is asked for again; what failed for good is a person's to
 * decide. One that was asked for again since it was looked at has its time anew.
 */
export function decideWaitOverdue(decision: Decision, fact: Fact<'WaitOverdue'>, { id }: OrderFact): void {
  const wait = decision.order.waits.find(({ key }) => key === fact.waitKey);
  if (wait === undefined || fact.retriedAt !== wait.retriedAt) return;
  if (wait.overdueSince === undefined)
    decision.emit({ type: 'WaitBecameOverdue', waitKey: wait.key, at: decision.context.now });
  const isGone = fact.taskIsGone === true && wait.failure?.final !== true;
  const task = isGone ? taskFor(decision.order, wait.key) : undefined;
  if (task !== undefined) tryAgain(decision, wait.key, task, id);
}

export function decideReturnAnnounced(decision: Decision, fact: Fact<'ReturnAnnounced'>): void {
  const { order } = decision;
  if (order.returns?.some(({ reference }) => reference === fact.returnReference) === true) return;
  const lines = fact.lines.map(({ lineReference, quantity }) => {
    const line = order.lines.find((candidate) => candidate.lineReference === lineReference);
    if (line === undefined) throw new FactRejectedError(`the order has no line "${lineReference}"`);
    return { lineId: line.id, quantity };
  });
  decision.emit({
    type: 'ReturnAnnounced',
    reference: fact.returnReference,
    announcedAt: fact.announcedAt,
    lines,
  });
}
