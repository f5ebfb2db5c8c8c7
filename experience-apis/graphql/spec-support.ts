import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createClient, type Client, type SubscribePayload } from 'graphql-ws';
import type { Pool } from 'pg';
import request from 'supertest';
import { WebSocket } from 'ws';
import { logSettled } from '../../test/support/log-settled.js';
import { indexOrders } from '../../test/support/index-orders.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { until } from '../../test/support/until.js';
import { Alerts } from '../../process-apis/alerts/index.js';
import { Availability, StockFeeds, StockIntake, StockReader } from '../../process-apis/availability/index.js';
import { Catalog, SqlCatalog } from '../../process-apis/catalog/index.js';
import { Exceptions, PARKED_MS_MAX } from '../../process-apis/exceptions/index.js';
import { SqlIntake, StoredMessages } from '../../process-apis/intake/index.js';
import { FiguresFeed, FlowReader, KpiReader } from '../../process-apis/kpi/index.js';
import { OrderCommit, OrderReader, SlaSettings } from '../../process-apis/orders/index.js';
import { ReplayDesk } from '../../process-apis/replay/index.js';
import { EvidenceReader, MessageRegister, Resolution, StoredMessageDesk } from '../../process-apis/resolution/index.js';
import { SourcingPolicies } from '../../process-apis/sourcing/index.js';
import { AuthModule } from '../../src/platform/auth/auth.module.js';
import { EmbeddedIssuer } from '../../src/platform/auth/embedded-issuer.js';
import { loadConfig, type Config } from '../../src/platform/config/config.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { PLATFORM_SETTINGS } from '../../src/platform/config/platform-settings.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { openDatabase } from '../../src/platform/db/database.js';
import { poolOf } from '../../src/platform/db/pool.js';
import { encodeCursor, EventFeed, isAfter, readLogEnd } from '../../src/platform/event-log/index.js';
import { createHttpApp } from '../../src/platform/http/http-server.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { JsonLogger } from '../../src/platform/telemetry/logger.js';
import { Broadcasts, GraphqlModule } from './index.js';
import { recordProviders } from './records/testing/record-providers.js';

/** Hubs on one database read what the others sealed. */
const KEYS = KeyRing.parse(generateKeyRing('test'));
export const READ = ['orders:read'] as const;

export interface AnsweredError {
  readonly message: string;
  readonly path?: readonly unknown[];
  readonly extensions: { readonly code: string; readonly correlationId?: string };
}

export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly AnsweredError[];
}

export interface TokenWish {
  readonly scopes?: readonly string[];
  readonly channel?: string;
  readonly ttlSeconds?: number;
  readonly subject?: string;
  /** Of a caller that may send trusted documents alone. */
  readonly trustedOnly?: boolean;
}

export interface GraphHub {
  readonly orders: SeededOrders;
  readonly pool: Pool;
  /** Takes messages of channels, so that some can be refused. */
  readonly intake: SqlIntake;
  readonly messages: MessageRegister;
  readonly broadcasts: Broadcasts;
  /** Everything logged so far, one JSON object a line. */
  readonly logged: readonly string[];
  readonly url: string;
  readonly wsUrl: string;
  token(wish?: TokenWish): Promise<string>;
  /** The raw answer; `post` for the body alone. */
  send(query: string, variables?: object, wish?: TokenWish): request.Test;
  post(query: string, variables?: object, wish?: TokenWish): Promise<Answer>;
  /** What orders are found and listed by, as the worker keeps it. */
  index(): Promise<void>;
  connect(wish?: TokenWish): Promise<Client>;
  /** Until so many live subscriptions are there. */
  subscribed(count: number): Promise<void>;
  /** Where the log ends, once all that is committed by now is in it and the feed has told it. */
  logEnd(): Promise<string>;
  /** SQL statements made while the work runs. */
  countStatements(work: () => Promise<unknown>): Promise<readonly string[]>;
  close(): Promise<void>;
}

