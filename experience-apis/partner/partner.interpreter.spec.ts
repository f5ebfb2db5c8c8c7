import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelFact, ChannelOrder } from '../../src/model/channel-order.js';
import { formatDecimal } from '../../src/model/money.js';
import { interpretPartner, keepCancellation } from './partner.interpreter.js';
import { deref, type Json, type JsonObject } from './testing/contract.js';
import { ACCOUNT } from './testing/memory-hub.js';
import { SMALL_ORDER, toBody, validOrder } from './testing/orders.js';

function factOf(topic: string, body: Buffer): ChannelFact {
  const interpretation = interpretPartner(ACCOUNT, topic, body);
  const [fact] = interpretation.outcome === 'FACTS' ? interpretation.facts : [];
  if (fact === undefined) throw new Error(`no fact: ${JSON.stringify(interpretation)}`);
  return fact;
}

function orderOf(json: unknown): ChannelOrder {
  const fact = factOf('order', toBody(json));
  if (fact.kind !== 'ORDER') throw new Error(`a ${fact.kind}`);
  return fact.order;
}

const eur = (minor: number): object => ({ minor, currency: 'EUR' });

describe('an order', () => {
  it('that says everything is kept whole, its personal data in one place', () => {
    const full = deref({ $ref: '#/components/examples/FullOrder' })['value'] as JsonObject;
    const address = full['shipTo'];
    expect(orderOf(full)).toEqual({
      channel: 'partner-acme',
      reference: 'PO-2026-1002',
      displayReference: '#1002',
      version: '2026-01-31T09:05:12.250Z',
      placedAt: '2026-01-31T08:30:00.000Z',
      currency: 'EUR',
      cancelled: false,
      shipMethod: 'STANDARD',
      shipBy: '2026-02-02T16:00:00.000Z',
      deliverBy: '2026-02-05T18:00:00.000Z',
      lines: [
        {
          lineReference: '10',
          listingSku: 'TEE-BLK-M',
          title: 'T-shirt, black, M',
          gtin: '4006381333931',
          quantity: 2,
          fulfilledQuantity: 0,
          cancelledQuantity: 0,
          requiresShipping: true,
          unitPrice: eur(1250),
          charges: [
            { kind: 'DISCOUNT', label: 'Loyalty', amount: eur(-250) },
            { kind: 'TAX', label: 'VAT 19%', amount: eur(359), rate: '0.19', includedInPrice: true },
          ],
          gift: { wrap: 'Red paper', hasMessage: true },
        },
        {
          lineReference: '20',
          listingSku: 'SERVICE-PRINT',
          title: 'Printing of a name',
          quantity: 1,
          fulfilledQuantity: 0,
          cancelledQuantity: 0,
          requiresShipping: false,
          unitPrice: eur(500),
          charges: [],
        },
      ],
      charges: [{ kind: 'SHIPPING', label: 'Parcel', amount: eur(490), collectedByChannel: false }],
      grandTotal: eur(3240),
      parties: {
        buyer: {
          name: 'Erika Example',
          email: 'erika@example.com',
          phone: '+49 30 0000000',
          company: 'Example GmbH',
          taxId: 'DE123456789',
          channelCustomerId: 'C-4711',
        },
        shipTo: address,
        billTo: full['billTo'],
        giftMessages: { '': 'From all of us', '10': 'Happy birthday!' },
        note: 'Please ring twice.',
      },
      attributes: { season: 'SS26' },
    });
  });

  it('that says little has its placing as its version and its listing as its title', () => {
    expect(orderOf(SMALL_ORDER)).toMatchObject({
      version: '2026-01-31T08:30:00.000Z',
      lines: [{ title: 'TEE-BLK-M', requiresShipping: true, charges: [] }],
      charges: [],
      attributes: {},
      parties: { shipTo: SMALL_ORDER.shipTo },
    });
  });

  it('keeps every amount exactly, in any currency', () => {
    fc.assert(
      fc.property(validOrder, (json) => {
        const order = orderOf(json);
        expect(amountsOf(order)).toEqual(amountsIn(json));
      }),
    );
  });

  it('is the same with extra fields anywhere in it', () => {
    // Never a field that the contract knows.
    const extra = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 8 }).map((name) => `x${name}`),
      fc.jsonValue(),
      { minKeys: 1, maxKeys: 3 },
    );
    fc.assert(
      fc.property(validOrder, extra, (json, fields) => {
        expect(orderOf(withExtras(json, fields as JsonObject))).toEqual(orderOf(json));
      }),
    );
  });

  it('that does not fit is refused with the first reason and its place', () => {
    expect(interpretPartner(ACCOUNT, 'order', toBody({ ...SMALL_ORDER, lines: [] }))).toEqual({
      outcome: 'REFUSED',
      reason: 'NO_LINES',
      detail: 'Must have at least 1 entry.',
      pointer: '/lines',
    });
    expect(interpretPartner(ACCOUNT, 'order', Buffer.from('{'))).toMatchObject({ reason: 'BODY_NOT_READABLE' });
  });
});

/** All amounts of the wire, in the order in which they stand. */
function amountsIn(json: Json): readonly string[] {
  if (typeof json !== 'object' || json === null) return [];
  if (Array.isArray(json)) return json.flatMap(amountsIn);
  if (typeof json['amount'] === 'string') return [`${json['amount']} ${json['currency'] as string}`];
  return Object.keys(json)
    .toSorted()
    .flatMap((key) => amountsIn(json[key] ?? null));
}

/** All amounts of the model, the same way. */
function amountsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(amountsOf);
  if ('minor' in value && 'currency' in value)
    return [`${formatDecimal(value as { minor: number; currency: string })} ${String(value.currency)}`];
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.keys(fields)
    .toSorted()
    .flatMap((key) => amountsOf(fields[key]));
}

/** The fields added to every object but the attributes, which are free. */
function withExtras(json: Json, fields: JsonObject): Json {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map((one) => withExtras(one, fields));
  const inner = Object.entries(json).map(
    ([key, value]) => [key, key === 'attributes' ? value : withExtras(value, fields)] as const,
  );
  return { ...Object.fromEntries(inner), ...fields };
}

describe('a cancellation', () => {
  const kept = { reference: 'PO-1001', requestId: 'key-1' };

  it('is about the order and the request that it is kept with', () => {
    const lines = [{ lineReference: '10', quantity: 1 }];
    const request = JSON.stringify({ reason: 'Not wanted', lines, extra: true });
    expect(factOf('cancellation', keepCancellation({ ...kept, request }))).toEqual({
      kind: 'CANCELLATION_REQUESTED',
      ...kept,
      reason: 'Not wanted',
      lines,
    });
  });

  it.each([
    ['of another form', toBody({ reason: 'Not wanted' }), 'CONTRACT_MISMATCH'],
    ['without a reason', keepCancellation({ ...kept, request: '{}' }), 'CONTRACT_MISMATCH'],
    ['whose request is no JSON', keepCancellation({ ...kept, request: '{' }), 'BODY_NOT_READABLE'],
    ['that is no JSON', Buffer.from('{'), 'BODY_NOT_READABLE'],
  ])('%s is refused', (_, body, reason) => {
    expect(interpretPartner(ACCOUNT, 'cancellation', body)).toMatchObject({ outcome: 'REFUSED', reason });
  });
});

it('a topic that partners do not have is refused', () => {
  expect(interpretPartner(ACCOUNT, 'refund', toBody({}))).toMatchObject({ reason: 'UNKNOWN_TOPIC' });
});
