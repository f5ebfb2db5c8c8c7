import { createHmac } from 'node:crypto';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChannelConnectors } from '../channel-kit/index.js';
import { Catalog } from '../../process-apis/catalog/index.js';
import {
  Intake,
  ReceivedOrders,
  type InboundMessage,
  type Interpret,
  type IntakeResult,
} from '../../process-apis/intake/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { RefusedReason } from '../../src/model/channel-order.js';
import { SecretSource } from '../../src/platform/config/secret-source.js';
import { CursorStore } from '../../src/platform/db/cursor-store.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { SqlCursorStore } from '../../src/platform/db/sql-cursor-store.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { RejectedSignatures, ShopifyModule } from './index.js';
import { ACCOUNT, FixedSecrets, fixtureBody, toBody } from './spec-support.js';

/** Intake in memory: interprets, keeps all, and knows a message again. */
class MemoryIntake extends Intake {
  readonly kept: { readonly message: InboundMessage; readonly result: IntakeResult }[] = [];
  private interpret: Interpret | undefined;

  register(kind: string, interpret: Interpret): void {
    if (kind === 'shopify') this.interpret = interpret;
  }

  async receive(message: InboundMessage): Promise<IntakeResult> {
    const known = this.kept.find((one) => one.message.messageId === message.messageId);
    if (known !== undefined) return { ...known.result, outcome: 'DUPLICATE' };
    const read = this.interpret?.(message.account, message.topic, message.body);
    if (read === undefined) throw new Error('no interpreter is registered');
    if (read.outcome === 'FACTS') return this.keep(message, { outcome: 'COMMITTED' });
    return this.keep(message, read);
  }

  async keepRefused(message: InboundMessage, reason: RefusedReason, detail: string): Promise<IntakeResult> {
    return this.keep(message, { outcome: 'REFUSED', reason, detail });
  }

  reprocess(): Promise<IntakeResult> {
    throw new Error('nothing is replayed here');
  }

  private keep(
    message: InboundMessage,
    read: Omit<IntakeResult, 'messageId' | 'orders' | 'digestDiffers'>,
  ): IntakeResult {
    const result = { ...read, messageId: `message-${this.kept.length + 1}`, orders: [], digestDiffers: false };
    this.kept.push({ message, result });
    return result;
  }
}

class OneAccount extends Catalog {
  async account(id: string): Promise<ChannelAccount | undefined> {
    return id === ACCOUNT.id ? ACCOUNT : undefined;
  }

  async accountsOfKind(): Promise<readonly ChannelAccount[]> {
    return [ACCOUNT];
  }

  async nodes(): Promise<readonly never[]> {
    return [];
  }
}

@Global()
@Module({
  providers: [
    { provide: Intake, useClass: MemoryIntake },
    { provide: Catalog, useClass: OneAccount },
    { provide: SecretSource, useFactory: () => new FixedSecrets({ HOOK_NEW: 'new-secret', HOOK_OLD: 'old-secret' }) },
    // Of the comparison with the shop, which is not run here: nothing is ever asked of it.
    { provide: PG_POOL, useFactory: () => new pg.Pool({ max: 1 }) },
    { provide: ReceivedOrders, inject: [PG_POOL], useFactory: (pool: pg.Pool) => new ReceivedOrders(pool) },
    { provide: CursorStore, inject: [PG_POOL], useFactory: (pool: pg.Pool) => new SqlCursorStore(pool) },
    ChannelConnectors,
  ],
  exports: [Intake, Catalog, SecretSource, PG_POOL, ReceivedOrders, CursorStore, ChannelConnectors],
})
class HouseModule {}

@Module({ imports: [HouseModule, ShopifyModule] })
class AppModule {}

let app: NestFastifyApplication;
let intake: MemoryIntake;
let rejected: RejectedSignatures;

beforeAll(async () => {
  const adapter = new FastifyAdapter();
  app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, { logger: ['fatal'], bodyParser: false });
  const server = adapter.getInstance();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.useGlobalFilters({
    catch(error: unknown, host) {
      const reply = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
      const problem = error instanceof ProblemError ? error.problem : { status: 500, detail: String(error) };
      reply.status(problem.status).send(problem);
    },
  });
  await app.init();
  intake = app.get<MemoryIntake>(Intake);
  rejected = app.get(RejectedSignatures);
});

beforeEach(() => {
  intake.kept.length = 0;
});

afterAll(() => app.close());

const ORDER = toBody(fixtureBody('doc.2026-04.orders.create.json'));

function sign(body: Buffer, secret = 'new-secret'): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

