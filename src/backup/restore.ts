import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import queuePackage from 'pg-boss/package.json' with { type: 'json' };
import { CipherError, type FieldCipher } from '../platform/crypto/field-cipher.js';
import type { KeyRing } from '../platform/crypto/key-ring.js';
import { migrate } from '../platform/db/migrate.js';
import { migrationsFolder, readMigrationFiles } from '../platform/db/migration-files.js';
import { beginEpoch } from '../platform/event-log/index.js';
import { BackupError, readManifest, type BackupManifest } from './manifest.js';
import { digestOf, loadTable } from './table-file.js';
import { QUEUE_SCHEMA, readSealedSamples, setSequences, tableName, tablesToCopy } from './tables.sql.js';

export interface RestoreOptions {
  readonly url: string;
  readonly from: string;
  /** Deletes what is in the database. Without it only an empty one is taken. */
  readonly force: boolean;
  readonly keys: KeyRing;
  readonly cipher: FieldCipher;
  /** Hears of the progress, in sentences. */
  readonly tell: (sentence: string) => void;
}

/**
 * Makes the database what it was when the backup was taken: the schema of the backup's release, then all rows in one
 * transaction. What the outside did since is not known here: each task counts as one that may have had its effect, and
 * the event log begins a new epoch. Throws BackupError; then the database holds no rows, or those that it held.
 */
export async function restoreBackup(options: RestoreOptions): Promise<BackupManifest> {
  const { url, tell } = options;
  const from = resolve(options.from);
  const manifest = await readManifest(from);
  await refuseForeignRelease(manifest);
  refuseForeignQueue(manifest);
  refuseUnknownKeys(manifest, options.keys);
  await verifyFiles(manifest, from, tell);
  await clear(url, options.force);
  await migrate(url, migrationsFolder(), new Set(manifest.migrations.map(({ id }) => id)));
  await installQueue(url);
  const client = await open(url);
  try {
    await client.query('begin');
    await load(client, manifest, from, tell);
    await refuseWrongKeys(client, options.cipher);
    await client.query('commit');
    tell('Statistics are gathered.');
    await client.query('analyze');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await client.end();
  }
  return manifest;
}

async function open(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'entrepot-restore' });
  // The statement under way fails as well; without this, a lost connection would end the process before it is told.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    'set statement_timeout = 0; set transaction_timeout = 0; set idle_in_transaction_session_timeout = 0',
  );
  return client;
}

async function refuseForeignRelease({ migrations }: BackupManifest): Promise<void> {
  const known = new Map((await readMigrationFiles(migrationsFolder())).map(({ id, sha256 }) => [id, sha256]));
  const ids = new Set(migrations.map(({ id }) => id));
  for (const { id, sha256 } of migrations) {
    if (!known.has(id))
      throw new BackupError(
        `The backup is of a newer release: its migration "${id}" is not known here. Restore it with that release.`,
      );
    if (known.get(id) !== sha256)
      throw new BackupError(
        `The backup's migration "${id}" has another text than this release's: restore it with the release that made it.`,
      );
  }
  const last = migrations.at(-1)?.id ?? '';
  const skipped = [...known.keys()].find((id) => id < last && !ids.has(id));
  if (skipped !== undefined)
    throw new BackupError(
      `The backup lacks the migration "${skipped}", which comes before its last: restore it with the release that made it.`,
    );
}

/** Tasks are copied as the queue's own rows. */
function refuseForeignQueue({ queueVersion }: BackupManifest): void {
  const here = queuePackage.pgboss.schema;
  if (here !== queueVersion)
    throw new BackupError(
      `The backup's task queue has version ${queueVersion}, this release's has ${here}: restore it with the release that made it.`,
    );
}

function refuseUnknownKeys({ keyIds }: BackupManifest, keys: KeyRing): void {
  const missing = keyIds.filter((id) => keys.get(id) === undefined);
  if (missing.length > 0)
    throw new BackupError(
      `Personal data in the backup were sealed with ${missing.map((id) => `"${id}"`).join(', ')}, which the key ring here does not hold: give ENTREPOT_ENCRYPTION_KEYS of the hub that made the backup.`,
    );
}

