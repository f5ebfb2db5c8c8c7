import type { LineUnits, OrderEvent } from '../../src/model/events.js';
import { maskText } from '../../src/platform/crypto/masking.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';

/** The log holds events of other things too. */
export const ORDER_STREAM = 'order';

/** What happens to shipments and their packages. */
export const SHIPMENT_EVENTS: readonly OrderEvent['type'][] = [
  'ShipmentConfirmed',
  'ChannelShipmentConfirmed',
  'GoodsIssuePosted',
  'InvoicePosted',
  'PackageInTransit',
  'PackageDelivered',
  'PackageDeliveryFailed',
  'PackageReturning',
];

/** Members that hold sentences of others, however deep. */
const TEXTS: ReadonlySet<string> = new Set(['reason', 'error', 'detail']);

/** The shipment that a shipment event is about. */
export function shipmentIdOf(logged: LoggedEvent): string | undefined {
  const event = orderEventOf(logged);
  if (event.type === 'ShipmentConfirmed') return event.shipment.id;
  return 'shipmentId' in event ? event.shipmentId : undefined;
}

/** The particulars of an event, short enough for a list. Texts that others wrote are masked: they may quote a person. */
export function eventDetail(logged: LoggedEvent): object {
  const event = orderEventOf(logged);
  switch (event.type) {
    case 'OrderAccepted':
      return { lines: event.order.lines.length, units: sum(event.order.lines.map((line) => line.ordered)) };
    case 'OrderAmended':
      return {
        addedLines: event.addedLines.map((line) => ({ lineId: line.id, quantity: line.ordered })),
        addedUnits: event.addedUnits,
        partiesChanged: event.partiesChanged,
      };
    case 'InventoryReserved':
      return {
        fulfillmentOrders: event.fulfillmentOrders.map(({ id, number, node, lines }) => ({
          id,
          number,
          node,
          units: unitsOf(lines),
        })),
      };
    case 'ShipmentConfirmed':
      return {
        shipmentId: event.shipment.id,
        reference: event.shipment.reference,
        node: event.shipment.node,
        packages: event.shipment.packages.map(({ id, carrier, trackingNumber, items }) => ({
          id,
          carrier,
          trackingNumber,
          units: unitsOf(items),
        })),
      };
    default:
      return withMaskedTexts(logged.data);
  }
}

/** Texts that others wrote are masked, however deep in objects and lists. */
export function withMaskedTexts(data: object): object {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      TEXTS.has(name) && typeof value === 'string' ? maskText(value) : masked(value),
    ]),
  );
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  return typeof value === 'object' && value !== null ? withMaskedTexts(value) : value;
}

function orderEventOf(logged: LoggedEvent): OrderEvent {
  // The log holds what the orders process wrote: an OrderEvent, its type apart from its data.
  return { type: logged.type, ...logged.data } as OrderEvent;
}

function unitsOf(lines: readonly Pick<LineUnits, 'quantity'>[]): number {
  return sum(lines.map((line) => line.quantity));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
