import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCancellation, readOrder } from './partner.reading.js';
import { CONTRACT, deref, misfits, type Json, type JsonObject } from './testing/contract.js';
import { changed, SMALL_ORDER, toBody, validOrder } from './testing/orders.js';

/** Every media type of the contract, with what it holds. */
function mediaTypes(json: Json): readonly JsonObject[] {
  if (typeof json !== 'object' || json === null) return [];
  if (Array.isArray(json)) return json.flatMap(mediaTypes);
  const here = 'content' in json ? Object.values(deref(json['content'])).map(deref) : [];
  return [...here, ...Object.values(json).flatMap(mediaTypes)];
}

const example = (name: string): Buffer => toBody(deref({ $ref: `#/components/examples/${name}` })['value']);

const text = (chars: number): string => 'x'.repeat(chars);

const attributes = (count: number): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'x']));

describe('the published contract', () => {
  it('has an example for each body, and each example fits its schema', () => {
    const bodies = mediaTypes(CONTRACT);
    expect(bodies.length).toBeGreaterThan(10);
    for (const body of bodies) {
      const { $ref } = body['schema'] as { $ref: string };
      const schema = $ref.split('/').at(-1) ?? '';
      const examples = Object.values(deref(body['examples'])).map(deref);
      expect([schema, examples.length > 0]).toEqual([schema, true]);
      for (const { value } of examples) expect([schema, misfits(schema, value)]).toEqual([schema, []]);
    }
  });

  it('shows requests that the hub takes', () => {
    for (const name of ['SmallOrder', 'FullOrder']) expect(readOrder(example(name)).outcome).toBe('READ');
    for (const name of ['CancelOrder', 'CancelUnits']) expect(readCancellation(example(name)).outcome).toBe('READ');
  });

  it('lets in what the hub takes', () => {
    fc.assert(
      fc.property(validOrder, (order) => {
        expect(misfits('Order', order)).toEqual([]);
        expect(readOrder(toBody(order)).outcome).toBe('READ');
      }),
    );
  });

  it('has the limits that the hub has', () => {
    const charge = { kind: 'TAX', label: 'x', amount: { amount: '1', currency: 'EUR' } };
    // At each place what just fits, and what just does not.
    const limits: readonly (readonly [at: string, fits: Json, tooFar: Json])[] = [
      ['/reference', text(80), text(81)],
      ['/displayReference', text(100), text(101)],
      ['/placedAt', '2000-01-01T00:00:00Z', '1999-12-31T23:59:59Z'],
      ['/currency', 'EUR', 'EURO'],
      ['/shipMethod', text(100), ''],
      ['/shipTo/line1', text(200), text(201)],
      ['/shipTo/postalCode', text(40), text(41)],
      ['/shipTo/country', 'AT', 'AUT'],
      ['/shipTo/phone', text(50), text(51)],
      ['/billTo/city', text(200), text(201)],
      ['/buyer/email', text(320), text(321)],
      ['/buyer/taxId', text(50), text(51)],
      ['/buyer/customerId', text(100), text(101)],
      ['/lines/0/lineReference', text(100), text(101)],
      ['/lines/0/listingSku', text(100), text(101)],
      ['/lines/0/title', text(500), text(501)],
      ['/lines/0/gtin', '12345678', '123456789'],
      ['/lines/0/quantity', 1_000_000, 1_000_001],
      ['/lines/0/unitPrice/amount', '12345678901.0000', '1.00000'],
      ['/lines/0/charges', Array.from({ length: 50 }, () => charge), Array.from({ length: 51 }, () => charge)],
      ['/lines/0/gift/message', `a\n${text(1998)}`, `a\n${text(1999)}`],
      ['/lines/0/gift/wrap', text(200), 'a\nb'],
      ['/charges', Array.from({ length: 100 }, () => charge), Array.from({ length: 101 }, () => charge)],
      ['/charges', [{ ...charge, rate: '0.12345678' }], [{ ...charge, rate: '0.123456789' }]],
      ['/charges', [{ ...charge, kind: 'OTHER' }], [{ ...charge, kind: 'other' }]],
      ['/note', 'a\tb\r\n', 'a\u0000'],
      ['/attributes', attributes(50), attributes(51)],
      ['/attributes', { [text(100)]: text(500) }, { [text(101)]: 'x' }],
      ['/attributes', { k: 'x' }, { k: text(501) }],
    ];
    for (const [at, fits, tooFar] of limits) {
      const good = changed(SMALL_ORDER, at, fits);
      expect([at, misfits('Order', good), readOrder(toBody(good)).outcome]).toEqual([at, [], 'READ']);
      const bad = changed(SMALL_ORDER, at, tooFar);
      expect([at, misfits('Order', bad).length === 0, readOrder(toBody(bad)).outcome]).toEqual([at, false, 'WRONG']);
    }
  });
});
