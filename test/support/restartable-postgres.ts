import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../src/platform/db/embedded-postgres.js';
import { locateBinaries, type Binaries } from '../../src/platform/db/embedded/binaries.js';
import { placeCluster, type ClusterPlace } from '../../src/platform/db/embedded/cluster-place.js';
import { findPostmaster } from '../../src/platform/db/embedded/postmaster.js';
import { runProgram } from '../../src/platform/db/embedded/run-program.js';
import { serverLog } from '../../src/platform/db/embedded/server.js';

const START_ATTEMPTS_MAX = 20;
const START_PAUSE_MS = 250;
const START_SECONDS_MAX = 60;
const STOP_SECONDS_MAX = 30;
const DATABASE = 'entrepot';

/** IMMEDIATE: as an administrator in a hurry does it, without a checkpoint. KILL: the postmaster is gone at once. */
export type DatabaseEnd = 'IMMEDIATE' | 'KILL';

/** A PostgreSQL of its own that comes back at the same address after it was ended. */
export interface RestartablePostgres {
  /** Of an empty database. */
  readonly url: string;
  /** Ends the server, leaves it away for so long, and starts it on the same data and port. Resolves when it answers. */
  restart(end: DatabaseEnd, awayMs: number): Promise<void>;
  /** Stops the server and deletes its data. */
  remove(): Promise<void>;
}

export async function startRestartablePostgres(): Promise<RestartablePostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-restart-'));
  // Under root the server has another user, which must be able to enter.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: folder, database: DATABASE, log: quiet });
  const place = await placeCluster(folder, quiet);
  const binaries = await locateBinaries(place.runAs, quiet);
  return {
    url: server.url,
    restart: async (end, awayMs) => {
      await endServer(binaries, place, end);
      await delay(awayMs);
      await startAgain(binaries, place);
    },
    remove: async () => {
      await server.stop();
      await rm(server.dataDir, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function endServer(binaries: Binaries, place: ClusterPlace, end: DatabaseEnd): Promise<void> {
  const postmaster = await findPostmaster(place.cluster);
  if (postmaster === undefined) throw new Error('the database is away already');
  if (end === 'KILL') {
    process.kill(postmaster.pid, 'SIGKILL');
    return;
  }
  const stop = ['stop', '-D', place.cluster, '-m', 'immediate', '-w', '-t', String(STOP_SECONDS_MAX), '-s'];
  const { exitCode, output } = await runProgram(binaries.pgCtl, stop, place.runAs);
  if (exitCode !== 0) throw new Error(`the database did not stop: ${output}`);
}

/** `pg_ctl restart` takes the options, and so the port, of the last start; a server that is away it just starts. */
async function startAgain(binaries: Binaries, place: ClusterPlace): Promise<void> {
  const wait = ['-w', '-t', String(START_SECONDS_MAX), '-s'];
  const start = ['restart', '-D', place.cluster, '-m', 'immediate', '-l', serverLog(place.cluster), ...wait];
  for (let attempt = 1; ; attempt += 1) {
    const { exitCode, output } = await runProgram(binaries.pgCtl, start, place.runAs);
    if (exitCode === 0) return;
    // Backends of a killed postmaster hold the shared memory until they notice.
    if (attempt === START_ATTEMPTS_MAX) throw new Error(`the database did not start again: ${output}`);
    await delay(START_PAUSE_MS);
  }
}

function quiet(): void {
  // What it says of its start is of no use here.
}
