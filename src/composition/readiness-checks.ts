import type { Pool } from 'pg';
import { migrationsFolder, readMigrationFiles } from '../platform/db/migration-files.js';
import type { EventFeed } from '../platform/event-log/index.js';
import type { Readiness } from '../platform/http/readiness.js';

/** The feed looks several times a second; a long transaction of others makes it wait, and is not silence. */
const FEED_SILENT_MS_MAX = 10_000;

/** What must work before this process should get requests. */
export async function registerReadiness(
  readiness: Readiness,
  pool: Pool,
  feed: Pick<EventFeed, 'silentMs'>,
): Promise<void> {
  const wanted = (await readMigrationFiles(migrationsFolder())).map(({ id }) => id);
  readiness.register({ name: 'database', check: () => checkDatabase(pool) });
  readiness.register({ name: 'migrations', check: () => checkMigrations(pool, wanted) });
  readiness.register({ name: 'event feed', check: () => Promise.resolve(checkFeed(feed)) });
}

async function checkDatabase(pool: Pool): Promise<undefined> {
  await pool.query('select 1');
}

/** A newer schema is not asked about: while releases change, processes of both work on it. */
async function checkMigrations(pool: Pool, wanted: readonly string[]): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string }>('select id from schema_migration_checksum');
  const applied = new Set(rows.map(({ id }) => id));
  const missing = wanted.filter((id) => !applied.has(id));
  if (missing.length === 0) return undefined;
  return `The database lacks ${missing.length} of the migrations of this release, first "${missing[0] ?? ''}": start the hub anew, it brings them.`;
}

function checkFeed({ silentMs }: Pick<EventFeed, 'silentMs'>): string | undefined {
  if (silentMs <= FEED_SILENT_MS_MAX) return undefined;
  return `The event log was not read for ${Math.round(silentMs / 1_000)} s: subscribers are told nothing.`;
}
