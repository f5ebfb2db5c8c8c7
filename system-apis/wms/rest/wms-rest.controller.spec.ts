import { createHmac } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PUBLIC_ENDPOINT } from '../../../src/platform/auth/auth.decorators.js';
import { WmsInboundCounts, type InboundOutcome } from './inbound-counts.js';
import { NEXT_SECRET, RememberingSink, SECRET, SpecSecrets, startHubEdge } from './testing/spec-support.js';
import { WebhookVerifier } from './webhook-verifier.js';
import { WmsRestController } from './wms-rest.controller.js';

const picked = {
  id: 'WR-1-1',
  type: 'fulfillment.picked',
  occurredAt: '2026-01-01T10:40:00Z',
  fulfillmentOrderId: 'fo-1',
  lines: [{ lineId: 'l-1', quantity: 2 }],
};
const at0 = '2026-01-01T10:40:00Z';
const GOOD = JSON.stringify({ events: [picked] });
const now = (): number => Math.floor(Date.now() / 1000);

/** Signed here by hand, as the specification says, so that the library is not checked against itself. */
function signature(secret: string, id: string, timestamp: number, body: string | Buffer): string {
  const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
  return `v1,${hmac.update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

describe('POST /wms/v1/events', () => {
  const sink = new RememberingSink();
  let app: NestFastifyApplication;
  let url: string;
  let before: Readonly<Record<InboundOutcome, number>>;

  beforeAll(async () => {
    ({ app, url } = await startHubEdge(sink, 'http://127.0.0.1:1'));
  });
  beforeEach(() => {
    sink.facts.length = 0;
    sink.refused.length = 0;
    before = app.get(WmsInboundCounts).all();
  });
  afterAll(() => app.close());

  const counted = (outcome: InboundOutcome): number => app.get(WmsInboundCounts).all()[outcome] - before[outcome];

  const post = (body: string | Buffer, headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/wms/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.from(body),
    });

  const signed = (body: string | Buffer, secret = SECRET, timestamp = now()): Promise<Response> =>
    post(body, {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature(secret, 'msg_1', timestamp, body),
    });

  it('is open to callers without a token, and says what guards it', () => {
    const receive = Object.getOwnPropertyDescriptor(WmsRestController.prototype, 'receive')?.value as object;
    expect(Reflect.getMetadata(PUBLIC_ENDPOINT, receive)).toMatch(/Standard Webhooks/);
  });

  it('takes a signed batch and answers 204', async () => {
    expect((await signed(GOOD)).status).toBe(204);
    expect(sink.facts).toMatchObject([{ id: 'WR-1-1', kind: 'PICKED', occurredAt: '2026-01-01T10:40:00.000Z' }]);
    expect([...sink.sources]).toEqual(['wms']);
    expect(counted('TAKEN')).toBe(1);
  });

  it('takes the second secret during a rotation, and one good signature among several', async () => {
    expect((await signed(GOOD, NEXT_SECRET)).status).toBe(204);
    const at = now();
    const several = `v1a,AAAA v1,AAAA v1 ${signature(SECRET, 'm', at, GOOD)}`;
    const headers = { 'webhook-id': 'm', 'webhook-timestamp': String(at), 'webhook-signature': several };
    expect((await post(GOOD, headers)).status).toBe(204);
  });

  it('takes serials of cases, of which it cannot know the number', async () => {
    const cases = stock('stock.received', { unit: 'CASE', serials: ['a', 'b'] });
    expect((await signed(JSON.stringify({ events: [cases] }))).status).toBe(204);
    expect(sink.facts).toMatchObject([{ kind: 'STOCK_RECEIVED', unit: 'CASE', serials: ['a', 'b'] }]);
  });

  it('does not answer 204 when the facts were not committed', async () => {
    sink.failure = new Error('the database is away');
    expect((await signed(GOOD)).status).toBe(500);
    expect(counted('TAKEN')).toBe(0);
    expect((await signed(GOOD)).status).toBe(204);
  });

  const at = now();
  const good = {
    'webhook-id': 'm',
    'webhook-timestamp': String(at),
    'webhook-signature': signature(SECRET, 'm', at, GOOD),
  };
  const { 'webhook-id': _id, ...withoutId } = good;
  const { 'webhook-signature': _signature, ...withoutSignature } = good;
  it.each([
    ['no headers', GOOD, {}],
    ['no signature', GOOD, withoutSignature],
    ['no id', GOOD, withoutId],
    ['another secret', GOOD, { ...good, 'webhook-signature': signature('whsec_AAAA', 'm', at, GOOD) }],
    ['another body', GOOD.replace('"quantity":2', '"quantity":3'), good],
    ['another id', GOOD, { ...good, 'webhook-id': 'n' }],
    ['another time', GOOD, { ...good, 'webhook-timestamp': String(at + 1) }],
    ['a time that is none', GOOD, { ...good, 'webhook-timestamp': 'soon' }],
    ['half a signature', GOOD, { ...good, 'webhook-signature': good['webhook-signature'].slice(0, 20) }],
    ['another version', GOOD, { ...good, 'webhook-signature': good['webhook-signature'].replace('v1', 'v2') }],
  ])('refuses %s with 401, counts it and keeps nothing', async (_, body, headers) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'SIGNATURE_NOT_VALID' });
    expect(counted('NOT_SIGNED')).toBe(1);
    expect(sink.facts).toEqual([]);
    expect(sink.refused).toEqual([]);
  });

  it('refuses a message that was signed more than five minutes away', async () => {
    expect((await signed(GOOD, SECRET, now() - 310)).status).toBe(401);
    expect((await signed(GOOD, SECRET, now() + 310)).status).toBe(401);
    expect((await signed(GOOD, SECRET, now() - 280)).status).toBe(204);
  });

  it.each([
    ['not JSON', '{"events":['],
    ['empty', ''],
  ])('refuses a body that is %s with 400 and keeps it', async (_, body) => {
    const answer = await signed(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'BODY_NOT_READABLE' });
    expect(sink.refused).toEqual([{ source: 'wms', messageId: 'msg_1', body, reason: 'BODY_NOT_READABLE' }]);
    expect(counted('NOT_READABLE')).toBe(1);
  });

  it('never takes a body that is not UTF-8', async () => {
    const body = Buffer.from(GOOD.replace('WR-1-1', 'WR-\u00e4'), 'latin1');
    expect((await signed(body)).status).toBe(401);
    // The library signs the decoded text, so this one is signed in its eyes.
    const decoded = signature(SECRET, 'msg_1', now(), body.toString());
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(now()), 'webhook-signature': decoded };
    expect((await post(body, headers)).status).toBe(400);
    expect(sink.facts).toEqual([]);
  });

  it.each([
    ['no events', {}, ['/events']],
    ['no event', { events: [] }, ['/events']],
    ['too many events', { events: Array.from({ length: 101 }, () => picked) }, ['/events']],
    ['an unknown type', { events: [picked, { ...picked, type: 'fulfillment.lost' }] }, ['/events/1/type']],
    ['a local time', { events: [{ ...picked, occurredAt: '2026-01-01T10:40:00' }] }, ['/events/0/occurredAt']],
    ['a time without seconds', { events: [{ ...picked, occurredAt: '2026-01-01T10:40Z' }] }, ['/events/0/occurredAt']],
    ['a day that is none', { events: [{ ...picked, occurredAt: '2026-02-30T10:40:00Z' }] }, ['/events/0/occurredAt']],
    ['NUL in an id', { events: [{ ...picked, id: 'a\u0000' }] }, ['/events/0/id']],
    ['a lone surrogate', { events: [{ ...picked, id: '\ud800' }] }, ['/events/0/id']],
    [
      'two mistakes',
      { events: [picked, { ...picked, id: 7, lines: [{ lineId: 'l', quantity: 0 }] }] },
      ['/events/1/id', '/events/1/lines/0/quantity'],
    ],
    [
      'a part of a unit',
      { events: [{ ...picked, lines: [{ lineId: 'l', quantity: 1.5 }] }] },
      ['/events/0/lines/0/quantity'],
    ],
    [
      'more serials than units',
      { events: [shippedWith({ serials: ['a', 'b'] })] },
      ['/events/0/packages/0/items/0/serials'],
    ],
    [
      'a link that runs code',
      { events: [shippedWith({}, 'javascript:alert(1)')] },
      ['/events/0/packages/0/trackingUrl'],
    ],
    ['a change of nothing', { events: [stock('stock.adjusted', { quantity: 0 })] }, ['/events/0/quantity']],
    ['an expiry with a time', { events: [stock('stock.received', { expiresOn: at0 })] }, ['/events/0/expiresOn']],
    ['a sequence of 0', { events: [stock('stock.held', { sequence: 0 })] }, ['/events/0/sequence']],
    ['more serials than were held', { events: [stock('stock.held', { serials: ['a', 'b'] })] }, ['/events/0/serials']],
    [
      'a transfer to nowhere',
      { events: [stock('transfer.shipped', {})] },
      ['/events/0/document', '/events/0/otherNode'],
    ],
    [
      'a transfer to where it was',
      { events: [stock('transfer.shipped', { document: 'TO-1', otherNode: 'DC' })] },
      ['/events/0/otherNode'],
    ],
    [
      'units announced for no time',
      { events: [stock('stock.announced', { document: 'PO-1' })] },
      ['/events/0/expectedAt'],
    ],
    ['no object', [], ['']],
  ])('refuses %s with 422 and a pointer, takes nothing and keeps the body', async (_, batch, pointers) => {
    const body = JSON.stringify(batch);
    const answer = await signed(body);
    expect(answer.status).toBe(422);
    const problem = (await answer.json()) as { code: string; errors: { pointer: string }[] };
    expect(problem.code).toBe('CONTRACT_MISMATCH');
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(sink.facts).toEqual([]);
    expect(sink.refused).toMatchObject([{ messageId: 'msg_1', body }]);
    expect(sink.refused[0]?.reason).toContain(pointers[0]);
    expect(counted('NOT_IN_CONTRACT')).toBe(1);
  });

  it('names no value of the body in what it says', async () => {
    const answer = await signed(JSON.stringify({ events: [{ ...picked, occurredAt: 'Erika', type: 'Example' }] }));
    expect(await answer.text()).not.toMatch(/Erika|Example/);
    expect(sink.refused[0]?.reason).not.toMatch(/Erika|Example/);
  });
});

describe('WebhookVerifier', () => {
  const settings = { url: 'http://127.0.0.1:1', tokenSecret: 'T', webhookSecrets: ['W'], timeoutMs: 1_000 };
  it.each(['whsec_', 'whsec_***', 'plain'])('does not start with the secret %s, and does not say it', (secret) => {
    expect(() => new WebhookVerifier(settings, new SpecSecrets({ W: secret }))).toThrow(/the secret W must/);
  });

  it('does not start with a secret that is not there', () => {
    expect(() => new WebhookVerifier(settings, new SpecSecrets({}))).toThrow(/W is not set/);
  });
});

function stock(type: string, more: object): object {
  return { id: 'S-1', type, occurredAt: at0, sku: 'TEE', node: 'DC', quantity: 1, ...more };
}

function shippedWith(item: object, trackingUrl = 'https://example.com'): object {
  const items = [{ lineId: 'l', quantity: 1, ...item }];
  const packages = [{ reference: 'p', carrier: 'UPS', trackingNumber: '1', trackingUrl, items }];
  return { ...picked, type: 'fulfillment.shipped', shipmentReference: 's', packages };
}
