import { chown, mkdtemp, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Binaries } from './binaries.js';
import type { ClusterPlace } from './cluster-place.js';
import { EmbeddedPostgresError, explainFailure, isMissing } from './embedded-postgres-error.js';
import { runProgram } from './run-program.js';

export const SUPERUSER = 'entrepot';
const UNFINISHED = '.new-';
const FREE_BYTES_MIN = 300 * 1024 * 1024;

/**
 * Makes the cluster if it is not there yet. UTF-8, compared and sorted by code point with PostgreSQL's own
 * C.UTF-8, so that no index depends on a library of the machine.
 */
export async function createCluster(binaries: Binaries, place: ClusterPlace, password: string): Promise<void> {
  if (await isCluster(place.cluster)) return;
  await checkFreeSpace(dirname(place.cluster));
  await removeUnfinished(place.cluster);
  // Made aside and renamed: a creation that was cut short is never taken for a cluster. Under a name of its own,
  // for the initdb of a killed process may still be at work.
  const aside = await mkdtemp(`${place.cluster}${UNFINISHED}`);
  const passwordFile = `${aside}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    await giveTo(place, aside, passwordFile);
    const result = await runProgram(binaries.initdb, initdbArguments(aside, passwordFile), place.runAs);
    if (result.exitCode !== 0) throw explainFailure('create its data', result.output);
    await rename(aside, place.cluster);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(aside, { recursive: true, force: true });
  }
}

function initdbArguments(folder: string, passwordFile: string): readonly string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
}

async function removeUnfinished(cluster: string): Promise<void> {
  const folder = dirname(cluster);
  const unfinished = (await readdir(folder)).filter((name) => name.startsWith(`${basename(cluster)}${UNFINISHED}`));
  for (const name of unfinished) {
    // What an initdb still writes to cannot be removed yet; the next creation will.
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function giveTo({ runAs }: ClusterPlace, ...paths: readonly string[]): Promise<void> {
  const { uid, gid } = runAs.ids;
  if (uid === undefined || gid === undefined) return;
  await Promise.all(paths.map((path) => chown(path, uid, gid)));
}

async function isCluster(folder: string): Promise<boolean> {
  try {
    await stat(join(folder, 'PG_VERSION'));
    return true;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw cause;
  }
}

async function checkFreeSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= FREE_BYTES_MIN) return;
  throw new EmbeddedPostgresError(
    `The disk under ${folder} is full: the database needs at least ${FREE_BYTES_MIN / 1024 / 1024} MB to start with.`,
  );
}
