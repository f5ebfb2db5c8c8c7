import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import type { ClusterPlace } from './cluster-place.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { takeOwnership, type Ownership } from './owner.js';
import { findPostmaster } from './postmaster.js';
import { stopServer } from './server.js';

const ATTEMPTS_MAX = 60;
const ATTEMPT_PAUSE_MS = 250;
/** `cannot_connect_now`: the server is starting up or shutting down. */
const NOT_NOW = '57P03';

/**
 * A server left behind by a killed process is stopped; one that a living process uses is not touched.
 * @throws EmbeddedPostgresError when a living process uses it.
 */
export async function stopAbandonedServer(
  binaries: Binaries,
  place: ClusterPlace,
  password: string,
  log: (line: string) => void,
): Promise<void> {
  // The process may have been killed while its server started or stopped: then it is waited for.
  for (let attempt = 1; ; attempt += 1) {
    const running = await findPostmaster(place.cluster);
    if (running === undefined) return;
    const answer = await askOwnership(running.port, password);
    if (answer === 'IN USE') throw inUse(place);
    if (answer !== 'NOT NOW') {
      log('the database was still running after the last process was killed: it is stopped and started again');
      await answer.release();
      return stopServer(binaries, place);
    }
    if (attempt === ATTEMPTS_MAX) {
      throw new EmbeddedPostgresError(
        `A database server (process ${running.pid}) runs on ${place.cluster} and does not answer. Stop that process first.`,
      );
    }
    await sleep(ATTEMPT_PAUSE_MS);
  }
}

export function inUse({ cluster }: ClusterPlace): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `Another running Entrepot uses the database in ${cluster}. Stop it first, or use another folder.`,
  );
}

async function askOwnership(port: number, password: string): Promise<Ownership | 'IN USE' | 'NOT NOW'> {
  try {
    return (await takeOwnership({ port, password })) ?? 'IN USE';
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === NOT_NOW || code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'NOT NOW';
    throw cause;
  }
}
