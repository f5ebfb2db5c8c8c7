import { randomInt, randomUUID } from 'node:crypto';
import type request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMAZON_ACCOUNT, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { BOTH_NODES, NORTH_ONLY, partnerOrder } from '../support/place-orders.js';
import { sendWebhook, toldOrder } from '../support/shop-webhook.js';
import { expectStockAddsUp } from '../support/stock-check.js';
import { until } from '../support/until.js';

const BODY_LIMIT_BYTES = 64 * 1024;
const TOO_LARGE = Buffer.alloc(BODY_LIMIT_BYTES + 1, ' ');
const TIMES = 10;

interface StoredMessage {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly source: string;
  readonly subjects: readonly string[];
}

let sut: HubUnderTest;

beforeAll(async () => {
  sut = await startHubUnderTest({ settings: { ENTREPOT_BODY_LIMIT_BYTES: String(BODY_LIMIT_BYTES) } });
});
afterAll(() => sut.close());

const newOrderId = (): number => randomInt(1_000_000_000, 2_000_000_000);
const operator = (): { authorization: string } => ({ authorization: `Bearer ${sut.bearer}` });

async function messages(status?: string): Promise<readonly StoredMessage[]> {
  const answer = await sut
    .http()
    .get('/operations/v1/messages')
    .query(status === undefined ? {} : { status })
    .set(operator())
    .expect(200);
  return (answer.body as { messages: StoredMessage[] }).messages;
}

function reprocess(id: string) {
  return sut.http().post(`/operations/v1/messages/${id}/reprocess`).set(operator());
}

function postOrder(body: string | object, headers: object = {}, account = PARTNER_ACCOUNT) {
  return sut
    .http()
    .post(`/channels/${account}/v1/orders`)
    .set({ ...operator(), 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers })
    .send(body);
}

function tellWarehouseEvents(body: Buffer) {
  return (
    sut
      .http()
      .post('/wms/v1/events')
      .set('content-type', 'application/json')
      // supertest would make JSON of a Buffer.
      .serialize(() => body as unknown as string)
      .send(body)
  );
}

/** The answers' statuses, one request after the other. */
async function statusesOf(requests: readonly request.Test[]): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const sent of requests) statuses.push((await sent).status);
  return statuses;
}

async function shipMethodOf(id: number): Promise<string | undefined> {
  const query = `query ($reference: String!) {
    orderByReference(channel: "${SHOPIFY_ACCOUNT}", reference: $reference) { shipMethod }
  }`;
  const { data } = await sut.graphql<{ orderByReference: { shipMethod: string } | null }>(query, {
    reference: String(id),
  });
  return data?.orderByReference?.shipMethod;
}

describe('a webhook', () => {
  const lines = [{ sku: NORTH_ONLY, quantity: 2 }];

  it('that comes ten times at once makes one order', async () => {
    const id = newOrderId();
    const webhook = {
      topic: 'orders/create',
      eventId: randomUUID(),
      body: toldOrder({ id, updatedAt: '2026-03-01T10:00:00+00:00', shipMethod: 'STANDARD', lines }),
    };
    const answers = await Promise.all(Array.from({ length: TIMES }, () => sendWebhook(sut, webhook)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: TIMES }, () => 200));
    const outcomes = answers.map((answer) => (answer.body as { outcome: string }).outcome);
    expect(outcomes.filter((outcome) => outcome === 'COMMITTED')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'DUPLICATE')).toHaveLength(TIMES - 1);
    expect(new Set(answers.map((answer) => (answer.body as { messageId: string }).messageId)).size).toBe(1);
    const { rows } = await sut.pool.query('select 1 from orders where reference = $1', [String(id)]);
    expect(rows).toHaveLength(1);
    const kept = await messages();
    expect(kept.filter(({ subjects }) => subjects.includes(`${SHOPIFY_ACCOUNT}/${id}`))).toHaveLength(1);
  });

  it('that is older than what is known changes nothing', async () => {
    const id = newOrderId();
    const told = (updatedAt: string, shipMethod: string): object => toldOrder({ id, updatedAt, shipMethod, lines });
    const first = told('2026-03-01T10:00:00+00:00', 'STANDARD');
    await sendWebhook(sut, { topic: 'orders/create', body: first }).expect(200);
    expect(await shipMethodOf(id)).toBe('STANDARD');
    await sendWebhook(sut, { topic: 'orders/updated', body: told('2026-03-01T12:00:00+00:00', 'EXPRESS') }).expect(200);
    expect(await shipMethodOf(id)).toBe('EXPRESS');
    await sendWebhook(sut, { topic: 'orders/updated', body: told('2026-03-01T11:00:00+00:00', 'FREE') }).expect(200);
    expect(await shipMethodOf(id)).toBe('EXPRESS');
    // The first telling again, as a new delivery.
    await sendWebhook(sut, { topic: 'orders/create', body: first }).expect(200);
    expect(await shipMethodOf(id)).toBe('EXPRESS');
  });

  it('about an order that is not there yet waits for it', async () => {
    const id = newOrderId();
    const order = toldOrder({ id, updatedAt: '2026-03-01T10:00:00+00:00', shipMethod: 'STANDARD', lines });
    const refund = {
      id: newOrderId(),
      order_id: id,
      created_at: '2026-03-01T11:00:00+00:00',
      refund_line_items: [],
      order_adjustments: [],
      transactions: [{ id: 1, kind: 'refund', status: 'success', amount: '5.00', currency: 'EUR' }],
    };
    await sendWebhook(sut, { topic: 'refunds/create', body: refund }).expect(200);
    const subject = `${SHOPIFY_ACCOUNT}/${id}`;
    const parked = (await messages('PARKED')).find(({ subjects }) => subjects.includes(subject));
    expect(parked).toMatchObject({ reason: 'UNKNOWN_ORDER' });
    await sendWebhook(sut, { topic: 'orders/create', body: order }).expect(200);
    const refunded = await sut.waitForOrder(SHOPIFY_ACCOUNT, String(id), ({ timeline }) =>
      timeline.some(({ type }) => type === 'RefundIssued'),
    );
    expect(refunded.timeline.filter(({ type }) => type === 'RefundIssued')).toHaveLength(1);
    expect((await messages('PARKED')).map((message) => message.id)).not.toContain(parked?.id);
  });

  it('with a wrong signature, or none, is turned away and counted', async () => {
    const body = { id: 1 };
    const before = (await messages()).length;
    for (const signature of ['', 'd3Jvbmc=']) {
      const answer = await sendWebhook(sut, { topic: 'orders/create', body, signature }).expect(401);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    expect((await messages()).length).toBe(before);
    expect(sut.logged.some((line) => line.includes('turned away (2 since the start)'))).toBe(true);
  });

  it.each([
    { what: 'is not JSON', body: Buffer.from('{"id": 1'), status: 400, reason: 'BODY_NOT_READABLE' },
    { what: 'is not an order', body: Buffer.from('{"id": "x"}'), status: 422, reason: 'CONTRACT_MISMATCH' },
  ])('whose body $what is refused, kept, and can be processed again', async ({ body, status, reason }) => {
    await sendWebhook(sut, { topic: 'orders/create', body }).expect(status);
    const kept = (await messages('REFUSED')).find((message) => message.reason === reason);
    expect(kept).toMatchObject({ source: SHOPIFY_ACCOUNT });
    const again = await reprocess(kept?.id ?? '').expect(200);
    expect(again.body).toMatchObject({ messageId: kept?.id, outcome: 'REFUSED', reason });
  });

  it('over the limit is 413, to an unknown account 404', async () => {
    const topic = 'orders/create';
    expect(
      await statusesOf([
        sendWebhook(sut, { topic, body: TOO_LARGE }),
        sendWebhook(sut, { topic, body: { id: 1 }, account: 'no-such-shop' }),
        sendWebhook(sut, { topic, body: { id: 1 }, account: AMAZON_ACCOUNT }),
      ]),
    ).toEqual([413, 404, 404]);
  });
});

