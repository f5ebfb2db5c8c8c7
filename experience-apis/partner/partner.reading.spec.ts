import { describe, expect, it } from 'vitest';
import { FINDINGS_MAX } from './partner.findings.js';
import { readCancellation, readOrder, type Reading } from './partner.reading.js';
import type { Json } from './testing/contract.js';
import { changed, SMALL_ORDER, toBody } from './testing/orders.js';

function findings(reading: Reading<unknown>): readonly string[] {
  if (reading.outcome !== 'WRONG') throw new Error(`not wrong: ${reading.outcome}`);
  return reading.findings.map(({ pointer, detail }) => `${pointer}: ${detail}`);
}

const LINE = SMALL_ORDER.lines[0];
const EUR = (amount: string): Json => ({ amount, currency: 'EUR' });
const INSTANT = 'Must be a date and time with its UTC offset, like "2026-01-31T09:30:00+01:00".';

/** What is put where, and what the sender is told. */
const WRONG: readonly (readonly [at: string, value: Json | undefined, told: string])[] = [
  ['/reference', undefined, '/reference: Is missing: send a JSON string.'],
  ['/reference', null, '/reference: Must be a JSON string: leave it out instead of null.'],
  ['/reference', ' ', '/reference: Must be 1 to 80 printable ASCII characters that begin with a letter or a digit.'],
  ['/reference', '../x', '/reference: Must be 1 to 80 printable ASCII characters that begin with a letter or a digit.'],
  ['/placedAt', '2026-01-31T09:30:00', `/placedAt: ${INSTANT}`],
  ['/placedAt', '2026-02-30T09:30:00Z', `/placedAt: ${INSTANT}`],
  ['/placedAt', '1926-01-31T09:30:00Z', '/placedAt: Must be in the years 2000 to 2099.'],
  [
    '/updatedAt',
    '2026-01-31T09:29:59+01:00',
    '/updatedAt: Must not be before placedAt: send the time of the last change of the order.',
  ],
  ['/currency', 'euro', '/currency: Must be an ISO 4217 currency code, like "EUR".'],
  ['/lines', [], '/lines: Must have at least 1 entry.'],
  ['/lines', { 0: LINE }, '/lines: Must be a JSON array.'],
  ['/lines/0/quantity', 0, '/lines/0/quantity: Must be 1 or more.'],
  ['/lines/0/quantity', 1.5, '/lines/0/quantity: Must be a whole number.'],
  ['/lines/0/quantity', '2', '/lines/0/quantity: Must be a number.'],
  ['/lines/0/quantity', 1_000_001, '/lines/0/quantity: Must be 1000000 or less.'],
  ['/lines/0/listingSku', '', '/lines/0/listingSku: Must not be empty.'],
  ['/lines/0/listingSku', 'x'.repeat(101), '/lines/0/listingSku: Must have at most 100 characters.'],
  ['/lines/0/listingSku', 'A\u0000', '/lines/0/listingSku: Must be one line, without control characters.'],
  ['/lines/0/title', '\ud800', '/lines/0/title: Must be one line, without control characters.'],
  ['/lines/0/gtin', '123', '/lines/0/gtin: Must be a GTIN of 8, 12, 13 or 14 digits.'],
  [
    '/lines/0/unitPrice/amount',
    12.5,
    '/lines/0/unitPrice/amount: Must be a JSON string, like "12.50", so that no digit is lost.',
  ],
  ['/lines/0/unitPrice/amount', '12,50', '/lines/0/unitPrice/amount: Must be a decimal number, like "12.50" or "-3".'],
  [
    '/lines/0/unitPrice/amount',
    '-1',
    '/lines/0/unitPrice/amount: Must not be negative: send a discount as a charge of the line.',
  ],
  [
    '/lines/0/unitPrice/amount',
    '12.505',
    '/lines/0/unitPrice/amount: Cannot be held exactly: "12.505" has more decimals than EUR has (2). Send an amount in whole minor units of the currency.',
  ],
  ['/lines/0/unitPrice/currency', 'USD', '/lines/0/unitPrice/currency: Must be the currency of the order, EUR.'],
  ['/grandTotal', { amount: '1', currency: 'USD' }, '/grandTotal/currency: Must be the currency of the order, EUR.'],
  [
    '/charges',
    [{ kind: 'GIFT', label: 'x', amount: EUR('1') }],
    '/charges/0/kind: Must be one of ITEM, SHIPPING, TAX, SHIPPING_TAX, DISCOUNT, SHIPPING_DISCOUNT, GIFT_WRAP, GIFT_WRAP_TAX, DUTY, TIP, FEE, OTHER.',
  ],
  [
    '/charges',
    [{ kind: 'SHIPPING_DISCOUNT', label: 'x', amount: EUR('5.00') }],
    '/charges/0/amount/amount: A discount must not be positive: send "-5.00".',
  ],
  [
    '/lines/0/charges',
    [{ kind: 'TAX', label: 'x', amount: EUR('1'), rate: 0.19 }],
    '/lines/0/charges/0/rate: Must be a JSON string, like "0.19", so that no digit is lost.',
  ],
  [
    '/lines/0/charges',
    Array.from({ length: 51 }, () => ({ kind: 'TAX', label: 'x', amount: EUR('1') })),
    '/lines/0/charges: Must have at most 50 entries.',
  ],
  ['/shipTo', undefined, '/shipTo: Is missing: send it, or set requiresShipping to false on every line.'],
  ['/shipTo/line1', undefined, '/shipTo/line1: Is missing: send a JSON string.'],
  ['/shipTo/country', 'Germany', '/shipTo/country: Must be an ISO 3166-1 alpha-2 country code, like "DE".'],
  ['/lines/0/requiresShipping', 'yes', '/lines/0/requiresShipping: Must be true or false.'],
  ['/note', 'a\u0007', '/note: Must be plain text, without control characters.'],
  ['/attributes', { 'a/b~c': 1 }, '/attributes/a~1b~0c: Must be a JSON string.'],
  ['/attributes', { '': 'x' }, '/attributes/: Its name must be 1 to 100 characters, without control characters.'],
  [
    '/attributes',
    Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'x'])),
    '/attributes: Must have at most 50 entries.',
  ],
];

