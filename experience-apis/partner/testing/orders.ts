import fc from 'fast-check';
import type { Json, JsonObject } from './contract.js';

/** As little as there must be in an order. */
export const SMALL_ORDER = {
  reference: 'PO-1001',
  placedAt: '2026-01-31T09:30:00+01:00',
  currency: 'EUR',
  shipTo: { line1: 'Example street 1', country: 'DE' },
  lines: [
    { lineReference: '10', listingSku: 'TEE-BLK-M', quantity: 2, unitPrice: { amount: '12.50', currency: 'EUR' } },
  ],
} as const;

export function toBody(json: unknown): Buffer {
  return Buffer.from(JSON.stringify(json));
}

/** A copy with another value at a JSON Pointer; undefined takes it out. */
export function changed(json: unknown, pointer: string, value: Json | undefined): JsonObject {
  const copy = structuredClone(json) as JsonObject;
  const parts = pointer.slice(1).split('/');
  const last = parts.pop() ?? '';
  let place: JsonObject = copy;
  for (const part of parts) place = (place[part] ??= {}) as JsonObject;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

const DECIMALS = { EUR: 2, JPY: 0, KWD: 3 } as const;

/** Decimal texts that the currency can hold. */
const amount = (currency: keyof typeof DECIMALS, least: number): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: 1_000_000_000 }).map((minor) => {
    const digits = DECIMALS[currency];
    const text = String(Math.abs(minor)).padStart(digits + 1, '0');
    const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
    return minor < 0 ? `-${decimal}` : decimal;
  });

const text = (charsMax: number): fc.Arbitrary<string> =>
  fc.string({ minLength: 1, maxLength: charsMax, unit: 'grapheme' }).filter((value) => {
    const fits = value.length <= charsMax;
    return fits && /^[^\p{Cc}\p{Cs}]*$/u.test(value);
  });

const instant: fc.Arbitrary<string> = fc
  .date({ min: new Date('2001-01-01'), max: new Date('2098-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());

const charges = (currency: keyof typeof DECIMALS): fc.Arbitrary<Json[]> =>
  fc.array(
    fc.record(
      {
        kind: fc.constantFrom('SHIPPING', 'TAX', 'FEE', 'OTHER'),
        label: text(20),
        amount: amount(currency, -1_000_000).map((value) => ({ amount: value, currency })),
        rate: fc.constantFrom('0.19', '7', '0.0725'),
        includedInPrice: fc.boolean(),
      },
      { requiredKeys: ['kind', 'label', 'amount'] },
    ),
    { maxLength: 3 },
  );

const line = (currency: keyof typeof DECIMALS): fc.Arbitrary<JsonObject> =>
  fc.record(
    {
      listingSku: text(20),
      title: text(20),
      quantity: fc.integer({ min: 1, max: 1_000_000 }),
      requiresShipping: fc.boolean(),
      unitPrice: amount(currency, 0).map((value) => ({ amount: value, currency })),
      charges: charges(currency),
      gift: fc.record({ wrap: text(20), message: text(50) }, { requiredKeys: [] }),
    },
    { requiredKeys: ['listingSku', 'quantity', 'unitPrice'] },
  );

/** Orders that must be taken. */
export const validOrder: fc.Arbitrary<JsonObject> = fc
  .constantFrom('EUR' as const, 'JPY' as const, 'KWD' as const)
  .chain((currency) =>
    fc.record(
      {
        reference: fc.stringMatching(/^[A-Za-z0-9][!-~]{0,20}$/),
        displayReference: text(20),
        placedAt: instant,
        currency: fc.constant(currency),
        shipMethod: text(20),
        shipBy: instant,
        deliverBy: instant,
        buyer: fc.record({ name: text(20), email: text(20), customerId: text(20) }, { requiredKeys: [] }),
        shipTo: fc.record(
          { name: text(20), line1: text(20), city: text(20), country: fc.constantFrom('DE', 'JP', 'KW') },
          { requiredKeys: ['line1', 'country'] },
        ),
        lines: fc
          .array(line(currency), { minLength: 1, maxLength: 4 })
          .map((lines) => lines.map((one, index) => ({ ...one, lineReference: String(index + 1) }))),
        charges: charges(currency),
        grandTotal: amount(currency, 0).map((value) => ({ amount: value, currency })),
        gift: fc.record({ message: text(50) }, { requiredKeys: [] }),
        note: text(50),
        attributes: fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), text(20), { maxKeys: 5 }),
      },
      { requiredKeys: ['reference', 'placedAt', 'currency', 'shipTo', 'lines'] },
    ),
  );
