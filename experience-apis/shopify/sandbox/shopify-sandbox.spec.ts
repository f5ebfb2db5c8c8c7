import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/until.js';
import { multiplyMoney, sumMoney } from '../../../src/model/money.js';
import { isSigned } from '../shopify-signature.js';
import { interpretWebhook } from '../shopify.mapper.js';
import { ACCOUNT, onlyOrder, toBody } from '../spec-support.js';
import { buildOrder } from './order-samples.js';
import type { RestOrder } from './rest-order.js';
import {
  startShopifySandbox,
  type Journal,
  type ShopifySandbox,
  type ShopifySandboxOptions,
} from './shopify-sandbox.js';

interface Delivery {
  readonly topic: string;
  readonly webhookId: string;
  readonly signed: boolean;
  readonly body: { readonly id: number };
}

const ITEMS = [
  { sku: 'A', title: 'Lamp', price: 4_999 },
  { sku: 'B', title: 'Chair', price: 15_999 },
  { sku: 'C', title: 'Table', price: 11_949 },
];

/** Numbers that look random and are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

function draft(seed = 1): RestOrder {
  return buildOrder({ random: seeded(seed), items: ITEMS, now: new Date('2026-04-01T00:00:00Z') });
}

let hub: FastifyInstance;
let hubUrl: string;
let deliveries: Delivery[];
let answers: number[];
const opened: ShopifySandbox[] = [];

beforeEach(async () => {
  deliveries = [];
  answers = [];
  hub = Fastify({ forceCloseConnections: true });
  hub.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  hub.post('/hook', (request, reply) => {
    const status = answers.shift() ?? 200;
    const body = request.body as Buffer;
    const { headers } = request;
    if (status === 200)
      deliveries.push({
        topic: String(headers['x-shopify-topic']),
        webhookId: String(headers['x-shopify-webhook-id']),
        signed: isSigned(body, String(headers['x-shopify-hmac-sha256']), ['secret']),
        body: JSON.parse(body.toString()) as Delivery['body'],
      });
    return reply.status(status).send();
  });
  hubUrl = `${await hub.listen({ host: '127.0.0.1', port: 0 })}/hook`;
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((sandbox) => sandbox.close()));
  await hub.close();
});

async function start(options: Partial<ShopifySandboxOptions> = {}): Promise<ShopifySandbox> {
  const sandbox = await startShopifySandbox({
    shopDomain: 'example.myshopify.com',
    accessToken: 'token',
    webhookSecret: 'secret',
    webhookTimeScale: 0.0001,
    ...options,
  });
  opened.push(sandbox);
  return sandbox;
}

function memoryJournal(): Journal {
  const kept: unknown[] = [];
  return { entries: () => kept, append: (entry) => kept.push(structuredClone(entry)) };
}

describe('webhooks of the sandbox', () => {
  it('are signed, and tell an order as it was at the event', async () => {
    const sandbox = await start({ hub: hubUrl });
    const order = sandbox.placeOrder(draft());
    await eventually(() => expect(deliveries).toHaveLength(1));
    expect(deliveries[0]).toMatchObject({ topic: 'orders/create', signed: true, body: { id: order.id } });
  });

  it('are tried again with the same id until the hub takes them', async () => {
    answers = [500, 503];
    const sandbox = await start({ hub: hubUrl });
    sandbox.placeOrder(draft());
    await eventually(() => expect(deliveries).toHaveLength(1));
    expect(answers).toEqual([]);
    await eventually(() => expect(sandbox.webhooks()).toEqual({ pending: 0, abandoned: 0 }));
  });

  it('are given up after eight retries', async () => {
    answers = Array.from({ length: 9 }, () => 500);
    const sandbox = await start({ hub: hubUrl, webhookTimeScale: 0.000001 });
    sandbox.placeOrder(draft());
    await eventually(() => expect(sandbox.webhooks()).toEqual({ pending: 0, abandoned: 1 }));
    expect(deliveries).toEqual([]);
  });

  it('wait for a hub, and over a restart, under the same id', async () => {
    const journal = memoryJournal();
    const first = await start({ journal });
    const order = first.placeOrder(draft());
    first.cancelOrder(order.id);
    expect(first.webhooks().pending).toBe(3);
    const second = await start({ journal, hub: hubUrl });
    expect(second.orders()).toEqual(first.orders());
    await eventually(() => expect(deliveries).toHaveLength(3));
    const third = await start({ journal, hub: hubUrl });
    expect(third.webhooks().pending).toBe(0);
  });

  it('tell cancellations and refunds, each with the order as it then is', async () => {
    const sandbox = await start({ hub: hubUrl });
    const refunded = sandbox.placeOrder(draft());
    const [line] = refunded.line_items;
    sandbox.refund(refunded.id, [{ id: line?.id ?? 0, quantity: 1 }]);
    const cancelled = sandbox.placeOrder(draft(2));
    expect(sandbox.cancelOrder(cancelled.id)).toBe(true);
    expect(sandbox.cancelOrder(cancelled.id)).toBe(false);
    await eventually(() =>
      expect(deliveries.map(({ topic }) => topic).toSorted()).toEqual([
        'orders/cancelled',
        'orders/create',
        'orders/create',
        'orders/updated',
        'orders/updated',
        'refunds/create',
      ]),
    );
    const refund = deliveries.find(({ topic }) => topic === 'refunds/create');
    expect(interpretWebhook(ACCOUNT, 'refunds/create', toBody(refund?.body)).outcome).toBe('FACTS');
    const after = onlyOrder(interpretWebhook(ACCOUNT, 'orders/updated', toBody(sandbox.order(refunded.id))));
    expect(after.lines[0]?.cancelledQuantity).toBe(1);
    expect(() => sandbox.refund(refunded.id, [{ id: line?.id ?? 0, quantity: 99 }])).toThrow(RangeError);
  });
});

describe('sample orders', () => {
  it.each(['USD', 'EUR'] as const)('in %s vary, are readable, and add up to the cent', (currency) => {
    const totals = new Set<number | undefined>();
    for (let seed = 1; seed <= 40; seed += 1) {
      const built = buildOrder({ random: seeded(seed), items: ITEMS, now: new Date('2026-04-01T00:00:00Z'), currency });
      const order = onlyOrder(interpretWebhook(ACCOUNT, 'orders/create', toBody(built)));
      const goods = order.lines.map((line) => multiplyMoney(line.unitPrice, line.quantity));
      const charges = [...order.charges, ...order.lines.flatMap((line) => line.charges)];
      const owed = charges.filter(({ includedInPrice }) => includedInPrice !== true).map(({ amount }) => amount);
      expect(sumMoney([...goods, ...owed], currency)).toEqual(order.grandTotal);
      totals.add(order.grandTotal?.minor);
    }
    expect(totals.size).toBeGreaterThan(10);
  });

  it('are the same for the same numbers', () => {
    expect(draft(5)).toEqual(draft(5));
  });
});