describe('an order that does not fit', () => {
  it.each(WRONG)('with %s as %j is told where and how to mend it', (at, value, told) => {
    expect(findings(readOrder(toBody(changed(SMALL_ORDER, at, value))))).toEqual([told]);
  });

  it('is told of all places at once', () => {
    const order = changed(changed(SMALL_ORDER, '/currency', 'x'), '/lines/0/quantity', 0);
    expect(findings(readOrder(toBody(order)))).toHaveLength(2);
    const mixed = changed(changed(SMALL_ORDER, '/shipTo', undefined), '/lines/0/unitPrice/currency', 'USD');
    expect(findings(readOrder(toBody(mixed)))).toHaveLength(2);
  });

  it('is told which line has its reference already', () => {
    const told = findings(readOrder(toBody({ ...SMALL_ORDER, lines: [LINE, { ...LINE, lineReference: '20' }, LINE] })));
    expect(told).toEqual(['/lines/2/lineReference: Is the same as that of /lines/0: give each line its own.']);
  });

  it('with more lines than an order may have is refused by that name', () => {
    const lines = Array.from({ length: 501 }, (_, index) => ({ ...LINE, lineReference: String(index) }));
    const reading = readOrder(toBody({ ...SMALL_ORDER, lines }));
    expect(reading).toMatchObject({ outcome: 'WRONG', findings: [{ pointer: '/lines', reason: 'TOO_MANY_LINES' }] });
  });

  it('with a price that no total can hold is refused', () => {
    const line = { ...LINE, quantity: 1_000_000, unitPrice: EUR('9999999999999') };
    const reading = readOrder(toBody({ ...SMALL_ORDER, lines: [line] }));
    expect(reading).toMatchObject({
      findings: [{ pointer: '/lines/0/unitPrice/amount', reason: 'AMOUNT_NOT_REPRESENTABLE' }],
    });
  });

  it('never has what was sent in what is told, but for amounts', () => {
    const order = { ...SMALL_ORDER, shipTo: { line1: 'Secret\u0000street', country: 'Secretland' }, note: 7 };
    expect(JSON.stringify(findings(readOrder(toBody(order))))).not.toContain('Secret');
  });

  it('may have more wrong places than are listed', () => {
    const lines = Array.from({ length: FINDINGS_MAX + 1 }, (_, index) => ({ ...LINE, quantity: -index }));
    expect(findings(readOrder(toBody({ ...SMALL_ORDER, lines }))).length).toBeGreaterThan(FINDINGS_MAX);
  });
});

describe('a body that is no JSON', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'The body is not JSON.'],
    ['half a body', toBody(SMALL_ORDER).subarray(0, 50), 'The body is not JSON.'],
    ['bytes that are no text', Buffer.from([0x22, 0xff, 0x22]), 'The body is not text in UTF-8.'],
  ])('is told so: %s', (_, body, detail) => {
    expect(readOrder(body)).toEqual({ outcome: 'NOT_JSON', detail });
  });

  it.each(['null', '[]', '"order"', '7'])('is another thing than a body that is no order: %s', (body) => {
    expect(findings(readOrder(Buffer.from(body)))[0]).toMatch(/^: Must be a JSON object/);
  });
});

describe('a cancellation', () => {
  it('needs a reason, and units for each line that it names', () => {
    expect(findings(readCancellation(toBody({})))).toEqual(['/reason: Is missing: send a JSON string.']);
    expect(findings(readCancellation(toBody({ reason: 'x', lines: [] })))).toEqual([
      '/lines: Must have at least 1 entry.',
    ]);
    const lines = [
      { lineReference: '10', quantity: 1 },
      { lineReference: '10', quantity: 1 },
    ];
    expect(findings(readCancellation(toBody({ reason: 'x', lines })))).toEqual([
      '/lines/1/lineReference: Is the same as that of /lines/0: give each line its own.',
    ]);
  });
});
