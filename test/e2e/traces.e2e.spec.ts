import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMAZON_ACCOUNT, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { GraphOrder } from '../support/graph-order.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { NORTH_ONLY } from '../support/place-orders.js';
import { until } from '../support/until.js';

const BUYER = 'Zsófia Quillfeather';
const CHANNELS = [AMAZON_ACCOUNT, SHOPIFY_ACCOUNT, PARTNER_ACCOUNT] as const;
const SERVER_REQUESTS = 'http.server.request.start';
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;

/** What everybody's order goes through. */
const FACTS = [
  'ChannelOrderReceived',
  'SalesOrderPosted',
  'SalesOrderConfirmed',
  'FulfillmentReleased',
  'FulfillmentShipped',
  'ChannelShipmentConfirmed',
  'GoodsIssuePosted',
  'InvoicePosted',
];
const TASKS = ['erp.post-sales-order', 'wms.release', 'channel.confirm-package', 'erp.post-goods-issue'];

/** Partners fetch their confirmations: nothing is sent. */
const CONFIRMED = {
  [AMAZON_ACCOUNT]: /amazon .*ChannelShipmentConfirmed/,
  [SHOPIFY_ACCOUNT]: /shopify .*ChannelShipmentConfirmed/,
  [PARTNER_ACCOUNT]: /^ChannelShipmentConfirmed$/,
};

let collector: OtlpReceiver;
let sut: HubUnderTest;
const orders = new Map<string, GraphOrder>();
/** `traceparent` of every request that reached a server of this process: those of the outside, and the hub's. */
const told: { readonly port: number; readonly traceparent: string }[] = [];
const listen = (message: unknown): void => {
  const { request: incoming } = message as { readonly request: IncomingMessage };
  const { traceparent } = incoming.headers;
  const port = incoming.socket.localPort;
  if (typeof traceparent === 'string' && port !== undefined) told.push({ port, traceparent });
};

beforeAll(async () => {
  collector = await startOtlpReceiver();
  subscribe(SERVER_REQUESTS, listen);
  sut = await startHubUnderTest({ settings: { ENTREPOT_OTLP_URL: collector.url, ENTREPOT_TRACE_RATIO: '1' } });
  const lines = [{ sku: NORTH_ONLY, quantity: 1 }];
  // One after the other: alone in its batch, a task's call is part of the task.
  for (const [channel, place] of [
    [AMAZON_ACCOUNT, async () => sut.placeAmazon(lines, BUYER)],
    [SHOPIFY_ACCOUNT, async () => String(sut.placeShopify(lines, BUYER))],
    [PARTNER_ACCOUNT, () => sut.placePartner(lines, BUYER)],
  ] as const)
    orders.set(channel, await sut.waitForOrder(channel, await place(), (order) => order.completedAt !== null));
  await until(
    async () => CHANNELS.filter((channel) => traceOf(channel).some(({ name }) => name === 'InvoicePosted')),
    (found) => found.length === CHANNELS.length,
    { what: 'the last spans', timeoutMs: 30_000 },
  );
}, 120_000);
afterAll(async () => {
  unsubscribe(SERVER_REQUESTS, listen);
  await sut.close();
  await collector.close();
});

function orderOf(channel: string): GraphOrder {
  const order = orders.get(channel);
  if (order === undefined) throw new Error(`the order of ${channel} did not complete`);
  return order;
}

function traceOf(channel: string): readonly ReceivedSpan[] {
  const traceId = orderOf(channel).id.replaceAll('-', '');
  return collector.spans.filter((span) => span.traceId === traceId);
}

