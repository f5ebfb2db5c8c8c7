import { mkdir, stat } from 'node:fs/promises';
import { EmbeddedPostgresError, USE_OWN_SERVER } from './embedded-postgres-error.js';

/**
 * Where data and programs go when the postgres user cannot enter the project's folder.
 * Not under /tmp or /var/tmp: there any local user could lay out programs under our name before us,
 * and the system's cleaner deletes what was not touched for some weeks.
 */
const SHARED_HOME = '/var/lib/entrepot';

/** Makes that folder, and checks that root alone can write to it. */
export async function ensureSharedHome(): Promise<string> {
  try {
    await mkdir(SHARED_HOME, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The postgres user cannot enter the project's folder, and ${SHARED_HOME} cannot be made instead. ` +
        `Move the project to a folder that others may enter, or start it as a normal user. ${USE_OWN_SERVER}`,
      cause,
    );
  }
  const { uid, mode } = await stat(SHARED_HOME);
  if (uid !== 0 || (mode & 0o022) !== 0) {
    throw new EmbeddedPostgresError(`${SHARED_HOME} must belong to root and be writable by root alone.`);
  }
  return SHARED_HOME;
}
