import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../../src/platform/db/package-root.js';

export interface BuiltConsole {
  readonly directory: string;
  remove(): void;
}

/** The console as `npm run build` makes it, in a directory of its own: `dist` may be built anew while tests run. */
export function buildConsole(): BuiltConsole {
  const directory = join(mkdtempSync(join(tmpdir(), 'entrepot-console-')), 'console');
  execFileSync(process.execPath, [join(packageRoot(), 'bin', 'build-console.js'), directory], { stdio: 'inherit' });
  return { directory, remove: () => rmSync(join(directory, '..'), { recursive: true, force: true }) };
}
