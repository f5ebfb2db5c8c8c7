import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../src/platform/db/migrate.js';
import { encodeCursor, LOG_START } from '../../src/platform/event-log/index.js';
import { startRestartablePostgres, type RestartablePostgres } from '../../test/support/restartable-postgres.js';
import { until } from '../../test/support/until.js';
import { refusalOf, startGraphHub, take, type GraphHub } from './spec-support.js';

const AWAY_MS = 3_000;
const TIMEOUT_MS = 60_000;
const ORDERS = '{ orders(first: 1) { edges { node { reference } } } }';
const CHANGES = `subscription { orderChanged(after: "${encodeCursor(LOG_START)}") { event { type } } }`;

let postgres: RestartablePostgres;
let hub: GraphHub;

beforeAll(async () => {
  postgres = await startRestartablePostgres();
  await migrate(postgres.url);
  hub = await startGraphHub({}, { url: postgres.url, drop: () => postgres.remove() });
  await hub.orders.accept('shop-eu', ['D-1']);
}, TIMEOUT_MS);

afterAll(() => hub.close(), TIMEOUT_MS);

it(
  'a database that is away is told as such, over HTTP and WebSocket, and nothing else changes',
  async () => {
    const bearer = `Bearer ${await hub.token()}`;
    const ask = () => hub.send(ORDERS).set('authorization', bearer).set('x-correlation-id', 'case-database-down');
    expect((await ask()).status).toBe(200);
    const client = await hub.connect();
    const back = postgres.restart('IMMEDIATE', AWAY_MS);
    const refused = await until(ask, ({ status }) => status !== 200, { what: 'the outage', timeoutMs: 30_000 });
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('5');
    expect(refused.body).toMatchObject({
      errors: [
        {
          message: expect.stringContaining('database') as string,
          extensions: { code: 'SERVICE_UNAVAILABLE', correlationId: 'case-database-down', retryAfterSeconds: 5 },
        },
      ],
    });
    expect(await refusalOf(client, { query: CHANGES })).toMatchObject([
      {
        extensions: {
          code: 'SERVICE_UNAVAILABLE',
          correlationId: expect.any(String) as string,
          retryAfterSeconds: 5,
          cursor: encodeCursor(LOG_START),
        },
      },
    ]);
    await back;
    await until(ask, ({ status }) => status === 200, { what: 'answers again', timeoutMs: 30_000 });
    expect(await take(client, { query: CHANGES }, 3)).toHaveLength(3);
    await client.dispose();
  },
  TIMEOUT_MS,
);