@Global()
@Module({})
class SeededModule {
  static of(orders: SeededOrders, pool: Pool): DynamicModule {
    const committed = (): void => orders.feed.wake();
    const catalog = new SqlCatalog(pool, committed);
    const { cipher } = orders.commit;
    const exceptions = new Exceptions(pool, committed);
    const stored = new StoredMessages({
      pool,
      orders: orders.commit,
      stock: new StockIntake(pool, committed),
      cipher,
    });
    const register = new MessageRegister(pool, exceptions, PARKED_MS_MAX);
    const messages = new StoredMessageDesk(stored, register);
    const resolution = new Resolution({ pool, exceptions, orders: orders.commit, catalog, messages, committed });
    const providers = [
      { provide: Exceptions, useValue: exceptions },
      { provide: Resolution, useValue: resolution },
      { provide: MessageRegister, useValue: register },
      { provide: EvidenceReader, useValue: new EvidenceReader({ pool, cipher, lookup: orders.reader }) },
      { provide: SqlIntake, useValue: new SqlIntake(pool, orders.commit, cipher, catalog, stored) },
      { provide: PG_POOL, useValue: pool },
      { provide: Availability, useValue: new Availability(pool, catalog, new SourcingPolicies(pool)) },
      { provide: StockReader, useValue: new StockReader(pool) },
      { provide: StockFeeds, useValue: new StockFeeds(pool) },
      { provide: KpiReader, useValue: new KpiReader(pool) },
      { provide: FiguresFeed, useValue: new FiguresFeed(pool, () => undefined) },
      {
        provide: FlowReader,
        useValue: new FlowReader({ pool, backlog: () => Promise.resolve([]), nameOf: (id) => Promise.resolve(id) }),
      },
      { provide: OrderReader, useValue: orders.reader },
      { provide: OrderCommit, useValue: orders.commit },
      { provide: EventFeed, useValue: orders.feed },
      { provide: ReplayDesk, useValue: new ReplayDesk(pool) },
      { provide: Alerts, useValue: new Alerts({ pool, committed }) },
      { provide: SlaSettings, useValue: new SlaSettings(pool) },
      { provide: Catalog, useValue: catalog },
      ...recordProviders(orders, pool, catalog),
    ];
    return { module: SeededModule, providers, exports: providers };
  }
}

@Module({})
class GraphTestModule {}

/** The graph on a real server and a database of its own, or the given one. Settings by their environment names. */
export async function startGraphHub(
  settings: Readonly<Record<string, string>> = {},
  givenDatabase?: TestDatabase,
): Promise<GraphHub> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-graph-'));
  const database = givenDatabase ?? (await createTestDatabase());
  const dataSource = await openDatabase({
    url: database.url,
    applicationName: 'test',
    connectionsMax: 10,
    timeouts: { statementMs: 30_000, idleInTransactionMs: 0, transactionMs: 0 },
    onIdleError: () => undefined,
  });
  const pool = poolOf(dataSource);
  const orders = await SeededOrders.open(pool, KEYS);
  const config = configOf({ ENTREPOT_DATA_DIR: dataDir, ENTREPOT_CONSOLE_DIR: join(dataDir, 'none'), ...settings });
  const logged: string[] = [];
  const logger = new JsonLogger({ level: 'info', stream: { write: (line) => void logged.push(line) } });
  const app = await openApp(config, logger, SeededModule.of(orders, pool));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const token = tokensOf(app.get(EmbeddedIssuer));
  const url = `http://127.0.0.1:${port}`;
  const wsUrl = `ws://127.0.0.1:${port}/graphql`;
  const hub: GraphHub = {
    orders,
    pool,
    intake: app.get(SqlIntake, { strict: false }),
    messages: app.get(MessageRegister, { strict: false }),
    broadcasts: app.get(Broadcasts, { strict: false }),
    logged,
    url,
    wsUrl,
    token,
    send: (query, variables = {}) => request(url).post('/graphql').send({ query, variables }),
    post: async (query, variables = {}, wish = {}) => {
      const answer = await hub.send(query, variables).set('authorization', `Bearer ${await token(wish)}`);
      return answer.body as Answer;
    },
    index: () => indexOrders(pool, orders.commit.cipher),
    connect: async (wish = {}) => {
      const authorization = `Bearer ${await token(wish)}`;
      return createClient({
        url: wsUrl,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { authorization },
      });
    },
    subscribed: (count) => untilSubscribed(hub.broadcasts, count),
    logEnd: () => settledEnd(pool, orders.feed),
    countStatements: (work) => statementsDuring(pool, work),
    close: async () => {
      await app.close();
      await orders.close();
      await dataSource.destroy();
      await database.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
  return hub;
}

function openApp(config: Config, logger: JsonLogger, seeded: DynamicModule): Promise<NestFastifyApplication> {
  const { dataDir } = config;
  const imports = [
    ConfigModule.forRoot({ config }),
    AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir }),
    HttpModule,
    seeded,
    GraphqlModule,
  ];
  return createHttpApp({ module: GraphTestModule, imports }, { bodyLimitBytes: 1024 * 1024, rawPrefixes: [], logger });
}

