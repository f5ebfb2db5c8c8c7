import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChannelAccount } from '../../src/model/channel.js';
import { ErrorsWire } from './amazon-access.wire.js';
import { PatchListingAnswerWire } from './amazon-listings.wire.js';
import { ConfirmShipmentWire } from './amazon-orders-v0.wire.js';
import { interpretAmazon } from './amazon.mapper.js';
import { fixturesFolder } from './sandbox/sandbox-fixtures.js';

const account: ChannelAccount = { id: 'amazon-1', kind: 'amazon', name: 'Amazon', active: true, settings: {} };

const MISMATCH = 'REFUSED CONTRACT_MISMATCH';
const OTHER_PROGRAM = 'REFUSED UNKNOWN_TOPIC';
const HINT = 'IGNORED HINT_ONLY';

/** What becomes of every order sample. Samples that hold no message to us (error answers, listings) have specs below. */
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  'notification.OrderChangeNotification.0.json': [HINT],
  'orders_2026-01-01.getOrder.200.sandbox0.json': ['ORDER 171-9876543-2109876'],
  'orders_2026-01-01.getOrder.200.sandbox1.json': ['ORDER 028-1234567-8901234'],
  'orders_2026-01-01.getOrder.400.sandbox4.json': [MISMATCH],
  'orders_2026-01-01.searchOrders.200.sandbox0.json': ['IGNORED FULFILLED_BY_CHANNEL'],
  'orders_2026-01-01.searchOrders.200.sandbox1.json': ['ORDER 202-7654321-1098765'],
  'orders_2026-01-01.searchOrders.400.sandbox4.json': [MISMATCH],
  'ordersV0.confirmShipment.204.sandbox0.json': [MISMATCH],
  'ordersV0.getOrder.200.sandbox0.json': [HINT],
  'ordersV0.getOrder.200.sandbox1.json': ['IGNORED FULFILLED_BY_CHANNEL'],
  'ordersV0.getOrder.400.sandbox3.json': [MISMATCH],
  'ordersV0.getOrderAddress.200.sandbox0.json': [HINT],
  'ordersV0.getOrderAddress.400.sandbox2.json': [MISMATCH],
  'ordersV0.getOrderBuyerInfo.200.sandbox0.json': [HINT],
  'ordersV0.getOrderBuyerInfo.400.sandbox2.json': [MISMATCH],
  'ordersV0.getOrderItems.200.sandbox0.json': [HINT],
  'ordersV0.getOrderItems.400.sandbox2.json': [MISMATCH],
  'ordersV0.getOrderItemsBuyerInfo.200.sandbox0.json': [HINT],
  'ordersV0.getOrderItemsBuyerInfo.400.sandbox2.json': [MISMATCH],
  'ordersV0.getOrderRegulatedInfo.200.sandbox0.json': [HINT],
  'ordersV0.getOrderRegulatedInfo.200.sandbox1.json': [HINT],
  'ordersV0.getOrderRegulatedInfo.400.sandbox3.json': [MISMATCH],
  'ordersV0.getOrders.200.sandbox0.json': [HINT, HINT],
  'ordersV0.getOrders.200.sandbox1.json': ['IGNORED NOT_RELEASED_BY_CHANNEL'],
  'ordersV0.getOrders.400.sandbox4.json': [MISMATCH],
  'ordersV0.updateShipmentStatus.204.sandbox0.json': [MISMATCH],
  'ordersV0.updateVerificationStatus.204.sandbox0.json': [MISMATCH],
  'ordersV0.updateVerificationStatus.400.sandbox2.json': [MISMATCH],
  'ordersV0.updateVerificationStatus.400.sandbox3.json': [MISMATCH],
  'ordersV0.updateVerificationStatus.400.sandbox4.json': [MISMATCH],
  'ordersV0.updateVerificationStatus.400.sandbox5.json': [MISMATCH],
  'ordersV0.updateVerificationStatus.400.sandbox6.json': [MISMATCH],
};

const files = readdirSync(fixturesFolder()).filter((file) => file.endsWith('.json'));
const OTHER_PROGRAM_PREFIX = /^(vendorOrders|vendorDirectFulfillmentOrders|externalFulfillmentShipments)/;
const NOT_ORDERS = /^(listingsItems|tracking|feed)/;

