import { z } from 'zod';
import { LINE_QUANTITY_MAX, ORDER_LINES_MAX } from '../../src/model/order.js';
import { ONE_LINE } from '../../src/platform/http/one-line.js';

/*
 * The hub's own order JSON, as schema/openapi/partner.yaml publishes it. Unknown extra fields are dropped, so that a sender
 * may be newer than the hub; what is known must fit. The messages reach the sender: each says what to send instead.
 */

const LINE_CHARGES_MAX = 50;
const ORDER_CHARGES_MAX = 100;
const ATTRIBUTES_MAX = 50;

const MANY_LINES = /^(?:[\t\n\r]|[^\p{Cc}\p{Cs}])*$/u;
/** In the URL of the order: at most 240 characters when percent-encoded, and never `.` or `..`. */
export const REFERENCE = /^[A-Za-z0-9](?:[ -~]{0,78}[!-~])?$/;
const AMOUNT = /^-?\d{1,13}(?:\.\d{1,4})?$/;
const RATE = /^\d{1,4}(?:\.\d{1,8})?$/;
const GTIN = /^(?:\d{8}|\d{12,14})$/;
/** An instant far from now would sort before or after all others for ever. */
const THIS_CENTURY = /^20/;

const decimalText = (like: string) =>
  z.string({
    error: ({ input }) =>
      typeof input === 'number' ? `Must be a JSON string, like "${like}", so that no digit is lost.` : undefined,
  });

export const oneLine = (charsMax: number) =>
  z.string().min(1).max(charsMax).regex(ONE_LINE, 'Must be one line, without control characters.');

const manyLines = (charsMax: number) =>
  z.string().min(1).max(charsMax).regex(MANY_LINES, 'Must be plain text, without control characters.');

const instant = z.iso
  .datetime({ offset: true, error: 'Must be a date and time with its UTC offset, like "2026-01-31T09:30:00+01:00".' })
  .regex(THIS_CENTURY, 'Must be in the years 2000 to 2099.');

const currency = z.string().regex(/^[A-Z]{3}$/, 'Must be an ISO 4217 currency code, like "EUR".');
export const lineReference = oneLine(100);
export const quantity = z.int().min(1).max(LINE_QUANTITY_MAX);

const money = z.object({
  amount: decimalText('12.50').regex(AMOUNT, 'Must be a decimal number, like "12.50" or "-3".'),
  currency,
});
export type WireMoney = z.output<typeof money>;

const charge = z.object({
  kind: z.enum([
    'ITEM',
    'SHIPPING',
    'TAX',
    'SHIPPING_TAX',
    'DISCOUNT',
    'SHIPPING_DISCOUNT',
    'GIFT_WRAP',
    'GIFT_WRAP_TAX',
    'DUTY',
    'TIP',
    'FEE',
    'OTHER',
  ]),
  label: oneLine(200),
  amount: money,
  rate: decimalText('0.19').regex(RATE, 'Must be a decimal number, like "0.19".').exactOptional(),
  includedInPrice: z.boolean().exactOptional(),
  collectedByChannel: z.boolean().exactOptional(),
});
export type WireCharge = z.output<typeof charge>;

const line = z.object({
  lineReference,
  listingSku: oneLine(100),
  title: oneLine(500).exactOptional(),
  gtin: z.string().regex(GTIN, 'Must be a GTIN of 8, 12, 13 or 14 digits.').exactOptional(),
  quantity,
  requiresShipping: z.boolean().default(true),
  unitPrice: money,
  charges: z.array(charge).max(LINE_CHARGES_MAX).default([]),
  gift: z.object({ wrap: oneLine(200).exactOptional(), message: manyLines(2000).exactOptional() }).exactOptional(),
});
export type WireLine = z.output<typeof line>;

const address = z.object({
  name: oneLine(200).exactOptional(),
  company: oneLine(200).exactOptional(),
  line1: oneLine(200).exactOptional(),
  line2: oneLine(200).exactOptional(),
  line3: oneLine(200).exactOptional(),
  city: oneLine(200).exactOptional(),
  region: oneLine(200).exactOptional(),
  postalCode: oneLine(40).exactOptional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Must be an ISO 3166-1 alpha-2 country code, like "DE".')
    .exactOptional(),
  phone: oneLine(50).exactOptional(),
});

const shipTo = address.required({ line1: true, country: true });

const buyer = z.object({
  name: oneLine(200).exactOptional(),
  email: oneLine(320).exactOptional(),
  phone: oneLine(50).exactOptional(),
  company: oneLine(200).exactOptional(),
  taxId: oneLine(50).exactOptional(),
  customerId: oneLine(100).exactOptional(),
});

export const orderSchema = z.object({
  reference: z
    .string()
    .regex(REFERENCE, 'Must be 1 to 80 printable ASCII characters that begin with a letter or a digit.'),
  displayReference: oneLine(100).exactOptional(),
  placedAt: instant,
  updatedAt: instant.exactOptional(),
  currency,
  shipMethod: oneLine(100).exactOptional(),
  shipBy: instant.exactOptional(),
  deliverBy: instant.exactOptional(),
  buyer: buyer.exactOptional(),
  reservation: oneLine(200).exactOptional(),
  collectAt: oneLine(100).exactOptional(),
  shipTo: shipTo.exactOptional(),
  billTo: address.exactOptional(),
  lines: z.array(line).min(1).max(ORDER_LINES_MAX),
  charges: z.array(charge).max(ORDER_CHARGES_MAX).default([]),
  grandTotal: money.exactOptional(),
  gift: z.object({ message: manyLines(2000).exactOptional() }).exactOptional(),
  note: manyLines(2000).exactOptional(),
  attributes: z
    .record(oneLine(100), oneLine(500))
    .refine((attributes) => Object.keys(attributes).length <= ATTRIBUTES_MAX, {
      error: `Must have at most ${ATTRIBUTES_MAX} entries.`,
    })
    .default({}),
});
export type WireOrder = z.output<typeof orderSchema>;