function named(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span "${name}": ${spans.map((span) => span.name).join(', ')}`);
  return found;
}

function attribute(span: ReceivedSpan, key: string): unknown {
  const value = span.attributes.find((one) => one.key === key)?.value;
  return value === undefined ? undefined : Object.values(value)[0];
}

describe.each(CHANNELS)('the trace of an order from %s', (channel) => {
  it('begins once, with the span that all others hang from', () => {
    const spans = traceOf(channel);
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined || parentSpanId === '');
    expect(roots.map(({ name }) => name)).toEqual(['order']);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(ids.size).toBe(spans.length);
    expect(spans.filter((span) => span !== roots[0] && !ids.has(span.parentSpanId ?? ''))).toEqual([]);
  });

  it('has each step from the channel to the confirmation', () => {
    const names = traceOf(channel).map(({ name }) => name);
    for (const name of ['receive', ...FACTS, ...TASKS]) expect(names).toContain(name);
  });

  it('has the calls to ERP, warehouse and channel within the tasks that made them', () => {
    const spans = traceOf(channel);
    const within = (task: string): readonly string[] =>
      spans.filter(({ parentSpanId }) => parentSpanId === named(spans, task).spanId).map(({ name }) => name);
    expect(within('erp.post-sales-order').join()).toMatch(/sap-s4hana .*SalesOrderPosted/);
    expect(within('wms.release').join()).toMatch(/wms .*FulfillmentReleased/);
    expect(within('channel.confirm-package').join()).toMatch(CONFIRMED[channel]);
    expect(within('erp.post-goods-issue').join()).toMatch(/sap-s4hana .*GoodsIssuePosted/);
  });

  it('leads to the commits, to what brought the message, and back', () => {
    const spans = traceOf(channel);
    const accepted = named(spans, 'ChannelOrderReceived');
    const commits = collector.spans.filter(({ name }) => name === 'commit');
    const commit = commits.find(({ spanId }) => accepted.links.some((link) => link.spanId === spanId));
    expect(commit?.links.map(({ spanId }) => spanId)).toContain(accepted.spanId);
    const receive = named(spans, 'receive');
    expect(accepted.parentSpanId).toBe(receive.spanId);
    const cause = collector.spans.find(({ spanId }) => receive.links.some((link) => link.spanId === spanId));
    expect(cause?.traceId).not.toBe(receive.traceId);
    expect(BigInt(receive.startTimeUnixNano)).toBeLessThanOrEqual(BigInt(accepted.startTimeUnixNano));
  });

  it('is told to the outside systems', () => {
    const traceId = orderOf(channel).id.replaceAll('-', '');
    const spans = traceOf(channel).filter(({ kind }) => kind === 3);
    expect(spans.length).toBeGreaterThanOrEqual(3);
    const sent = told.filter(({ traceparent }) => traceparent.includes(traceId));
    for (const { traceparent } of sent) expect(traceparent).toMatch(TRACEPARENT);
    for (const { spanId } of spans) expect(sent.some(({ traceparent }) => traceparent.includes(spanId))).toBe(true);
  });
});

describe('traces', () => {
  it('hold no personal data', () => {
    expect(JSON.stringify(collector.spans)).not.toContain(BUYER);
  });

  it('go on from the caller of a request', async () => {
    const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await request(sut.hub.url)
      .post(`/channels/${PARTNER_ACCOUNT}/v1/orders`)
      .set({ authorization: `Bearer ${sut.bearer}`, 'idempotency-key': 'none', traceparent: caller })
      .send({})
      .expect(422);
    const found = await until(
      async () => collector.spans.find(({ traceId }) => traceId === '0af7651916cd43dd8448eb211c80319c'),
      (span) => span !== undefined,
      { what: 'the span of the request', timeoutMs: 30_000 },
    );
    expect(found).toMatchObject({
      name: 'POST /channels/:account/v1/orders',
      parentSpanId: 'b7ad6b7169203331',
      kind: 2,
    });
    expect(found && attribute(found, 'http.response.status_code')).toBe(422);
  });

  it('leave out what asks all the time', () => {
    const names = new Set(collector.spans.map(({ name }) => name));
    for (const path of ['/livez', '/readyz', '/metrics']) expect(names).not.toContain(`GET ${path}`);
  });
});
