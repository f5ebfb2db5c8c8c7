import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Client } from 'pg';
import {
  BACKUP_FORMAT,
  BackupError,
  manifestFile,
  readManifest,
  type BackedUpTable,
  type BackupManifest,
} from './manifest.js';
import { writeTable } from './table-file.js';
import { readKeyIds, readQueueVersion, readSequences, tablesToCopy } from './tables.sql.js';

export interface BackupOptions {
  readonly url: string;
  /** A folder that is not there yet, or is empty. */
  readonly to: string;
  /** Hears of the progress, in sentences. */
  readonly tell: (sentence: string) => void;
}

/**
 * Copies the whole database as it is at one instant, while the hub goes on. The folder gets its name when everything is
 * in it and on the disk: one that is there is whole. Throws BackupError.
 */
export async function writeBackup({ url, to, tell }: BackupOptions): Promise<BackupManifest> {
  const folder = resolve(to);
  await refuseFull(folder);
  const partial = join(dirname(folder), `.${basename(folder)}.partial`);
  await makeEmpty(partial);
  const client = new Client({ connectionString: url, application_name: 'entrepot-backup' });
  // The statement under way fails as well; without this, a lost connection would end the process before it is cleaned up.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const manifest = await copyAll(client, partial, tell);
    await writeFile(manifestFile(partial), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
    // What no restore could read is no backup.
    await readManifest(partial);
    await syncFolder(partial);
    // Takes the place of an empty folder, and of nothing else.
    await rename(partial, folder);
    await syncFolder(dirname(folder));
    return manifest;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw notWritable(folder, error);
  } finally {
    await client.end();
  }
}

async function refuseFull(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw notWritable(folder, error);
  });
  if (entries === undefined) return;
  if (entries.length > 0)
    throw new BackupError(`${folder} is not empty: each backup gets a folder of its own. Name another one.`);
  const [own, above] = await Promise.all([stat(folder), stat(dirname(folder))]);
  if (own.dev !== above.dev) throw new BackupError(`${folder} is where a disk is mounted: name a folder in it.`);
}

async function makeEmpty(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw notWritable(folder, error);
  }
}

/** What the file system says when a person has to act: no space, no right, not a folder, taken by another backup. */
const OF_THE_DISK: ReadonlySet<string> = new Set([
  'EACCES',
  'EBUSY',
  'EDQUOT',
  'EEXIST',
  'ENOSPC',
  'ENOTDIR',
  'ENOTEMPTY',
  'EPERM',
  'EROFS',
]);

function notWritable(folder: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!OF_THE_DISK.has(code)) return error;
  return new BackupError(`${folder} cannot be written to: ${(error as Error).message}`, { cause: error });
}

async function copyAll(client: Client, folder: string, tell: BackupOptions['tell']): Promise<BackupManifest> {
  // No snapshot may wait for long enough to be ended by a bound that the hub's work has.
  await client.query(
    'set statement_timeout = 0; set transaction_timeout = 0; set idle_in_transaction_session_timeout = 0',
  );
  await client.query('begin transaction isolation level repeatable read, read only');
  const head = await readHead(client);
  const tables: BackedUpTable[] = [];
  for (const table of await tablesToCopy(client)) {
    const { schema, name, columns } = table;
    const file = `${schema}.${name}.copy.gz`;
    const written = await writeTable(client, table, join(folder, file));
    tables.push({ schema, name, columns: [...columns], file, ...written });
    tell(`${schema}.${name}: ${written.rows} rows, ${written.bytes} bytes`);
  }
  const keyIds = [...(await readKeyIds(client))];
  await client.query('commit');
  return { format: BACKUP_FORMAT, ...head, keyIds, tables, sequences: [...(await readSequences(client))] };
}

async function readHead(
  client: Client,
): Promise<Pick<BackupManifest, 'takenAt' | 'serverVersion' | 'transaction' | 'migrations' | 'queueVersion'>> {
  const { rows } = await client.query<{ at: Date; version: string; transaction: string }>(
    `select now() as at, current_setting('server_version') as version,
            pg_snapshot_xmax(pg_current_snapshot())::text as transaction`,
  );
  const { rows: installed } = await client.query<{ hub: string | null; queue: string | null }>(
    `select to_regclass('schema_migration_checksum')::text as hub, to_regclass('pgboss.version')::text as queue`,
  );
  if ((installed[0]?.hub ?? null) === null || installed[0]?.queue === null)
    throw new BackupError('There is nothing to back up: no hub was ever started on this database.');
  const { rows: migrations } = await client.query<{ id: string; sha256: string }>(
    'select id, sha256 from schema_migration_checksum order by id',
  );
  const [server] = rows;
  return {
    takenAt: (server?.at ?? new Date(0)).toISOString(),
    serverVersion: server?.version ?? '',
    transaction: server?.transaction ?? '0',
    migrations,
    queueVersion: await readQueueVersion(client),
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
