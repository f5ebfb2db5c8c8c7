import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrate } from '../../src/platform/db/migrate.js';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { dumpSchema } from '../../src/platform/db/schema-dump.js';
import { startScratchPostgres } from './scratch-postgres.js';

const DUMP_FILE = join(packageRoot(), 'schema', 'database', 'dump.sql');

/** Migrates an empty database twice and gives its dump; throws if the second time does anything. */
async function dumpAfterTwoMigrations(): Promise<string> {
  const postgres = await startScratchPostgres();
  try {
    await migrate(postgres.url);
    const first = await dumpSchema(postgres.url);
    const again = await migrate(postgres.url);
    const second = await dumpSchema(postgres.url);
    if (again.length > 0 || first !== second) {
      throw new Error(`migrating a second time changed the database: ${again.join(', ')}`);
    }
    return first;
  } finally {
    await postgres.remove();
  }
}

/** Prints the difference as git does, and gives whether there is one. */
async function differs(dump: string): Promise<boolean> {
  const kept = await readFile(DUMP_FILE, 'utf8').catch(() => '');
  if (kept.replaceAll('\r\n', '\n') === dump) return false;
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-dump-'));
  const actual = join(folder, 'dump.sql');
  await writeFile(actual, dump);
  spawnSync('git', ['--no-pager', 'diff', '--no-index', '--', DUMP_FILE, actual], { stdio: 'inherit' });
  await rm(folder, { recursive: true });
  return true;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const dump = await dumpAfterTwoMigrations();
if (!values.check) {
  await writeFile(DUMP_FILE, dump);
  console.log(`written: ${DUMP_FILE}`);
} else if (await differs(dump)) {
  console.error('schema/database/dump.sql is not what the migrations make. Run `npm run schema:dump` and commit it.');
  process.exitCode = 1;
} else {
  console.log('schema/database/dump.sql is what the migrations make, once and twice.');
}
