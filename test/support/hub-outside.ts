import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg, { type Pool } from 'pg';
import { seed } from '../../src/demo/seed.js';
import { startWorld, type World, type WorldOptions } from '../../src/demo/world.js';
import { EmbeddedIssuer } from '../../src/platform/auth/embedded-issuer.js';
import { generateKeyRing } from '../../src/platform/crypto/key-ring.js';
import { freePort, HubProcess } from './hub-process.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

const ISSUER = 'urn:entrepot:embedded-issuer';
const AUDIENCE = 'entrepot';
/** Longer than any run. */
const TOKEN_SECONDS = 24 * 3_600;

export interface HubProcesses {
  readonly world: World;
  /** The test's own connections to the hub's database. */
  readonly pool: Pool;
  readonly processes: readonly HubProcess[];
  /** Of an operator; each process takes it. */
  readonly bearer: string;
  /** From now on channels and warehouse reach the hub there. */
  connectTo(url: string): void;
  /** Kills what still runs, and deletes all of it. */
  close(): Promise<void>;
}

/**
 * Hub processes that are not started yet, over one database and one data directory, with everything outside them in
 * the test's process: the outside goes on when they are killed.
 */
export async function prepareHubProcesses(
  count: number,
  openingUnits: number,
  options: WorldOptions & { readonly database?: TestDatabase },
): Promise<HubProcesses> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-chaos-'));
  const database = options.database ?? (await createTestDatabase());
  const pool = new pg.Pool({ connectionString: database.url, max: 4, pipeline: true });
  // The database is dropped, and may be restarted, under connections that are open.
  pool.on('error', () => undefined);
  const world = await startWorld({ openingUnits, ...options });
  await seed(pool, world.accounts, openingUnits);
  const env = environment(world, database.url, dataDir);
  const processes = await Promise.all(
    Array.from(
      { length: count },
      async (_, index) => new HubProcess(await freePort(), env, join(dataDir, `hub-${index + 1}.log`)),
    ),
  );
  // Opened before the processes start: they find its key in the data directory, and take its tokens.
  mkdirSync(dataDir, { recursive: true });
  const issuer = await EmbeddedIssuer.open(dataDir, ISSUER, AUDIENCE);
  const token = (...scopes: readonly string[]): Promise<string> =>
    issuer.issue({ subject: 'chaos', scopes, ttlSeconds: TOKEN_SECONDS });
  const notifier = await token('channel:notify');
  world.connect(processes[0]?.url ?? '', notifier);
  return {
    world,
    pool,
    processes,
    bearer: await token('orders:read', 'orders:write', 'pii:read', 'graphql:arbitrary'),
    connectTo: (url) => world.connect(url, notifier),
    close: async () => {
      await Promise.all(processes.map((hub) => hub.kill()));
      await world.close();
      await pool.end();
      await database.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

function environment(world: World, databaseUrl: string, dataDir: string): Readonly<Record<string, string>> {
  const systemsFile = join(dataDir, 'systems.json');
  writeFileSync(systemsFile, JSON.stringify(world.systemSections));
  const secrets = Object.entries(world.secretValues).map(([name, value]) => [`ENTREPOT_SECRET_${name}`, value]);
  return {
    ...(Object.fromEntries(secrets) as Record<string, string>),
    DATABASE_URL: databaseUrl,
    ENTREPOT_SYSTEMS_FILE: systemsFile,
    ENTREPOT_ENCRYPTION_KEYS: generateKeyRing('chaos'),
    ENTREPOT_DATA_DIR: dataDir,
    ENTREPOT_LOG_LEVEL: 'warn',
  };
}
