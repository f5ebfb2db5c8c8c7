import type { Pool } from 'pg';
import type { World } from '../../src/demo/world.js';
import { HUB_SETTINGS } from '../../src/hub.settings.js';
import { openHubDatabase, startHub } from '../../src/hub.js';
import { EmbeddedIssuer } from '../../src/platform/auth/embedded-issuer.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { JsonLogger } from '../../src/platform/telemetry/logger.js';
import { edgesOf, type HubEdges } from './hub-edges.js';
import { OPERATOR } from './hub-under-test.js';
import { placeOrders, type OrderPlacing } from './place-orders.js';

/** A hub over a database and an outside that it does not own: both may be there before it and after it. */
export interface HubOnDatabase extends OrderPlacing, HubEdges {
  readonly pool: Pool;
  /** Of an operator. */
  readonly bearer: string;
  /** Everything logged so far, one JSON object a line. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

export interface HubOnDatabaseOptions {
  readonly world: World;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly keys: string;
}

/** Starts a hub; from now on the outside reaches this one. */
export async function startHubOnDatabase({
  world,
  databaseUrl,
  dataDir,
  keys,
}: HubOnDatabaseOptions): Promise<HubOnDatabase> {
  const env = {
    DATABASE_URL: databaseUrl,
    ENTREPOT_DATA_DIR: dataDir,
    ENTREPOT_ENCRYPTION_KEYS: keys,
    ENTREPOT_PORT: '0',
    ENTREPOT_DEMO: 'false',
    ENTREPOT_SHUTDOWN_TIMEOUT_MS: '1000',
  };
  const loaded = loadConfig(env, [], HUB_SETTINGS);
  if (loaded.action !== 'run') throw new Error('the settings ask to print something');
  const logged: string[] = [];
  const logger = new JsonLogger({ level: 'info', stream: { write: (line) => void logged.push(line) } });
  const database = await openHubDatabase(loaded.config, (sentence) => logger.warn(sentence));
  const { secrets, systems } = world;
  const hub = await startHub({ config: loaded.config, dataSource: database.dataSource, logger, secrets, systems });
  const issuer = hub.app.get(EmbeddedIssuer, { strict: false });
  const token = (scopes: readonly string[]): Promise<string> =>
    issuer.issue({ subject: 'e2e', scopes: [...scopes, 'graphql:arbitrary'], ttlSeconds: 900 });
  world.connect(hub.url, await token(['channel:notify']));
  const bearer = await token(OPERATOR);
  return {
    ...edgesOf(hub.url, bearer),
    ...placeOrders(world, hub.url, bearer),
    pool: hub.app.get<Pool>(PG_POOL),
    logged,
    bearer,
    close: async () => {
      await hub.close();
      await database.close();
    },
  };
}
