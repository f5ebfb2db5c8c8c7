import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PUBLIC_ENDPOINT } from '../../../src/platform/auth/auth.decorators.js';
import { isSigned } from './easypost-signature.js';
import { EasyPostController } from './easypost.controller.js';
import { EasyPostInboundCounts, type EasyPostInboundOutcome } from './easypost.counts.js';
import { NEXT_SECRET, RememberingSink, SECRET, startHubEdge } from './testing/spec-support.js';

const BODY = readFileSync(new URL('fixtures/event-body.json', import.meta.url));
const PUBLISHED = JSON.parse(readFileSync(new URL('fixtures/webhook-hmac-fixture.json', import.meta.url), 'utf8')) as {
  readonly webhook: { readonly secret: string; readonly hmac_signature: string };
};
/** The file ends with a line end that was not signed. */
const SIGNED_BODY = BODY.subarray(0, BODY.length - 1);

function signature(body: string | Buffer, secret = SECRET): string {
  const key = Buffer.from(secret.normalize('NFKD'), 'utf8');
  return `hmac-sha256-hex=${createHmac('sha256', key).update(body).digest('hex')}`;
}

describe('the signature of an event', () => {
  const { secret, hmac_signature: published } = PUBLISHED.webhook;

  it('is the one that EasyPost publishes for its own libraries, byte for byte', () => {
    expect(isSigned(SIGNED_BODY, published, [secret])).toBe(true);
    expect(isSigned(SIGNED_BODY, published, ['another', secret])).toBe(true);
  });

  it.each([
    ['another body', BODY, published, [secret]],
    ['another secret', SIGNED_BODY, published, ['another']],
    ['no secret', SIGNED_BODY, published, []],
    ['no signature', SIGNED_BODY, undefined, [secret]],
    ['half a signature', SIGNED_BODY, published.slice(0, 40), [secret]],
    ['the bare digest', SIGNED_BODY, published.slice('hmac-sha256-hex='.length), [secret]],
    ['another digest', SIGNED_BODY, published.replace(/.$/, 'c'), [secret]],
  ])('does not fit %s', (_what, body, given, secrets) => {
    expect(isSigned(body, given, secrets)).toBe(false);
  });
});

describe('POST /carriers/easypost/events', () => {
  const sink = new RememberingSink();
  let app: NestFastifyApplication;
  let url: string;
  let before: Readonly<Record<EasyPostInboundOutcome, number>>;

  beforeAll(async () => {
    ({ app, url } = await startHubEdge(sink, 'http://127.0.0.1:1'));
  });
  beforeEach(() => {
    sink.readings.length = 0;
    before = app.get(EasyPostInboundCounts).all();
  });
  afterAll(() => app.close());

  const counted = (outcome: EasyPostInboundOutcome): number =>
    app.get(EasyPostInboundCounts).all()[outcome] - before[outcome];

  const post = (body: string | Buffer, given: string | undefined): Promise<Response> =>
    fetch(`${url}/carriers/easypost/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(given === undefined ? {} : { 'x-hmac-signature': given }) },
      body: Buffer.from(body),
    });

  it('is open to callers without a token, and says what guards it', () => {
    const receive = Object.getOwnPropertyDescriptor(EasyPostController.prototype, 'receive')?.value as object;
    expect(Reflect.getMetadata(PUBLIC_ENDPOINT, receive)).toMatch(/X-Hmac-Signature/);
  });

  it.each([SECRET, NEXT_SECRET])('takes an event that either secret signed', async (secret) => {
    expect((await post(BODY, signature(BODY, secret))).status).toBe(200);
    expect(sink.readings).toMatchObject([
      { outcome: 'NEWS', id: 'evt_1', state: { trackerId: 'trk_1', news: { status: 'IN_TRANSIT' } } },
    ]);
    expect(counted('NEWS')).toBe(1);
  });

  it('does not answer 2xx when the fact was not committed', async () => {
    sink.failure = new Error('the database is away');
    expect((await post(BODY, signature(BODY))).status).toBe(500);
    expect(counted('NEWS')).toBe(0);
    expect((await post(BODY, signature(BODY))).status).toBe(200);
  });

  it.each([undefined, '', signature(BODY, 'another'), signature('another body')])(
    'refuses what is not signed',
    async (given) => {
      const answer = await post(BODY, given);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ code: 'SIGNATURE_NOT_VALID' });
      expect(sink.readings).toEqual([]);
      expect(counted('NOT_SIGNED')).toBe(1);
    },
  );

  it('leaves alone what is not of a tracker', async () => {
    const body = JSON.stringify({ id: 'evt_2', object: 'Event', description: 'batch.created', result: {} });
    expect((await post(body, signature(body))).status).toBe(200);
    expect(sink.states).toEqual([]);
    expect(counted('IGNORED')).toBe(1);
  });

  it.each([
    ['<html>', 'BODY_NOT_READABLE'],
    ['{"object": "Event"}', 'CONTRACT_MISMATCH'],
  ] as const)('answers 200 for %s, which is kept: nobody at EasyPost reads another answer', async (body, reason) => {
    expect((await post(body, signature(body))).status).toBe(200);
    expect(sink.readings).toMatchObject([{ outcome: 'REFUSED', reason }]);
    expect(counted(reason)).toBe(1);
  });
});
