import type { OrderEventType } from '../../generated/graphql.js';
import type { Tone } from '../../ui/index.js';

const BAD: ReadonlySet<OrderEventType> = new Set([
  'SalesOrderRejected',
  'FulfillmentRejected',
  'FulfillmentShortPicked',
  'OrderRejected',
  'OutsideCallFailed',
  'FulfillmentRefusedAsDifferent',
  'CarrierRefused',
  'WaitBecameOverdue',
  'PackageDeliveryFailed',
]);
const WARN: ReadonlySet<OrderEventType> = new Set([
  'OrderBackordered',
  'FulfillmentCancelRefused',
  'CancellationRefused',
  'FulfillmentRecalled',
  'PackageReturning',
  'ReturnAnnounced',
  'CancellationRequested',
]);
const GOOD: ReadonlySet<OrderEventType> = new Set([
  'ShipmentConfirmed',
  'ChannelShipmentConfirmed',
  'PackageDelivered',
  'OrderCompleted',
  'SalesOrderConfirmed',
]);
const HELD: ReadonlySet<OrderEventType> = new Set(['OrderHeld']);

export function toneOfEvent(type: OrderEventType): Tone {
  if (BAD.has(type)) return 'bad';
  if (WARN.has(type)) return 'warn';
  if (HELD.has(type)) return 'held';
  return GOOD.has(type) ? 'ok' : 'info';
}

function unitWords(units: string): string {
  return units === '1' ? '1 unit' : `${units} units`;
}

type Detail = Readonly<Record<string, unknown>>;

/** What names an event to people, in this order. Ids of the hub are left to the raw view. */
const TOLD: readonly (readonly [key: string, words: (value: string) => string])[] = [
  ['reason', (value) => value],
  ['error', (value) => value],
  ['sentence', (value) => value],
  ['salesOrder', (value) => `sales order ${value}`],
  ['wmsReference', (value) => value],
  ['reference', (value) => value],
  ['node', (value) => value],
  ['deliveryDocument', (value) => `delivery ${value}`],
  ['invoice', (value) => `invoice ${value}`],
  ['channelReference', (value) => value],
  ['shipMethod', (value) => value],
  ['kind', (value) => value.toLowerCase().replaceAll('_', ' ')],
  ['units', unitWords],
];

/** The particulars of an event that people look for, in few words; empty when there are none. */
export function eventWords(detail: Detail): string {
  const words = TOLD.flatMap(([key, say]) => {
    const value = detail[key];
    return typeof value === 'string' || typeof value === 'number' ? [say(String(value))] : [];
  });
  return [...words, ...partsOf(detail)].join(' · ');
}

function partsOf(detail: Detail): readonly string[] {
  const works = listOf(detail['fulfillmentOrders']).map(
    (work) => `${textOf(work['node'])}: ${unitWords(textOf(work['units']))}`,
  );
  const parcels = listOf(detail['packages']).map(
    (parcel) => `${textOf(parcel['carrier'])} ${textOf(parcel['trackingNumber'])}`,
  );
  const lines = listOf(detail['lines']).reduce(
    (sum, { quantity }) => sum + (typeof quantity === 'number' ? quantity : 0),
    0,
  );
  const tracking = detail['tracking'];
  const seen =
    isObject(tracking) && typeof tracking['detail'] === 'string' ? [tracking['detail'].replaceAll('_', ' ')] : [];
  return [...works, ...parcels, ...(lines > 0 ? [unitWords(String(lines))] : []), ...seen];
}

function listOf(value: unknown): readonly Detail[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Detail {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
