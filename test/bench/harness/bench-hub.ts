import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { HUB_SETTINGS } from '../../../src/hub.settings.js';
import { openHubDatabase, startHub, type RunningHub } from '../../../src/hub.js';
import { EmbeddedIssuer } from '../../../src/platform/auth/embedded-issuer.js';
import { loadConfig } from '../../../src/platform/config/config.js';
import type { ConfigOf } from '../../../src/platform/config/setting.js';
import { generateKeyRing } from '../../../src/platform/crypto/key-ring.js';
import { poolOf } from '../../../src/platform/db/pool.js';
import { JsonLogger } from '../../../src/platform/telemetry/logger.js';
import { Outside } from './outside.js';

const SCOPES = ['orders:read', 'orders:write', 'availability:read', 'graphql:arbitrary'];
const TOKEN_SECONDS = 3_600;

export interface BenchHubOptions {
  readonly databaseUrl: string;
  /** What the hub's process does: `api` alone takes orders and leaves the outside work to others. */
  readonly role: 'api' | 'all';
  /** Fills the database before the hub starts. */
  readonly fill: (pool: Pool, outside: Outside) => Promise<void>;
  /** By their environment names. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A hub in this process with its default settings, and all sandboxes in another one. */
export class BenchHub {
  private constructor(
    readonly hub: RunningHub,
    readonly outside: Outside,
    readonly pool: Pool,
    readonly bearer: string,
    readonly close: () => Promise<void>,
  ) {}

  static async start({ databaseUrl, role, fill, settings }: BenchHubOptions): Promise<BenchHub> {
    const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-bench-'));
    const config = configOf({
      DATABASE_URL: databaseUrl,
      ENTREPOT_DATA_DIR: dataDir,
      ENTREPOT_ROLES: role,
      ...settings,
    });
    const logger = new JsonLogger({ level: config.logLevel, file: join(dataDir, 'hub.log') });
    const database = await openHubDatabase(config, (sentence) => console.error(sentence));
    const outside = await Outside.start();
    const pool = poolOf(database.dataSource);
    await fill(pool, outside);
    const { secrets, systems } = outside;
    const hub = await startHub({ config, dataSource: database.dataSource, logger, secrets, systems });
    const issuer = hub.app.get(EmbeddedIssuer, { strict: false });
    const token = (scopes: readonly string[]): Promise<string> =>
      issuer.issue({ subject: 'bench', scopes, ttlSeconds: TOKEN_SECONDS });
    await outside.connect(hub.url, await token(['channel:notify']));
    return new BenchHub(hub, outside, pool, await token(SCOPES), async () => {
      await hub.close();
      await outside.stop();
      await database.close();
      logger.flush();
      rmSync(dataDir, { recursive: true });
    });
  }
}

function configOf(env: Readonly<Record<string, string>>): ConfigOf<typeof HUB_SETTINGS> {
  const loaded = loadConfig(
    { ENTREPOT_PORT: '0', ENTREPOT_DEMO: 'false', ENTREPOT_ENCRYPTION_KEYS: generateKeyRing('bench'), ...env },
    [],
    HUB_SETTINGS,
  );
  if (loaded.action !== 'run') throw new Error('the settings ask to print something');
  return loaded.config;
}