describe('a stored message', () => {
  it('that is processed again has no second effect', async () => {
    const reference = await sut.placePartner([{ sku: BOTH_NODES, quantity: 1 }]);
    const done = await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ completedAt }) => completedAt !== null);
    const message = (await messages()).find(({ subjects }) => subjects.includes(`${PARTNER_ACCOUNT}/${reference}`));
    const again = await reprocess(message?.id ?? '').expect(200);
    expect(again.body).toMatchObject({ orders: [{ reference, created: false }] });
    expect(await sut.order(PARTNER_ACCOUNT, reference)).toEqual(done);
  });

  it('must be there to be processed again', async () => {
    expect(await statusesOf([reprocess(randomUUID()), reprocess('not-an-id')])).toEqual([404, 422]);
  });
});

describe('a partner’s order', () => {
  it('that is sent ten times at once is one order, and each answer is the same', async () => {
    const order = partnerOrder([{ sku: BOTH_NODES, quantity: 1 }]);
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: TIMES }, () => postOrder(order, key)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(TIMES - 1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(TIMES - 1);
    const { rows } = await sut.pool.query('select 1 from orders where reference = $1', [order.reference]);
    expect(rows).toHaveLength(1);
  });

  it('under a key that was used for another order is a conflict', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const [one, other] = [1, 2].map((quantity) => partnerOrder([{ sku: BOTH_NODES, quantity }]));
    expect(await statusesOf([postOrder(one ?? {}, key), postOrder(other ?? {}, key)])).toEqual([201, 422]);
  });

  it('that does not fit is refused with a pointer to each fault, and kept', async () => {
    const order = partnerOrder([{ sku: BOTH_NODES, quantity: 0 }]);
    const answer = await postOrder({ ...order, currency: 'Euro' }).expect(422);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const { errors } = answer.body as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(['/currency', '/lines/0/quantity']));
    expect((await messages('REFUSED')).some(({ source }) => source === PARTNER_ACCOUNT)).toBe(true);
    await postOrder('{"reference": ').expect(400);
  });

  it('over the limit is 413, to an unknown account 404', async () => {
    const order = partnerOrder([{ sku: BOTH_NODES, quantity: 1 }]);
    expect(await statusesOf([postOrder(TOO_LARGE.toString()), postOrder(order, {}, 'nobody')])).toEqual([413, 404]);
  });
});

describe('a warehouse’s message', () => {
  it('that is told twice and out of order changes nothing the second time', async () => {
    sut.world.wms.duplicateEvents(true);
    const placed = await sut.placeEverywhere([{ sku: BOTH_NODES, quantity: 2 }]);
    const orders = await sut.waitForAll(placed, ({ completedAt }) => completedAt !== null);
    await until(
      () => sut.world.wms.untoldEvents(),
      (untold) => untold === 0,
      { what: 'the repeated events', timeoutMs: 30_000 },
    );
    sut.world.wms.duplicateEvents(false);
    for (const { channel, reference, shipments } of orders) {
      const now = await sut.order(channel, reference);
      expect(now?.shipments).toEqual(shipments);
      if (now !== undefined) expectOnceOutside(sut.world, now);
    }
    await expectStockAddsUp(sut.pool);
  });

  it('without a signature is 401, over the limit 413', async () => {
    const unsigned = [Buffer.from('{"events": []}'), TOO_LARGE].map((body) => tellWarehouseEvents(body));
    expect(await statusesOf(unsigned)).toEqual([401, 413]);
  });
});
