import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { seed } from '../../src/demo/seed.js';
import { startWorld } from '../../src/demo/world.js';
import { PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { HUB_SETTINGS } from '../../src/hub.settings.js';
import { openHubDatabase, startHub } from '../../src/hub.js';
import { EmbeddedIssuer } from '../../src/platform/auth/embedded-issuer.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { generateKeyRing } from '../../src/platform/crypto/key-ring.js';
import { poolOf } from '../../src/platform/db/pool.js';
import { JsonLogger } from '../../src/platform/telemetry/logger.js';
import { serveParent } from '../bench/harness/helper-process.js';
import { edgesOf } from '../support/hub-edges.js';
import { BOTH_NODES, placeOrders } from '../support/place-orders.js';
import { routesOf } from '../support/routes.js';
import type { FuzzedHub } from './target.js';

const OPENING_UNITS = 1_000_000;
const ORDERS = 6;
const TOKEN_SECONDS = 24 * 3_600;
/** Everything that a token may say: what the fuzz is not let into it does not try. */
const SCOPES = [
  'orders:read',
  'orders:write',
  'pii:read',
  'operations:read',
  'operations:write',
  'graphql:introspect',
  'graphql:arbitrary',
  'availability:read',
  'availability:reserve',
  'stock:read',
  'stock:write',
  'channel:notify',
  'exceptions:read',
  'kpi:read',
  'exceptions:resolve',
  'replay:run',
  'policies:read',
  'policies:write',
  'audit:read',
  'metrics:read',
] as const;

let close: () => Promise<void> = () => Promise.resolve();

/** The whole hub with all sandboxes, started as `main` does. Some orders are placed and lie with the warehouse. */
async function start({ databaseUrl, logFile }: { databaseUrl: string; logFile: string }): Promise<FuzzedHub> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-fuzz-'));
  const logger = new JsonLogger({ level: 'warn', file: logFile });
  const loaded = loadConfig(
    {
      DATABASE_URL: databaseUrl,
      ENTREPOT_DATA_DIR: dataDir,
      ENTREPOT_PORT: '0',
      ENTREPOT_DEMO: 'false',
      ENTREPOT_ENCRYPTION_KEYS: generateKeyRing('fuzz'),
    },
    [],
    HUB_SETTINGS,
  );
  if (loaded.action !== 'run') throw new Error('the settings ask to print something');
  const { config } = loaded;
  const database = await openHubDatabase(config, (sentence) => logger.warn(sentence));
  const world = await startWorld({ openingUnits: OPENING_UNITS, sap: { decisionDelayMs: 50, billingDelayMs: 50 } });
  await seed(poolOf(database.dataSource), world.accounts, OPENING_UNITS);
  const { secrets, systems } = world;
  const hub = await startHub({ config, dataSource: database.dataSource, logger, secrets, systems });
  close = async () => {
    await hub.close();
    await world.close();
    await database.close();
    rmSync(dataDir, { recursive: true });
  };
  const issuer = hub.app.get(EmbeddedIssuer, { strict: false });
  const bearer = await issuer.issue({ subject: 'fuzz', scopes: SCOPES, ttlSeconds: TOKEN_SECONDS });
  world.connect(hub.url, bearer);
  world.wms.pause();
  const placed = await placeReleased(placeOrders(world, hub.url, bearer), hub.url, bearer);
  const { data } = await edgesOf(hub.url, bearer).graphql(getIntrospectionQuery());
  return { url: hub.url, routes: routesOf(hub.app), bearer, secrets: world.secretValues, schema: data, ...placed };
}

async function placeReleased(
  placing: ReturnType<typeof placeOrders>,
  url: string,
  bearer: string,
): Promise<Pick<FuzzedHub, 'orders' | 'work'>> {
  const edges = edgesOf(url, bearer);
  const orders: FuzzedHub['orders'][number][] = [];
  const work: FuzzedHub['work'][number][] = [];
  for (let n = 0; n < ORDERS; n += 1) {
    const reference = await placing.placePartner([{ sku: BOTH_NODES, quantity: 3 }]);
    const { id, lines, fulfillmentOrders } = await edges.waitForOrder(PARTNER_ACCOUNT, reference, (order) =>
      order.fulfillmentOrders.some(({ status }) => status === 'RELEASED'),
    );
    orders.push({ id, channel: PARTNER_ACCOUNT, reference });
    for (const { id: fulfillmentOrderId } of fulfillmentOrders)
      for (const line of lines) work.push({ fulfillmentOrderId, lineId: line.id, quantity: 1 });
  }
  return { orders, work };
}

/** Bytes that the process holds. That it answers shows that it still takes turns. */
function memory(): { readonly rss: number } {
  return { rss: process.memoryUsage.rss() };
}

serveParent({ start, memory, stop: () => close() });