async function verifyFiles({ tables }: BackupManifest, from: string, tell: RestoreOptions['tell']): Promise<void> {
  for (const { file, sha256 } of tables) {
    const found = await digestOf(join(from, file)).catch((cause: unknown) => {
      throw new BackupError(`The backup lacks ${file}, or it cannot be read: nothing was changed.`, { cause });
    });
    if (found !== sha256)
      throw new BackupError(
        `${file} is not what was backed up (its checksum differs): nothing was changed. Take another backup.`,
      );
  }
  tell(`${tables.length} files are whole.`);
}

/** Leaves neither tables nor queue. */
async function clear(url: string, force: boolean): Promise<void> {
  const client = await open(url);
  try {
    await refuseRunningHub(client);
    const filled = await firstFilledTable(client);
    if (filled !== undefined && !force)
      throw new BackupError(
        `The database is not empty: ${filled} has rows. Restore into an empty one, or give --force to delete what is there.`,
      );
    await client.query(
      `begin; drop schema if exists ${QUEUE_SCHEMA} cascade; drop schema public cascade; create schema public; commit`,
    );
  } finally {
    await client.end();
  }
}

async function refuseRunningHub(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select application_name as name from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name like 'entrepot %' limit 1`,
  );
  if (rows[0] !== undefined)
    throw new BackupError(`A hub is running on this database ("${rows[0].name}"): stop all its processes first.`);
}

async function firstFilledTable(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and c.relname not in ('schema_migration', 'schema_migration_checksum', 'log_epoch') order by c.relname`,
  );
  for (const { name } of rows) {
    const { rowCount } = await client.query(`select 1 from ${tableName({ schema: 'public', name })} limit 1`);
    if (rowCount === 1) return name;
  }
  return undefined;
}

async function installQueue(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  const failures: Error[] = [];
  boss.on('error', (error) => void failures.push(error));
  await boss.start();
  await boss.stop({ graceful: false });
  if (failures[0] !== undefined) throw failures[0];
}

async function load(
  client: Client,
  manifest: BackupManifest,
  from: string,
  tell: RestoreOptions['tell'],
): Promise<void> {
  const here = await tablesToCopy(client);
  const files = new Map(manifest.tables.map((table) => [tableName(table), table]));
  await client.query(`truncate ${here.map(tableName).join(', ')} cascade`);
  // One that was started since the database was emptied has to be found now: no later one gets at a table before the commit.
  await refuseRunningHub(client);
  for (const target of here) {
    const table = files.get(tableName(target));
    if (table === undefined) throw new BackupError(`The backup lacks the table ${tableName(target)}.`);
    const rows = await loadTable(client, table, join(from, table.file));
    if (rows !== table.rows)
      throw new BackupError(`${table.file} gave ${rows} rows, ${table.rows} were backed up: the backup is damaged.`);
    tell(`${table.schema}.${table.name}: ${rows} rows`);
  }
  await setSequences(client, manifest.sequences);
  await beginEpoch(client, 'RESTORED');
  await putTasksBack(client);
}

/** A task that was under way, or done after the backup, may have had its effect: its handler has to look first. */
async function putTasksBack(client: Client): Promise<void> {
  await client.query(
    `update ${QUEUE_SCHEMA}.job
     set state = 'retry', heartbeat_on = null, start_after = least(start_after, now()),
         data = data || jsonb_build_object('tried', coalesce((data ->> 'tried')::int, 0) + 1,
                                           'payload', (data -> 'payload') || '{"again": true}')
     where name <> 'dead-letter'`,
  );
}

/** Before the commit: a ring may hold another key under the same id. */
async function refuseWrongKeys(client: Client, cipher: FieldCipher): Promise<void> {
  for (const { table, sealed, aad } of await readSealedSamples(client))
    try {
      cipher.open(sealed, aad);
    } catch (cause) {
      if (!(cause instanceof CipherError)) throw cause;
      throw new BackupError(
        `The key ring here cannot open what is in ${table} (${cause.code}): give ENTREPOT_ENCRYPTION_KEYS of the hub that made the backup. Nothing was restored.`,
        { cause },
      );
    }
}
