import type { Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Order } from '../../src/model/order.js';
import { CommitQueueFullError } from '../../src/platform/commit/index.js';
import { answerMisfits } from './testing/contract.js';
import { ACCOUNT } from './testing/memory-hub.js';
import { changed, SMALL_ORDER, toBody } from './testing/orders.js';
import { BODY_LIMIT_BYTES, startPartnerApp, type PartnerApp } from './testing/partner-app.js';

const ORDERS = '/channels/{account}/v1/orders';
const ORDER = `${ORDERS}/{reference}`;
const SHIPMENTS = `${ORDER}/shipments`;
const CANCELLATIONS = `${ORDER}/cancellations`;

let test: PartnerApp;
let token: string;

beforeAll(async () => {
  test = await startPartnerApp();
  token = await test.token(['orders:write', 'orders:read'], ACCOUNT.id);
});
beforeEach(() => test.hub.clear());
afterAll(() => test.close());

interface Call {
  readonly account?: string;
  readonly reference?: string;
  readonly key?: string | null;
  readonly token?: string | null;
  readonly type?: string;
  readonly body?: unknown;
}

/** Makes a call and checks that the contract knows the answer. */
async function call(method: 'get' | 'post', template: string, options: Call = {}): Promise<Response> {
  const { account = ACCOUNT.id, reference = SMALL_ORDER.reference, key = 'key-1', type = 'application/json' } = options;
  const path = template.replace('{account}', account).replace('{reference}', encodeURIComponent(reference));
  const bearer = options.token === undefined ? token : options.token;
  let request = test.agent[method](path);
  if (bearer !== null) request = request.set('authorization', `Bearer ${bearer}`);
  if (method === 'post') {
    if (key !== null) request = request.set('idempotency-key', key);
    const bytes = Buffer.isBuffer(options.body) ? options.body : toBody(options.body);
    // As they are: superagent would make JSON of a Buffer.
    request = request.set('content-type', type).serialize(() => bytes as unknown as string);
    request = request.send(bytes);
  }
  const answer = await request;
  const { status, headers } = answer;
  expect(answerMisfits(method, template, { status, headers, body: answer.body as unknown })).toEqual([]);
  return answer;
}

const place = (body: unknown, key = 'key-1'): Promise<Response> => call('post', ORDERS, { body, key });

const cancel = (body: unknown, key = 'cancel-1'): Promise<Response> => call('post', CANCELLATIONS, { body, key });

function code(answer: Response): string {
  const { type } = answer.body as { type: string };
  return `${answer.status} ${type.split('/').at(-1) ?? ''}`;
}

function pointers(answer: Response): readonly string[] {
  return ((answer.body as { errors?: { pointer: string }[] }).errors ?? []).map(({ pointer }) => pointer);
}

