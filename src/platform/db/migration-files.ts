import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from './package-root.js';

/** One SQL file of `schema/database/migrations`, named `<13 digits of time>-<kebab-case words>.sql`. */
export interface MigrationFile {
  /** The file's name without `.sql`. */
  readonly id: string;
  /** Unix milliseconds; migrations run in this order. */
  readonly timestamp: string;
  readonly sql: string;
  readonly sha256: string;
  /** Of a file that begins with OUTSIDE_TRANSACTION its statements, each to run by itself; each must bear to be run again. */
  readonly separateStatements?: readonly string[];
}

/** The first line of a file whose statements no transaction can hold, such as `create index concurrently`. */
export const OUTSIDE_TRANSACTION = '-- Outside a transaction.';
/** A semicolon ends a statement of such a file where it ends a line. */
const STATEMENT_END = /;[ \t]*$/m;

const NAME = /^(\d{13})-[a-z0-9]+(?:-[a-z0-9]+)*\.sql$/;

/** The hub's own migrations, also when it runs from dist/. */
export function migrationsFolder(): string {
  return join(packageRoot(), 'schema', 'database', 'migrations');
}

/** All migrations of a folder, oldest first. Throws at a name that does not fit or a time that is there twice. */
export async function readMigrationFiles(folder: string): Promise<readonly MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();
  const files = await Promise.all(names.map((name) => readMigrationFile(folder, name)));
  const twice = files.find((file, index) => file.timestamp === files[index - 1]?.timestamp);
  if (twice !== undefined) throw new Error(`two migrations have the time ${twice.timestamp}: their order is not sure`);
  return files;
}

async function readMigrationFile(folder: string, name: string): Promise<MigrationFile> {
  const timestamp = NAME.exec(name)?.[1];
  if (timestamp === undefined) {
    throw new Error(`the migration "${name}" must be named <13 digits of time>-<kebab-case words>.sql`);
  }
  const sql = await readFile(join(folder, name), 'utf8');
  // A checkout may write other line ends; the statements are the same.
  const text = sql.replaceAll('\r\n', '\n');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const file = { id: name.slice(0, -'.sql'.length), timestamp, sql, sha256 };
  return text.startsWith(`${OUTSIDE_TRANSACTION}\n`) ? { ...file, separateStatements: statementsOf(text) } : file;
}

function statementsOf(text: string): readonly string[] {
  return text.split(STATEMENT_END).filter((statement) => statement.trim() !== '');
}