function tokensOf(issuer: EmbeddedIssuer): GraphHub['token'] {
  return ({ scopes = READ, channel, ttlSeconds = 600, subject = 'tester', trustedOnly = false } = {}) =>
    issuer.issue({
      subject,
      scopes: trustedOnly ? scopes : [...scopes, 'graphql:arbitrary'],
      ttlSeconds,
      ...(channel === undefined ? {} : { channel }),
    });
}

function configOf(settings: Readonly<Record<string, string>>): Config {
  const env = { ENTREPOT_DEMO: 'false', ...settings };
  const loaded = loadConfig(env, [], PLATFORM_SETTINGS);
  if (loaded.action !== 'run') throw new Error('the settings ask to print something');
  return loaded.config;
}

async function untilSubscribed(broadcasts: Broadcasts, count: number): Promise<void> {
  const isSo = (subscribers: number): boolean => subscribers === count;
  await until(() => broadcasts.counts.subscribers, isSo, { what: `${count} subscriptions`, timeoutMs: 20_000 });
}

async function settledEnd(pool: Pool, feed: EventFeed): Promise<string> {
  await logSettled(pool);
  const end = await readLogEnd(pool);
  const told = async (): Promise<boolean> => !isAfter(end, await feed.place());
  await until(told, (isTold) => isTold, { what: 'the feed to tell it', timeoutMs: 20_000 });
  return encodeCursor(end);
}

async function statementsDuring(pool: Pool, work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements: string[] = [];
  const query = pool.query.bind(pool);
  // Counts what goes through the pool; nothing about the statements is changed.
  const counting = (...given: Parameters<typeof query>): unknown => {
    const [first] = given as unknown as [string | { text: string }];
    const text = typeof first === 'string' ? first : first.text;
    // The feed polls by itself, whatever is asked.
    if (!text.includes('event_log') || text.includes('stream_version <=')) statements.push(text);
    return query(...given);
  };
  pool.query = counting as typeof pool.query;
  try {
    await work();
  } finally {
    pool.query = query;
  }
  return statements.filter((text) => !text.includes('pgboss'));
}

/** A root field of an answer without errors. */
export function fieldOf({ data, errors }: Answer, name: string): unknown {
  if (errors !== undefined || data?.[name] === undefined) throw new Error(`no ${name}: ${JSON.stringify(errors)}`);
  return data[name];
}

/** The first results of a subscription, then it is left. Rejects with the errors that refuse it. */
export function take(client: Client, payload: SubscribePayload, count: number): Promise<readonly Answer[]> {
  return new Promise((resolve, reject) => {
    const results: Answer[] = [];
    const leave = client.subscribe(payload, {
      next: (result) => {
        if (results.length < count) results.push(result as Answer);
        if (results.length === count) {
          resolve(results);
          leave();
        }
      },
      error: reject,
      complete: () => resolve(results),
    });
  });
}

/** What an operation over WebSocket is refused with; empty when it is not. Refused before or while it starts: both count. */
export async function refusalOf(client: Client, payload: SubscribePayload): Promise<readonly AnsweredError[]> {
  try {
    const [first] = await take(client, payload, 1);
    return first?.errors ?? [];
  } catch (errors) {
    if (Array.isArray(errors)) return errors as readonly AnsweredError[];
    throw errors;
  }
}