describe('placing an order', () => {
  it('makes it, and says where it is', async () => {
    const answer = await place(SMALL_ORDER);
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe('/channels/partner-acme/v1/orders/PO-1001');
    expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    expect(answer.body).toMatchObject({ channel: 'partner-acme', reference: 'PO-1001' });
    expect(test.hub.taken).toHaveLength(1);
  });

  it('again with the same key gives the same answer, whatever became of the order', async () => {
    const first = await place(SMALL_ORDER);
    await place(changed(SMALL_ORDER, '/updatedAt', '2026-02-01T00:00:00Z'), 'key-2');
    const again = await place(SMALL_ORDER);
    expect(again.status).toBe(200);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.text).toBe(first.text);
    expect(test.hub.taken).toHaveLength(2);
  });

  it('with a key that was used for another body is refused, and changes nothing', async () => {
    await place(SMALL_ORDER);
    expect(code(await place(changed(SMALL_ORDER, '/reference', 'PO-1002')))).toBe('422 idempotency-key-reused');
    expect(test.hub.orders.size).toBe(1);
  });

  it('that is there, with the same content under another key, gives the order', async () => {
    const first = await place(SMALL_ORDER);
    const again = await place(SMALL_ORDER, 'key-2');
    expect(again.status).toBe(200);
    expect(again.headers).not.toHaveProperty('idempotency-replayed');
    expect(again.text).toBe(first.text);
    expect(test.hub.taken).toHaveLength(1);
  });

  it('that is there with other content is a conflict, unless it is later', async () => {
    const first = await place(SMALL_ORDER);
    const more = changed(SMALL_ORDER, '/lines/0/quantity', 3);
    const conflict = await place(more, 'key-2');
    expect(code(conflict)).toBe('409 order-exists');
    expect(pointers(conflict)).toEqual(['/updatedAt']);
    expect(code(await place(more, 'key-2'))).toBe('409 order-exists');
    const later = await place(changed(more, '/updatedAt', '2026-02-01T00:00:00Z'), 'key-3');
    expect(later.status).toBe(200);
    expect(later.text).toBe(first.text);
    expect(test.hub.orders.get('partner-acme/PO-1001')?.lines[0]?.ordered).toBe(3);
  });

  it('whose body does not fit tells each place, and keeps the body', async () => {
    const body = changed(changed(SMALL_ORDER, '/lines/0/quantity', 0), '/currency', 'euro');
    const answer = await place(body);
    expect(code(answer)).toBe('422 contract-mismatch');
    expect(pointers(answer)).toEqual(['/currency', '/lines/0/quantity']);
    expect(test.hub.refused).toMatchObject([
      {
        message: { topic: 'order', body: toBody(body) },
        reason: 'CONTRACT_MISMATCH',
        detail: '/currency: Must be an ISO 4217 currency code, like "EUR".',
      },
    ]);
    expect((await place(SMALL_ORDER)).status).toBe(201);
  });

  it('lists no more places than an answer should hold', async () => {
    const lines = Array.from({ length: 101 }, (_, index) => ({ quantity: -index }));
    expect(pointers(await place({ ...SMALL_ORDER, lines }))).toHaveLength(100);
  });

  it('whose body is no JSON is kept all the same', async () => {
    expect(code(await place(Buffer.from('{"reference":')))).toBe('400 body-not-readable');
    expect(test.hub.refused).toMatchObject([
      { reason: 'BODY_NOT_READABLE', message: { body: Buffer.from('{"reference":') } },
    ]);
  });

  it.each([
    ['no key', { key: null }, '400 idempotency-key-missing'],
    ['a key that is too long', { key: 'k'.repeat(201) }, '400 idempotency-key-wrong'],
    ['a key with a space', { key: 'a b' }, '400 idempotency-key-wrong'],
    ['another content type', { type: 'text/plain' }, '415 unsupported-media-type'],
    ['an unknown account', { account: 'nobody' }, '404 unknown-account'],
    ['the account of another partner', { account: 'partner-other' }, '404 unknown-account'],
    ['no token', { token: null }, '401 unauthenticated'],
    ['a body over the limit', { body: 'x'.repeat(BODY_LIMIT_BYTES + 1) }, '413 body-too-large'],
  ] satisfies [string, Call, string][])('with %s is refused', async (_, options, expected) => {
    expect(code(await call('post', ORDERS, { body: SMALL_ORDER, ...options }))).toBe(expected);
    expect(test.hub.taken).toHaveLength(0);
    expect(test.hub.refused).toHaveLength(0);
  });

  it.each(['shop-eu', 'partner-closed'])(
    'for the account %s, which is no active partner, is refused',
    async (account) => {
      const operator = await test.token(['orders:write']);
      const answer = await call('post', ORDERS, { body: SMALL_ORDER, account, token: operator });
      expect(code(answer)).toBe('404 unknown-account');
    },
  );

  it('needs the scope to write', async () => {
    const reader = await test.token(['orders:read'], ACCOUNT.id);
    expect(code(await call('post', ORDERS, { body: SMALL_ORDER, token: reader }))).toBe('403 scope-missing');
  });

  it.each(['{', JSON.stringify(SMALL_ORDER)])('is put off when the hub is full (%s)', async (body) => {
    test.hub.beforeCommit = () => {
      throw new CommitQueueFullError('1000 commits are waiting already');
    };
    const answer = await place(Buffer.from(body));
    expect(code(answer)).toBe('503 busy');
    expect(answer.headers['retry-after']).toBe('1');
  });
});