async function post(body: Buffer, headers: Readonly<Record<string, string | undefined>> = {}, account = ACCOUNT.id) {
  const all: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'x-shopify-topic': 'orders/create',
    'x-shopify-shop-domain': 'example.myshopify.com',
    'x-shopify-hmac-sha256': sign(body),
    'x-shopify-webhook-id': 'webhook-1',
    'x-shopify-event-id': 'event-1',
    ...headers,
  };
  const answer = await app.inject({
    method: 'POST',
    url: `/channels/shopify/${account}/webhooks`,
    headers: Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    payload: body,
  });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

describe('the signature', () => {
  it('of either secret is taken', async () => {
    expect(await post(ORDER)).toMatchObject({ status: 200, body: { outcome: 'COMMITTED' } });
    const old = { 'x-shopify-hmac-sha256': sign(ORDER, 'old-secret'), 'x-shopify-event-id': 'event-2' };
    expect(await post(ORDER, old)).toMatchObject({ status: 200, body: { outcome: 'COMMITTED' } });
  });

  it.each([
    ['of another secret', { 'x-shopify-hmac-sha256': sign(ORDER, 'guess') }],
    ['of another body', { 'x-shopify-hmac-sha256': sign(Buffer.from('{}')) }],
    ['that is not base64', { 'x-shopify-hmac-sha256': '***' }],
    ['that is missing', { 'x-shopify-hmac-sha256': undefined }],
  ])('%s is 401, counted, and nothing is kept', async (_, headers) => {
    const before = rejected.of(ACCOUNT.id);
    expect(await post(ORDER, headers)).toMatchObject({ status: 401, body: { code: 'SIGNATURE_REJECTED' } });
    expect(rejected.of(ACCOUNT.id)).toBe(before + 1);
    expect(rejected.all().get(ACCOUNT.id)).toBe(before + 1);
    expect(intake.kept).toEqual([]);
  });

  it('is over the bytes: one changed byte is 401', async () => {
    const tampered = Buffer.from(ORDER.toString().replace('404.95', '404.94'));
    expect((await post(tampered, { 'x-shopify-hmac-sha256': sign(ORDER) })).status).toBe(401);
  });
});

describe('a webhook', () => {
  it('for an unknown account is 404, for another shop is 404', async () => {
    expect(await post(ORDER, {}, 'nobody')).toMatchObject({ status: 404, body: { code: 'CHANNEL_ACCOUNT_NOT_FOUND' } });
    const other = { 'x-shopify-shop-domain': 'other.myshopify.com' };
    expect(await post(ORDER, other)).toMatchObject({ status: 404, body: { code: 'SHOP_DOMAIN_MISMATCH' } });
  });

  it('that is no JSON is 400 and kept', async () => {
    expect(await post(Buffer.from('{"id": 1'))).toMatchObject({ status: 400, body: { code: 'BODY_NOT_READABLE' } });
    expect(intake.kept).toHaveLength(1);
  });

  it('without a topic, or of one that is none of Shopify’s, is 400 and kept', async () => {
    expect(await post(ORDER, { 'x-shopify-topic': undefined })).toMatchObject({
      status: 400,
      body: { code: 'UNKNOWN_TOPIC' },
    });
    expect(await post(ORDER, { 'x-shopify-topic': 'rockets/launch' })).toMatchObject({ status: 400 });
    expect(intake.kept).toHaveLength(2);
  });

  it('that does not fit the contract is 422 with the place, and kept', async () => {
    const body = toBody({ ...fixtureBody('doc.2026-04.orders.create.json'), line_items: [] });
    expect(await post(body)).toMatchObject({
      status: 422,
      body: { code: 'NO_LINES', errors: [{ pointer: '/line_items' }] },
    });
    expect(intake.kept).toHaveLength(1);
  });

  it('that the hub has no use for is 200', async () => {
    const answer = await post(toBody({ id: 1 }), { 'x-shopify-topic': 'products/delete' });
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'IGNORED' } });
  });

  it('told twice is a duplicate: retried, or by two subscriptions to one event', async () => {
    await post(ORDER);
    expect(await post(ORDER)).toMatchObject({ status: 200, body: { outcome: 'DUPLICATE' } });
    expect(await post(ORDER, { 'x-shopify-webhook-id': 'webhook-2' })).toMatchObject({
      body: { outcome: 'DUPLICATE' },
    });
  });

  it('of one event is no duplicate when the topic or the order differs', async () => {
    await post(ORDER);
    expect(await post(ORDER, { 'x-shopify-topic': 'orders/updated' })).toMatchObject({
      body: { outcome: 'COMMITTED' },
    });
    const other = toBody({ ...fixtureBody('doc.2026-04.orders.create.json'), id: 7 });
    expect(await post(other)).toMatchObject({ body: { outcome: 'COMMITTED' } });
  });
});

Logger.overrideLogger(['fatal']);
