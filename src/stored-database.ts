import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { ConfigError } from './platform/config/config-error.js';
import type { Config } from './platform/config/config.js';
import {
  DatabaseUnreachableError,
  DatabaseVersionError,
  requireServerVersion,
  SERVER_VERSION_MIN,
} from './platform/db/database.js';
import { EmbeddedPostgresError, findEmbeddedPostgres, startEmbeddedPostgres } from './platform/db/embedded-postgres.js';

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_COLUMN = '42703';
const SAID_IN_A_SENTENCE = [DatabaseUnreachableError, DatabaseVersionError, EmbeddedPostgresError] as const;

/** The database that a hub stores in, for a command beside the hub, which may go on meanwhile. */
export interface StoredDatabase {
  readonly url: string;
  /** It is up for as long as this takes: no hub runs on it. */
  readonly ours?: boolean;
  close(): Promise<void>;
}

/**
 * The configured database; or the embedded one: that of the hub that runs on it, else started for as long as this takes.
 * Throws what `sentencesOf` can say.
 */
export async function openStoredDatabase(config: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<StoredDatabase> {
  const database = await findOrStart(config);
  try {
    await requireServerVersion(database.url, SERVER_VERSION_MIN);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

async function findOrStart(config: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<StoredDatabase> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, close: async () => undefined };
  const dataDir = join(config.dataDir, 'postgres');
  if (!existsSync(dataDir))
    throw new ConfigError([`DATABASE_URL is not set, and there is no embedded database in ${config.dataDir}.`]);
  const options = { dataDir, database: 'entrepot', log: (sentence: string) => console.error(sentence) };
  const running = await findEmbeddedPostgres(options);
  if (running !== undefined) return { url: running, close: async () => undefined };
  const own = await startEmbeddedPostgres(options);
  return { url: own.url, ours: true, close: () => own.stop() };
}

/** What a person at the terminal can act on, in sentences; undefined for what only a stack explains. */
export function sentencesOf(error: unknown): readonly string[] | undefined {
  if (error instanceof ConfigError) return error.sentences;
  if (error instanceof pg.DatabaseError && (error.code === UNDEFINED_TABLE || error.code === UNDEFINED_COLUMN))
    return ['The database is not of this version: start the hub once, it brings it up to date.'];
  if (error instanceof Error && SAID_IN_A_SENTENCE.some((kind) => error instanceof kind)) return [error.message];
  return undefined;
}

/** Tells an error at the terminal. */
export function tellError(error: unknown): void {
  const sentences = sentencesOf(error);
  if (sentences === undefined) console.error(error);
  else for (const sentence of sentences) console.error(sentence);
}
