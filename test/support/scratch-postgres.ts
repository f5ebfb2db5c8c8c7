import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/platform/db/embedded-postgres.js';

/** The database that each test file gets a clone of: migrated, with the job queue's tables. */
export const TEMPLATE_DATABASE = 'entrepot_template';

export interface ScratchPostgres {
  /** Of the empty database `scratch`. */
  readonly url: string;
  /** Stops the server and deletes its data. */
  remove(): Promise<void>;
}

/** A PostgreSQL of its own for a run of tests or checks. */
export async function startScratchPostgres(): Promise<ScratchPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-scratch-'));
  // Under root the server has another user, which must be able to enter.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: folder, database: 'scratch', log: () => undefined });
  return {
    url: server.url,
    remove: async () => {
      await server.stop();
      // Not always under the folder asked for.
      await rm(server.dataDir, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The address of another database on the same server. */
export function databaseUrl(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
