import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError, USE_OWN_SERVER } from './embedded-postgres-error.js';

const execFileAsync = promisify(execFile);
const POSTGRES_USER = 'postgres';
const READ_AND_ENTER = 0o5;
const ENTER = 0o1;

/** The user that PostgreSQL runs as. Without ids: the user of this process. */
export interface RunAs {
  readonly name: string;
  readonly ids: { readonly uid?: number; readonly gid?: number };
}

const SAME_USER: RunAs = { name: 'this user', ids: {} };

/**
 * PostgreSQL refuses to run as root. Then it runs as the owner of the data that is already there,
 * or as the system's `postgres` user, which is created where it is missing.
 */
export async function chooseRunAs(cluster: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return SAME_USER;
  const owner = await stat(cluster).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    return { name: `with id ${owner.uid}`, ids: { uid: owner.uid, gid: owner.gid } };
  }
  return (await findUser(POSTGRES_USER)) ?? createUser(POSTGRES_USER);
}

/** Whether that user can come to the path: every folder above lets it through, and the path itself lets it read. */
export async function canReach(path: string, runAs: RunAs): Promise<boolean> {
  if (runAs.ids.uid === undefined) return true;
  if (!(await allows(path, runAs, READ_AND_ENTER))) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!(await allows(folder, runAs, ENTER))) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function allows(path: string, { ids }: RunAs, wanted: number): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const granted = uid === ids.uid ? mode >> 6 : gid === ids.gid ? mode >> 3 : mode;
  return (granted & wanted) === wanted;
}

async function findUser(name: string): Promise<RunAs | undefined> {
  try {
    const [uid, gid] = await Promise.all([execFileAsync('id', ['-u', name]), execFileAsync('id', ['-g', name])]);
    return { name, ids: { uid: Number(uid.stdout), gid: Number(gid.stdout) } };
  } catch {
    return undefined;
  }
}

async function createUser(name: string): Promise<RunAs> {
  try {
    await execFileAsync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', name]);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, there is no user "${name}", and it cannot be created. ` +
        `Start Entrepot as a normal user, or create that user (useradd --system ${name}). ${USE_OWN_SERVER}`,
      cause,
    );
  }
  const created = await findUser(name);
  if (created === undefined) throw new EmbeddedPostgresError(`The user "${name}" was created but cannot be found.`);
  return created;
}
