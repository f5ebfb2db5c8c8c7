import { LINE_STATES, orderStatus, type LineQuantities, type Order, type Shipment } from '../../src/model/order.js';

/** Where to go on from an answer. */
export interface OrderLinks {
  readonly order: string;
  readonly shipments: string;
  readonly cancellations: string;
}

interface OrderNames {
  readonly orderId: string;
  readonly channel: string;
  readonly reference: string;
}

/** The answer to an order. Nothing in it changes with time: a repeated request has the same answer. */
export interface OrderReceipt extends OrderNames {
  readonly links: OrderLinks;
}

/** The answer to a cancellation request. Nothing in it changes with time. */
export interface CancellationReceipt extends OrderReceipt {
  readonly outcome: 'REQUESTED' | 'NOTHING_LEFT';
  readonly detail: string;
}

export interface PartnerLine {
  readonly lineReference: string;
  readonly listingSku: string;
  readonly title: string;
  readonly ordered: number;
  readonly quantities: LineQuantities;
  readonly cancelling: number;
}

export interface PartnerShipment {
  readonly shipmentId: string;
  readonly shippedAt: string;
  readonly packages: readonly PartnerPackage[];
}

export interface PartnerPackage {
  readonly reference: string;
  readonly carrier: string;
  readonly service?: string;
  readonly trackingNumber: string;
  readonly trackingUrl?: string;
  readonly sscc?: string;
  readonly items: readonly {
    readonly lineReference: string;
    readonly quantity: number;
    readonly serials: readonly string[];
  }[];
}

export interface ShipmentsAnswer extends OrderNames {
  readonly shipments: readonly PartnerShipment[];
}

/** An order as its partner sees it: without personal data, and without what is the retailer's own business (nodes, ERP). */
export interface OrderAnswer extends ShipmentsAnswer {
  readonly displayReference?: string;
  readonly status: ReturnType<typeof orderStatus>;
  readonly placedAt: string;
  readonly updatedAt: string;
  readonly currency: string;
  readonly lines: readonly PartnerLine[];
  readonly waitingOn: readonly { readonly system: string; readonly since: string; readonly reason: string }[];
  readonly completedAt?: string;
  readonly links: OrderLinks;
}

export function receiptOf(orderId: string, channel: string, reference: string): OrderReceipt {
  return { orderId, channel, reference, links: linksOf(channel, reference) };
}

export function orderAnswer(order: Order): OrderAnswer {
  const { displayReference, completedAt } = order;
  return {
    ...namesOf(order),
    ...(displayReference === undefined ? {} : { displayReference }),
    status: orderStatus(order),
    placedAt: order.placedAt,
    updatedAt: order.channelVersion,
    currency: order.currency,
    lines: order.lines.map((line) => lineOf(order, line)),
    shipments: order.shipments.map((shipment) => shipmentOf(order, shipment)),
    waitingOn: order.waits.map(({ system, since, reason }) => ({ system, since, reason })),
    ...(completedAt === undefined ? {} : { completedAt }),
    links: linksOf(order.channel, order.reference),
  };
}

export function shipmentsAnswer(order: Order): ShipmentsAnswer {
  return { ...namesOf(order), shipments: order.shipments.map((shipment) => shipmentOf(order, shipment)) };
}

function namesOf({ id, channel, reference }: Order): OrderNames {
  return { orderId: id, channel, reference };
}

function linksOf(channel: string, reference: string): OrderLinks {
  const order = `/channels/${encodeURIComponent(channel)}/v1/orders/${encodeURIComponent(reference)}`;
  return { order, shipments: `${order}/shipments`, cancellations: `${order}/cancellations` };
}

function lineOf(order: Order, line: Order['lines'][number]): PartnerLine {
  const { id, lineReference, listingSku, title, ordered, quantities } = line;
  return {
    lineReference,
    listingSku,
    title,
    ordered,
    // Named one by one: what is stored may hold more than what is published.
    quantities: Object.fromEntries(LINE_STATES.map((state) => [state, quantities[state]])) as Record<
      keyof LineQuantities,
      number
    >,
    cancelling: order.cancelling[id] ?? 0,
  };
}

function shipmentOf(order: Order, { id, shippedAt, packages }: Shipment): PartnerShipment {
  return { shipmentId: id, shippedAt, packages: packages.map((one) => packageOf(order, one)) };
}

function packageOf(order: Order, one: Shipment['packages'][number]): PartnerPackage {
  const { reference, carrier, service, trackingNumber, trackingUrl, sscc, items } = one;
  return {
    reference,
    carrier,
    ...(service === undefined ? {} : { service }),
    trackingNumber,
    ...(trackingUrl === undefined ? {} : { trackingUrl }),
    ...(sscc === undefined ? {} : { sscc }),
    items: items.map(({ lineId, quantity, serials }) => ({
      lineReference: lineReferenceOf(order, lineId),
      quantity,
      serials,
    })),
  };
}

function lineReferenceOf(order: Order, lineId: string): string {
  const line = order.lines.find(({ id }) => id === lineId);
  if (line === undefined) throw new Error(`order ${order.id} has packed the line ${lineId}, which it does not have`);
  return line.lineReference;
}
