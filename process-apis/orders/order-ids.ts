import { hash } from 'node:crypto';
import type { Instant } from '../../src/model/time.js';

/*
 * The ids of an order and of what belongs to it follow from the business: the channel's order id, the number of the
 * fulfillment order, the warehouse's shipment. They are the idempotency keys towards the outside. A hub that was restored
 * from a backup, and reads an order a second time, gives it the same ids, so that ERP, warehouse and channel know it.
 */

const TIME_MAX = 2 ** 48 - 1;
/** Hexadecimal digits of a UUID that are time: what belongs to an order lies next to it in an index. */
const TIME_DIGITS = 12;

/** The order with this id at this channel, whenever and wherever it is accepted. */
export function orderIdOf(channel: string, reference: string, placedAt: Instant): string {
  const time = Math.min(Math.max(Date.parse(placedAt) || 0, 0), TIME_MAX);
  return uuidOf(time.toString(16).padStart(TIME_DIGITS, '0'), ['order', channel, reference]);
}

export function lineIdOf(orderId: string, lineReference: string): string {
  return partIdOf(orderId, 'line', lineReference);
}

/** `number`: 1, 2, 3 … within the order. */
export function fulfillmentOrderIdOf(orderId: string, number: number): string {
  return partIdOf(orderId, 'fulfillment-order', String(number));
}

/** `reference`: the warehouse's own id of the shipment. */
export function shipmentIdOf(fulfillmentOrderId: string, reference: string): string {
  return partIdOf(fulfillmentOrderId, 'shipment', reference);
}

/** `number`: 1, 2, 3 … within the shipment. */
export function packageIdOf(shipmentId: string, number: number): string {
  return partIdOf(shipmentId, 'package', String(number));
}

function partIdOf(of: string, kind: string, name: string): string {
  return uuidOf(of.replaceAll('-', '').slice(0, TIME_DIGITS), [kind, of, name]);
}

/** A UUIDv7 whose 74 bits beside the time are of a hash of the names. */
function uuidOf(time: string, names: readonly string[]): string {
  const digits = hash('sha256', names.join('\u0000'), 'hex');
  const variant = '89ab'[Number.parseInt(digits[3] ?? '0', 16) % 4];
  return [
    time.slice(0, 8),
    time.slice(8, TIME_DIGITS),
    `7${digits.slice(0, 3)}`,
    `${variant}${digits.slice(4, 7)}`,
    digits.slice(7, 19),
  ].join('-');
}
