import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FieldCipher } from '../platform/crypto/field-cipher.js';
import { KeyRing } from '../platform/crypto/key-ring.js';
import type { Config } from '../platform/config/config.js';
import { requireServerVersion, SERVER_VERSION_MIN } from '../platform/db/database.js';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../platform/db/embedded-postgres.js';
import { MigrationError } from '../platform/db/migrate.js';
import { openStoredDatabase, sentencesOf, type StoredDatabase } from '../stored-database.js';
import { writeBackup } from './backup.js';
import { runCommand } from './command-line.js';
import { BackupError, type BackupManifest } from './manifest.js';
import { restoreBackup } from './restore.js';

const BACKUP_HELP = `Usage: npx entrepot backup --to <folder> [--json]

Copies the hub's database as it is at one instant into a new folder, while the hub goes on.
Which database: as for the hub (DATABASE_URL, or the embedded one in ENTREPOT_DATA_DIR).

  --to <folder>  Not there yet, or empty. It has its name when the backup is whole.
  --json         Tells the result as JSON. Progress goes to stderr.

The keys of personal data are not in a backup: keep ENTREPOT_ENCRYPTION_KEYS
(embedded: the file encryption-keys in the data directory) in another place.`;

const RESTORE_HELP = `Usage: npx entrepot restore --from <folder> [--force] [--json]

Makes an empty database what it was when the backup was taken. Stop all processes of the hub first.
Which database: as for the hub (DATABASE_URL, or the embedded one in ENTREPOT_DATA_DIR).

  --from <folder>  What \`npx entrepot backup --to\` made.
  --force          Deletes what is in the database first.
  --json           Tells the result as JSON. Progress goes to stderr.`;

/** `npx entrepot backup`. */
export function backup(argv: readonly string[]): Promise<number> {
  return runCommand(
    argv,
    { option: 'to', help: BACKUP_HELP },
    async ({ config, folder }, tell) => {
      const database = await openStoredDatabase(config);
      try {
        const manifest = await writeBackup({ url: database.url, to: folder, tell });
        const { rows, bytes } = sizeOf(manifest);
        const keys =
          manifest.keyIds.length === 0
            ? ''
            : ` To read personal data in it the keys ${manifest.keyIds.join(', ')} are needed.`;
        return {
          sentence: `${folder} holds all that was committed by ${manifest.takenAt}: ${rows} rows in ${bytes} bytes.${keys}`,
          result: { folder, takenAt: manifest.takenAt, rows, bytes, keyIds: manifest.keyIds },
        };
      } finally {
        await database.close();
      }
    },
    sentences,
  );
}

/** `npx entrepot restore`. */
export function restore(argv: readonly string[]): Promise<number> {
  return runCommand(
    argv,
    { option: 'from', help: RESTORE_HELP },
    async ({ config, folder, force }, tell) => {
      const keys = KeyRing.load(config.encryptionKeys, config.dataDir);
      const database = await openForRestore(config);
      try {
        const cipher = new FieldCipher(keys);
        const manifest = await restoreBackup({ url: database.url, from: folder, force, keys, cipher, tell });
        const { rows } = sizeOf(manifest);
        return {
          sentence: `The database is as it was at ${manifest.takenAt}: ${rows} rows. Start the hub; docs/recover.md says what follows.`,
          result: { folder, takenAt: manifest.takenAt, rows },
        };
      } finally {
        await database.close();
      }
    },
    sentences,
  );
}

/** The embedded database is made where there is none yet; a hub that runs on it is found and refused. */
async function openForRestore(config: Config): Promise<StoredDatabase> {
  if (config.databaseUrl !== undefined) {
    await requireServerVersion(config.databaseUrl, SERVER_VERSION_MIN);
    return { url: config.databaseUrl, close: async () => undefined };
  }
  const dataDir = join(config.dataDir, 'postgres');
  const options = { dataDir, database: 'entrepot', log: (sentence: string) => console.error(sentence) };
  const running = existsSync(dataDir) ? await findEmbeddedPostgres(options) : undefined;
  if (running !== undefined) return { url: running, close: async () => undefined };
  mkdirSync(config.dataDir, { recursive: true });
  const own = await startEmbeddedPostgres(options);
  return { url: own.url, close: () => own.stop() };
}

function sizeOf({ tables }: BackupManifest): { readonly rows: number; readonly bytes: number } {
  return {
    rows: tables.reduce((sum, table) => sum + table.rows, 0),
    bytes: tables.reduce((sum, table) => sum + table.bytes, 0),
  };
}

function sentences(error: unknown): readonly string[] | undefined {
  return error instanceof BackupError || error instanceof MigrationError ? [error.message] : sentencesOf(error);
}
