import type { OrderEvent } from '../../src/model/events.js';
import { holdsOf, type Order, type Package, type Wait } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';

const TROUBLE = [
  'OutsideCallFailed',
  'WaitBecameOverdue',
  'StepRetried',
  'OrderHeld',
  'HoldReleased',
  'AddressCorrected',
  'ShipMethodCorrected',
  'ReSourceRequested',
  'PackageInTransit',
  'PackageDelivered',
  'PackageDeliveryFailed',
  'PackageReturning',
  'ReturnAnnounced',
] as const;

type TroubleEvent = Extract<OrderEvent, { type: (typeof TROUBLE)[number] }>;

export function isTrouble(event: OrderEvent): event is TroubleEvent {
  return (TROUBLE as readonly string[]).includes(event.type);
}

/** What goes wrong beside the way of the units: failures, holds, corrections, parcels on their way. They move no unit. Pure. */
export function evolveTrouble(order: Order, event: TroubleEvent): Order {
  switch (event.type) {
    case 'OutsideCallFailed': {
      const { waitKey, error: lastError, failure } = event;
      const failed = { lastError, ...(failure === undefined ? {} : { failure }) };
      return { ...order, waits: order.waits.map((wait) => (wait.key === waitKey ? { ...wait, ...failed } : wait)) };
    }
    case 'WaitBecameOverdue': {
      const { waitKey, at: overdueSince } = event;
      return { ...order, waits: order.waits.map((wait) => (wait.key === waitKey ? { ...wait, overdueSince } : wait)) };
    }
    case 'StepRetried': {
      const { waitKey, at: retriedAt } = event;
      return { ...order, waits: order.waits.map((wait) => (wait.key === waitKey ? retried(wait, retriedAt) : wait)) };
    }
    case 'OrderHeld':
      return { ...order, holds: [...holdsOf(order), event.hold] };
    case 'HoldReleased': {
      const { holdId, at: releasedAt, by: releasedBy } = event;
      const holds = holdsOf(order).map((hold) => (hold.id === holdId ? { ...hold, releasedAt, releasedBy } : hold));
      return { ...order, holds };
    }
    case 'AddressCorrected':
      return { ...order, ...(event.destination === undefined ? {} : { destination: event.destination }) };
    case 'ShipMethodCorrected': {
      const shipMethodTold = order.shipMethodTold ?? order.shipMethod;
      return { ...order, shipMethod: event.shipMethod, ...(shipMethodTold === undefined ? {} : { shipMethodTold }) };
    }
    case 'ReSourceRequested':
      return event.fulfillmentOrderId === undefined ? askNodesAgain(order) : order;
    case 'PackageInTransit':
    case 'PackageDelivered':
    case 'PackageDeliveryFailed':
    case 'PackageReturning':
      return track(order, event);
    case 'ReturnAnnounced': {
      const { reference, announcedAt, lines } = event;
      return { ...order, returns: [...(order.returns ?? []), { reference, announcedAt, lines }] };
    }
  }
}

function askNodesAgain(order: Order): Order {
  const fulfillmentOrders = order.fulfillmentOrders.map((fo) =>
    fo.status === 'REJECTED' ? { ...fo, askAgain: true } : fo,
  );
  return { ...order, fulfillmentOrders };
}

function track(order: Order, event: Extract<TroubleEvent, { packageId: string }>): Order {
  const { packageId, shipmentId, tracking } = event;
  const delivered = event.type === 'PackageDelivered' ? { deliveredAt: tracking.at } : {};
  const tracked = (parcel: Package): Package =>
    parcel.id === packageId ? { ...parcel, tracking, ...delivered } : parcel;
  return {
    ...order,
    shipments: order.shipments.map((shipment) =>
      shipment.id === shipmentId ? { ...shipment, packages: shipment.packages.map(tracked) } : shipment,
    ),
  };
}

/** The same wait, without what failed before; its clock starts anew. */
function retried(wait: Wait, retriedAt: Instant): Wait {
  const { lastError: _, failure: __, overdueSince: ___, ...rest } = wait;
  return { ...rest, retriedAt };
}
