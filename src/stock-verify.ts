import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import {
  CHECK_SAYS,
  DIFFERENCES_MAX,
  proveStock,
  type CheckedStock,
  type StockDifference,
  type StockProof,
} from '../process-apis/availability/index.js';
import { HUB_SETTINGS } from './hub.settings.js';
import { ConfigError } from './platform/config/config-error.js';
import { loadConfig, type Config } from './platform/config/config.js';
import {
  DatabaseUnreachableError,
  DatabaseVersionError,
  requireServerVersion,
  SERVER_VERSION_MIN,
} from './platform/db/database.js';
import { EmbeddedPostgresError, findEmbeddedPostgres, startEmbeddedPostgres } from './platform/db/embedded-postgres.js';

const DIFFERS = 1;
const CANNOT_SAY = 2;
const UNDEFINED_TABLE = '42P01';
const UNDEFINED_COLUMN = '42703';
const SAID_IN_A_SENTENCE = [DatabaseUnreachableError, DatabaseVersionError, EmbeddedPostgresError] as const;

/** Proves the stock of the whole database and tells every difference. Reads only; the hub may go on meanwhile. */
async function main(): Promise<number> {
  const loaded = loadConfig(process.env, process.argv.slice(2), HUB_SETTINGS);
  if (loaded.action === 'print') {
    console.log(loaded.text);
    return 0;
  }
  const database = await openStored(loaded.config);
  const pool = new pg.Pool({ connectionString: database.url, max: 1, application_name: 'entrepot stock:verify' });
  try {
    await requireServerVersion(database.url, SERVER_VERSION_MIN);
    return tell(await proveStock(pool, tellProgress));
  } finally {
    await pool.end();
    await database.close();
  }
}

interface StoredDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** The configured database; or the embedded one: that of the hub that runs on it, else started for as long as this takes. */
async function openStored(config: Config): Promise<StoredDatabase> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, close: async () => undefined };
  const dataDir = join(config.dataDir, 'postgres');
  if (!existsSync(dataDir))
    throw new ConfigError([`DATABASE_URL is not set, and there is no embedded database in ${config.dataDir}.`]);
  const options = { dataDir, database: 'entrepot', log: (sentence: string) => console.error(sentence) };
  const running = await findEmbeddedPostgres(options);
  if (running !== undefined) return { url: running, close: async () => undefined };
  const own = await startEmbeddedPostgres(options);
  return { url: own.url, close: () => own.stop() };
}

function tellProgress({ check, differences, seconds }: CheckedStock): void {
  const found = differences.length === 0 ? 'yes' : `NO, ${atLeast(differences)}`;
  console.log(`${CHECK_SAYS[check].padEnd(60)} ${found.padEnd(22)} ${seconds.toFixed(2)} s`);
}

function atLeast({ length }: readonly StockDifference[]): string {
  const count = length === DIFFERENCES_MAX ? `${length} or more` : String(length);
  return `${count} ${length === 1 ? 'difference' : 'differences'}`;
}

function tell({ size, checks }: StockProof): number {
  const { positions, movements, lots, orders } = size;
  console.log(`${positions} positions, ${movements} movements, ${lots} lots, ${orders} orders`);
  const lines = checks.flatMap(({ check, differences }) =>
    differences.map(
      ({ sku, node, bucket, is, shouldBe }) =>
        `${check}: ${sku}${node === null ? '' : ` at ${node}`}: ${bucket} is ${is}, should be ${shouldBe}`,
    ),
  );
  for (const line of lines.slice(0, DIFFERENCES_MAX)) console.error(line);
  if (lines.length > DIFFERENCES_MAX) console.error(`… and ${lines.length - DIFFERENCES_MAX} more`);
  console.log(lines.length === 0 ? 'The stock is proved.' : 'The stock is NOT proved.');
  return lines.length === 0 ? 0 : DIFFERS;
}

/** Errors that a person at the terminal can act on are sentences; everything else is a stack. */
function tellError(error: unknown): number {
  if (error instanceof ConfigError) for (const sentence of error.sentences) console.error(sentence);
  else if (error instanceof pg.DatabaseError && (error.code === UNDEFINED_TABLE || error.code === UNDEFINED_COLUMN))
    console.error('The database is not of this version: start the hub once, it brings it up to date.');
  else if (error instanceof Error && SAID_IN_A_SENTENCE.some((kind) => error instanceof kind))
    console.error(error.message);
  else console.error(error);
  return CANNOT_SAY;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = tellError(error);
}
