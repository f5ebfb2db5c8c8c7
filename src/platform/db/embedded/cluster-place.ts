import { randomUUID } from 'node:crypto';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { readIfThere } from './read-if-there.js';
import { canReach, chooseRunAs, type RunAs } from './run-as.js';
import { ensureSharedHome } from './shared-home.js';

/** Where the database cluster lies and who runs it. */
export interface ClusterPlace {
  /** PostgreSQL's data directory. */
  readonly cluster: string;
  readonly runAs: RunAs;
}

const LOCATION_FILE = 'location';

/**
 * The cluster lies in `dataDir`, or, where the user that PostgreSQL must run as cannot enter that folder,
 * under /var/lib/entrepot; the file `location` in `dataDir` then remembers where. The name there is random:
 * a folder deleted and made again never finds the data of the one before.
 */
export async function placeCluster(dataDir: string, log: (line: string) => void): Promise<ClusterPlace> {
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  const local = join(dataDir, 'cluster');
  const remembered = await readIfThere(join(dataDir, LOCATION_FILE));
  const cluster = remembered ?? local;
  const runAs = await chooseRunAs(cluster);
  if (remembered === undefined && !(await canReachFolder(dataDir, runAs))) {
    return { cluster: await chooseShared(dataDir, local, runAs, log), runAs };
  }
  if (remembered !== undefined) log(`the database's data are in ${cluster}`);
  return { cluster, runAs };
}

async function chooseShared(
  dataDir: string,
  local: string,
  runAs: RunAs,
  log: (line: string) => void,
): Promise<string> {
  if (await isThere(local)) {
    throw new EmbeddedPostgresError(
      `The database's data in ${local} belong to a user that cannot enter the folders above any more. Let it in again (chmod o+x).`,
    );
  }
  const target = join(await ensureSharedHome(), `cluster-${randomUUID()}`);
  await writeFile(join(dataDir, LOCATION_FILE), target);
  log(`the database's data go to ${target}: PostgreSQL must run as user ${runAs.name}, which cannot enter ${dataDir}`);
  return target;
}

async function canReachFolder(folder: string, runAs: RunAs): Promise<boolean> {
  // The folder is ours: opening it to others shows names only, for the cluster itself is closed (mode 0700).
  if (runAs.ids.uid !== undefined) await chmod(folder, 0o755);
  return canReach(folder, runAs);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