/** The messages in a fixture: each order of a page on its own, as the poller hands them on. */
function messagesOf(file: string): readonly unknown[] {
  const fixture = z.looseObject({ response: z.unknown().optional() }).parse(fixtureJson(file));
  if (file.startsWith('notification.')) return [fixture];
  const response = z
    .looseObject({
      order: z.unknown().optional(),
      orders: z.array(z.unknown()).optional(),
      payload: z.unknown().optional(),
    })
    .parse(fixture.response);
  if (response.order !== undefined) return [response.order];
  if (response.orders !== undefined && file.startsWith('orders_2026')) return response.orders;
  const page = z.object({ Orders: z.array(z.unknown()) }).safeParse(response.payload);
  if (page.success) return page.data.Orders;
  return [response.payload ?? response];
}

function topicOf(file: string): string {
  if (file.startsWith('notification.OrderChange')) return 'ORDER_CHANGE';
  return file.startsWith('orders_2026') ? 'order' : (file.split('.')[0] ?? file);
}

function outcomeOf(topic: string, message: unknown): string {
  const reading = interpretAmazon(account, topic, Buffer.from(JSON.stringify(message)));
  if (reading.outcome !== 'FACTS') return `${reading.outcome} ${reading.reason}`;
  return reading.facts
    .map((fact) => `${fact.kind} ${fact.kind === 'ORDER' ? fact.order.reference : fact.reference}`)
    .join('; ');
}

function fixtureJson(file: string): unknown {
  return JSON.parse(readFileSync(join(fixturesFolder(), file), 'utf8'));
}

describe("Amazon's order samples", () => {
  it.each(files.filter((file) => !NOT_ORDERS.test(file)))('%s has its named outcome', (file) => {
    const expected = OTHER_PROGRAM_PREFIX.test(file) ? [OTHER_PROGRAM] : OUTCOMES[file];
    expect(messagesOf(file).map((message) => outcomeOf(topicOf(file), message))).toEqual(expected);
  });

  it('are all in the folder', () => {
    expect(files).toEqual(expect.arrayContaining(Object.keys(OUTCOMES)));
  });

  it('are accepted when they arrive in an EventBridge envelope', () => {
    const detail = fixtureJson('notification.OrderChangeNotification.0.json');
    expect(outcomeOf('ORDER_CHANGE', { version: '0', id: 'e1', 'detail-type': 'ORDER_CHANGE', detail })).toBe(HINT);
  });
});

describe('other samples', () => {
  it('the confirmShipment request is what this channel sends', () => {
    const request = z
      .looseObject({
        request: z.looseObject({ parameters: z.looseObject({ body: z.looseObject({ value: z.unknown() }) }) }),
      })
      .parse(fixtureJson('ordersV0.confirmShipment.204.sandbox0.json')).request.parameters.body.value;
    expect(ConfirmShipmentWire.safeParse(request).success).toBe(true);
  });

  it.each(files.filter((file) => /^listingsItems.*patchListingsItem\.200/.test(file)))('%s is readable', (file) => {
    const { response } = z.looseObject({ response: z.unknown() }).parse(fixtureJson(file));
    expect(PatchListingAnswerWire.safeParse(response).success).toBe(true);
  });

  it.each(files.filter((file) => /\.4\d\d\./.test(file) && !file.includes('sandbox6')))(
    '%s is an error envelope',
    (file) => {
      const { response } = z.looseObject({ response: z.unknown() }).parse(fixtureJson(file));
      expect(ErrorsWire.safeParse(response).success).toBe(true);
    },
  );
});

/** The value with fields that Amazon might add one day, at places that the random numbers choose. */
function withUnknownFields(value: unknown, chance: () => number): unknown {
  if (Array.isArray(value)) return value.map((element) => withUnknownFields(element, chance));
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).map(([key, inner]) => [key, withUnknownFields(inner, chance)] as const);
  const extra =
    chance() < 0.5 ? [[`amazonAdds${Math.floor(chance() * 1e6)}`, { some: [chance(), null, 'x'] }] as const] : [];
  return Object.fromEntries([...extra, ...known]);
}

describe('fields that Amazon adds', () => {
  const messages = files
    .filter((file) => !NOT_ORDERS.test(file))
    .flatMap((file) => messagesOf(file).map((message) => [topicOf(file), message] as const));

  it('never change what becomes of a message', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...messages),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        ([topic, message], stream) => {
          const more = withUnknownFields(message, () => Number(stream.next().value));
          const read = (body: unknown) => interpretAmazon(account, topic, Buffer.from(JSON.stringify(body)));
          expect(read(more)).toEqual(read(message));
        },
      ),
      { numRuns: 300 },
    );
  });
});
