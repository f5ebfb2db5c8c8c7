import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { seed } from '../../src/demo/seed.js';
import { startWorld, type World, type WorldOptions } from '../../src/demo/world.js';
import { HUB_SETTINGS } from '../../src/hub.settings.js';
import { openHubDatabase, startHub, type RunningHub } from '../../src/hub.js';
import { EmbeddedIssuer } from '../../src/platform/auth/embedded-issuer.js';
import { loadConfig } from '../../src/platform/config/config.js';
import type { ConfigOf } from '../../src/platform/config/setting.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { poolOf } from '../../src/platform/db/pool.js';
import { generateKeyRing } from '../../src/platform/crypto/key-ring.js';
import { JsonLogger } from '../../src/platform/telemetry/logger.js';
import { edgesOf, type HubEdges } from './hub-edges.js';
import { placeOrders, type OrderPlacing } from './place-orders.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** What people who run the hub may do. */
export const OPERATOR = [
  'orders:read',
  'orders:write',
  'pii:read',
  'operations:read',
  'operations:write',
  'graphql:introspect',
] as const;

const QUICK = { pickMs: 30, packMs: 30, shipMs: 30 } as const;
const ALL_WHOLE = { partialShipments: 0, severalPackages: 0, shortPicks: 0, rejections: 0 } as const;
const TOKEN_SECONDS = 900;

export interface HubUnderTestOptions {
  /** Units of each item at each node that keeps it. */
  readonly openingUnits?: number;
  /** Without it each release ships at once in one package. */
  readonly variation?: NonNullable<WorldOptions['wms']>['variation'];
  readonly sap?: WorldOptions['sap'];
  /** Who watches parcels; absent: nobody. */
  readonly carrier?: NonNullable<WorldOptions['carrier']>;
  /** Where alerts are told; absent: to nobody outside. */
  readonly alertsTo?: string;
  /** Settings by their environment names. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Of the test's own, where the server itself is to be ended; else one on the run's server. */
  readonly database?: TestDatabase;
}

/** The whole hub with everything outside it, reached as others reach it: over HTTP and WebSocket. */
export interface HubUnderTest extends OrderPlacing, HubEdges {
  readonly hub: RunningHub;
  readonly world: World;
  readonly pool: Pool;
  /** Of an operator. */
  readonly bearer: string;
  /** Everything logged so far, one JSON object a line. */
  readonly logged: readonly string[];
  token(scopes: readonly string[], channel?: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts everything outside and the hub on a database of its own. */
export async function startHubUnderTest(options: HubUnderTestOptions = {}): Promise<HubUnderTest> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-e2e-'));
  const testDatabase = options.database ?? (await createTestDatabase());
  const config = configOf({ DATABASE_URL: testDatabase.url, ENTREPOT_DATA_DIR: dataDir, ...options.settings });
  const logged: string[] = [];
  const logger = new JsonLogger({ level: 'info', stream: { write: (line) => void logged.push(line) } });
  const database = await openHubDatabase(config, (sentence) => logger.warn(sentence));
  const openingUnits = options.openingUnits ?? 1_000;
  const world = await startWorld({
    openingUnits,
    wms: { ...QUICK, variation: { ...ALL_WHOLE, ...options.variation } },
    sap: { decisionDelayMs: 50, billingDelayMs: 50, ...options.sap },
    ...(options.carrier === undefined ? {} : { carrier: options.carrier }),
    ...(options.alertsTo === undefined ? {} : { alertsTo: options.alertsTo }),
  });
  const { secrets, systems } = world;

  const { dataSource } = database;
  await seed(poolOf(dataSource), world.accounts, openingUnits);
  const hub = await startHub({ config, dataSource, logger, secrets, systems });
  const issuer = hub.app.get(EmbeddedIssuer, { strict: false });
  const token = (scopes: readonly string[], channel?: string): Promise<string> =>
    issuer.issue({
      subject: 'e2e',
      // Tests ask what no client was built to ask.
      scopes: [...scopes, 'graphql:arbitrary'],
      ttlSeconds: TOKEN_SECONDS,
      ...(channel === undefined ? {} : { channel }),
    });
  world.connect(hub.url, await token(['channel:notify']));
  const bearer = await token(OPERATOR);
  const edges = edgesOf(hub.url, bearer);
  return {
    hub,
    world,
    bearer,
    logged,
    token,
    ...edges,
    ...placeOrders(world, hub.url, bearer),
    pool: hub.app.get<Pool>(PG_POOL),
    close: async () => {
      await hub.close();
      await world.close();
      await database.close();
      await testDatabase.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

function configOf(env: Readonly<Record<string, string>>): ConfigOf<typeof HUB_SETTINGS> {
  const defaults = {
    ENTREPOT_PORT: '0',
    ENTREPOT_DEMO: 'false',
    ENTREPOT_ENCRYPTION_KEYS: generateKeyRing('test'),
    ENTREPOT_SHUTDOWN_TIMEOUT_MS: '3000',
  };
  const loaded = loadConfig({ ...defaults, ...env }, [], HUB_SETTINGS);
  if (loaded.action !== 'run') throw new Error('the settings ask to print something');
  return loaded.config;
}
