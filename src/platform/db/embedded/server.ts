import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import type { ClusterPlace } from './cluster-place.js';
import { explainFailure } from './embedded-postgres-error.js';
import { findPostmaster, pidFile } from './postmaster.js';
import { runProgram } from './run-program.js';

const START_ATTEMPTS_MAX = 5;
const START_SECONDS_MAX = 60;
const STOP_SECONDS_MAX = 30;
const LOG_CHARS_SHOWN_MAX = 4_000;

/**
 * Given at each start rather than written into the cluster, so that a newer Entrepot brings its newer settings.
 * The log holds no statements and no details: both carry values of rows, and so personal data.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  effective_io_concurrency: '16',
  random_page_cost: '1.1',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

export function serverLog(cluster: string): string {
  return join(cluster, 'server.log');
}

/** Starts the server and gives the port that it listens on. */
export async function startServer(binaries: Binaries, place: ClusterPlace): Promise<number> {
  const logFile = serverLog(place.cluster);
  // One file per run keeps the log bounded by the run.
  await rm(logFile, { force: true });
  // A file left by a crash, naming a process that is none of ours, would make the server refuse to start.
  if ((await findPostmaster(place.cluster)) === undefined) await rm(pidFile(place.cluster), { force: true });
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const result = await runProgram(binaries.pgCtl, startArguments(place.cluster, logFile, port), place.runAs);
    if (result.exitCode === 0) return port;
    const output = `${result.output}\n${await tail(logFile)}`;
    // Somebody else may take the port between our look and the server's.
    const portTaken = /could not bind|could not create any TCP\/IP sockets/.test(output);
    if (!portTaken || attempt === START_ATTEMPTS_MAX) throw explainFailure('start', output);
  }
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk when this resolves. */
export async function stopServer(binaries: Binaries, place: ClusterPlace): Promise<void> {
  if ((await findPostmaster(place.cluster)) === undefined) return;
  const stop = ['stop', '-D', place.cluster, '-m', 'fast', '-w', '-t', String(STOP_SECONDS_MAX), '-s'];
  const result = await runProgram(binaries.pgCtl, stop, place.runAs);
  const stillThere = (await findPostmaster(place.cluster)) !== undefined;
  if (result.exitCode !== 0 && stillThere) throw explainFailure('stop', result.output);
}

function startArguments(cluster: string, logFile: string, port: number): readonly string[] {
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).map(([name, value]) => `-c ${name}=${value}`);
  const wait = ['-w', '-t', String(START_SECONDS_MAX), '-s'];
  return ['start', '-D', cluster, '-l', logFile, ...wait, '-o', settings.join(' ')];
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.slice(-LOG_CHARS_SHOWN_MAX);
}

async function findFreePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.on('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    probe.close(() => resolve(port));
  });
  return promise;
}
