import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { migrationsFolder, readMigrationFiles, type MigrationFile } from './migration-files.js';

/** Any number that no other advisory lock of the hub's database uses: "migr" in ASCII. */
const MIGRATION_LOCK = 0x6d696772;
const LOCK_TRY_MS = 250;

export class MigrationError extends Error {
  readonly code = 'MIGRATION';
}

/**
 * Brings the database to the schema of this release, each file in a transaction of its own unless it says otherwise (see
 * OUTSIDE_TRANSACTION), and gives the ids of the files that were applied. Processes that start together migrate once: the others wait. `only`: the ids of the files
 * to apply, for a database that is to be what it was.
 * @throws MigrationError when the database holds a migration that this release does not know, or another text of one.
 */
export async function migrate(
  url: string,
  folder = migrationsFolder(),
  only?: ReadonlySet<string>,
): Promise<readonly string[]> {
  const files = (await readMigrationFiles(folder)).filter(({ id }) => only?.has(id) ?? true);
  const dataSource = await openForMigration(url, files);
  try {
    // The lock's connection is apart from the ones that migrate, so it is held over all transactions.
    const lock = dataSource.createQueryRunner();
    try {
      await waitForLock(lock);
      await lock.query(CREATE_CHECKSUMS);
      await refuseForeignHistory(lock, files);
      const applied = await dataSource.runMigrations({ transaction: 'each' });
      return applied.map((migration) => idOf(migration.name));
    } finally {
      // Given up with the connection too, if this fails.
      await lock.query('select pg_advisory_unlock_all()').catch(() => undefined);
      await lock.release();
    }
  } finally {
    await dataSource.destroy();
  }
}

/**
 * By tries, each a statement that ends at once: one that waits holds a snapshot, an index that is built concurrently waits until
 * all snapshots are given up, and the one that holds the lock builds it.
 */
async function waitForLock(lock: QueryRunner): Promise<void> {
  for (;;) {
    const [row] = await lock.manager.query<readonly { mine: boolean }[]>('select pg_try_advisory_lock($1) as mine', [
      MIGRATION_LOCK,
    ]);
    if (row?.mine === true) return;
    await new Promise((resolve) => setTimeout(resolve, LOCK_TRY_MS));
  }
}

const CREATE_CHECKSUMS = `
  create table if not exists schema_migration_checksum (
    id text primary key,
    sha256 text not null
  )`;

/** A pool of its own: a migration may take longer than the bounds that the hub's work has. */
function openForMigration(url: string, files: readonly MigrationFile[]): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: 'entrepot-migrate',
    poolSize: 2,
    installExtensions: false,
    logging: false,
    migrationsTableName: 'schema_migration',
    migrations: files.map(migrationClass),
  }).initialize();
}

async function refuseForeignHistory(runner: QueryRunner, files: readonly MigrationFile[]): Promise<void> {
  const applied = await runner.manager.query<readonly { id: string; sha256: string }[]>(
    'select id, sha256 from schema_migration_checksum order by id',
  );
  const known = new Map(files.map((file) => [file.id, file.sha256]));
  for (const { id, sha256 } of applied) {
    if (!known.has(id)) {
      throw new MigrationError(
        `The database was migrated by a newer Entrepot: it holds "${id}", which is not known here.`,
      );
    }
    if (known.get(id) !== sha256) {
      throw new MigrationError(
        `The migration "${id}" was changed after it was applied. Write a new migration instead.`,
      );
    }
  }
}

/** TypeORM takes classes, and wants the time as the last 13 digits of the name. */
function migrationClass(file: MigrationFile): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = nameOf(file);
    readonly transaction = file.separateStatements === undefined;

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of file.separateStatements ?? [file.sql]) await runner.query(statement);
      // In the same transaction, so that both are there or none. Outside of one the file may run again, and this with it.
      await runner.query(
        'insert into schema_migration_checksum (id, sha256) values ($1, $2) on conflict (id) do nothing',
        [file.id, file.sha256],
      );
    }

    down(): Promise<void> {
      return Promise.reject(new MigrationError(`"${file.id}" has no way back: restore a backup, or migrate forward.`));
    }
  };
}

function nameOf({ id, timestamp }: MigrationFile): string {
  return `${id.slice(timestamp.length + 1)}-${timestamp}`;
}

function idOf(name: string): string {
  return name.replace(/^(.*)-(\d{13})$/, '$2-$1');
}