describe('reading an order', () => {
  const PACKED = { reference: 'P1', carrier: 'UPS', trackingNumber: '1Z999' };

  async function shipped(): Promise<void> {
    await place(SMALL_ORDER);
    const order = test.hub.orders.get('partner-acme/PO-1001');
    if (order === undefined) throw new Error('no order');
    const lineId = order.lines[0]?.id ?? '';
    const next: Order = {
      ...order,
      lines: order.lines.map((line) => ({ ...line, quantities: { ...line.quantities, open: 1, shipped: 1 } })),
      shipments: [
        {
          id: '019b7a3c-5d10-7c4e-9f51-2f6b8a1d0c50',
          reference: 'S1',
          fulfillmentOrderId: 'fo-1',
          node: 'DC-EAST',
          shippedAt: '2026-02-01T16:12:30.000Z',
          deliveryDocument: '80001',
          packages: [{ ...PACKED, id: 'p-1', items: [{ lineId, sku: 'SKU-1', quantity: 1, serials: ['SN-1'] }] }],
        },
      ],
      cancelling: { [lineId]: 1 },
      waits: [
        { key: 'STOCK:SKU-1', system: 'STOCK', since: order.placedAt, reason: '1 unit is not there.', lastError: 'no' },
      ],
    };
    test.hub.put(next);
  }

  it('tells where its units are, what was shipped and what it waits for', async () => {
    await shipped();
    const answer = await call('get', ORDER);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: 'PARTIALLY_SHIPPED',
      updatedAt: '2026-01-31T08:30:00.000Z',
      lines: [{ lineReference: '10', ordered: 2, quantities: { open: 1, shipped: 1 }, cancelling: 1 }],
      shipments: [{ packages: [{ ...PACKED, items: [{ lineReference: '10', quantity: 1, serials: ['SN-1'] }] }] }],
      waitingOn: [{ system: 'STOCK', since: '2026-01-31T08:30:00.000Z', reason: '1 unit is not there.' }],
    });
    expect(answer.text).not.toContain('DC-EAST');
    expect(answer.text).not.toContain('80001');
  });

  it('gives its shipments by themselves', async () => {
    await shipped();
    const answer = await call('get', SHIPMENTS);
    expect(answer.body).toMatchObject({ reference: 'PO-1001', shipments: [{ packages: [PACKED] }] });
  });

  it('finds it under a reference that must be encoded', async () => {
    const reference = 'PO 1/2?x=%41#~';
    const placed = await place({ ...SMALL_ORDER, reference });
    const { links } = placed.body as { links: { order: string } };
    const answer = await test.agent.get(links.order).set('authorization', `Bearer ${token}`);
    expect(answer.body).toMatchObject({ reference });
  });

  it.each([ORDER, SHIPMENTS])('that is not there is 404 at %s', async (template) => {
    expect(code(await call('get', template))).toBe('404 unknown-order');
    expect(code(await call('get', template, { reference: 'a\u0000' }))).toBe('404 unknown-order');
    expect(code(await call('get', template, { account: 'partner-other' }))).toBe('404 unknown-account');
  });

  it.each([ORDER, SHIPMENTS])('needs the scope to read at %s', async (template) => {
    const writer = await test.token(['orders:write'], ACCOUNT.id);
    expect(code(await call('get', template, { token: writer }))).toBe('403 scope-missing');
    expect(code(await call('get', template, { token: null }))).toBe('401 unauthenticated');
  });
});

describe('asking for a cancellation', () => {
  const REASON = { reason: 'Not wanted any more' };

  it('hands it on, and says what became of it, the same to the same key', async () => {
    await place(SMALL_ORDER);
    const first = await cancel(REASON);
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ outcome: 'REQUESTED', reference: 'PO-1001' });
    expect(test.hub.taken.at(-1)).toEqual({
      kind: 'CANCELLATION_REQUESTED',
      reference: 'PO-1001',
      requestId: 'cancel-1',
      ...REASON,
    });
    const again = await cancel(REASON);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(test.hub.taken).toHaveLength(2);
    expect((await cancel(REASON, 'cancel-2')).body).toMatchObject({ outcome: 'NOTHING_LEFT' });
  });

  it('with a key that was used is refused: for other lines, for another order, for placing one', async () => {
    await place(SMALL_ORDER);
    await place({ ...SMALL_ORDER, reference: 'PO-1002' }, 'key-2');
    await cancel(REASON);
    const lines = [{ lineReference: '10', quantity: 1 }];
    expect(code(await cancel({ ...REASON, lines }))).toBe('422 idempotency-key-reused');
    const other = { body: REASON, key: 'cancel-1', reference: 'PO-1002' };
    expect(code(await call('post', CANCELLATIONS, other))).toBe('422 idempotency-key-reused');
    expect(code(await cancel(REASON, 'key-1'))).toBe('422 idempotency-key-reused');
  });

  it('of lines that the order does not have is refused and kept', async () => {
    await place(SMALL_ORDER);
    const lines = [
      { lineReference: '10', quantity: 1 },
      { lineReference: '99', quantity: 1 },
    ];
    const answer = await cancel({ ...REASON, lines });
    expect(code(answer)).toBe('422 contract-mismatch');
    expect(pointers(answer)).toEqual(['/lines/1/lineReference']);
    expect(test.hub.refused).toMatchObject([{ message: { topic: 'cancellation' }, reason: 'CONTRACT_MISMATCH' }]);
    expect(test.hub.taken).toHaveLength(1);
  });

  it('that is no JSON is refused and kept as it came', async () => {
    await place(SMALL_ORDER);
    const body = Buffer.from([0x7b, 0xff]);
    expect(code(await cancel(body))).toBe('400 body-not-readable');
    expect(test.hub.refused).toMatchObject([{ message: { body }, reason: 'BODY_NOT_READABLE' }]);
  });

  it('of an order that is not there does not wait for it', async () => {
    expect(code(await cancel(REASON))).toBe('404 unknown-order');
    expect(code(await call('post', CANCELLATIONS, { body: REASON, reference: 'a\u0000' }))).toBe('404 unknown-order');
    expect((await place(SMALL_ORDER)).status).toBe(201);
    expect(test.hub.taken).toHaveLength(1);
  });

  it('needs the scope to write', async () => {
    const reader = await test.token(['orders:read'], ACCOUNT.id);
    expect(code(await call('post', CANCELLATIONS, { body: REASON, token: reader }))).toBe('403 scope-missing');
  });
});

it('nothing else went wrong inside', () => {
  expect(test.log.filter((line) => !line.includes('"code":"COMMIT_QUEUE_FULL"'))).toEqual([]);
});
