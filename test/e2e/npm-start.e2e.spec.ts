import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findEmbeddedPostgres } from '../../src/platform/db/embedded-postgres.js';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { freePort } from '../support/hub-process.js';
import { until } from '../support/until.js';

const SOURCES = ['bin', 'schema', 'src', 'system-apis', 'process-apis', 'experience-apis', 'test'];
const FILES = ['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', '.swcrc', '.npmrc'];
const START_MS_MAX = 180_000;

/** A clone with its packages: `dist` of this one may be in use while the test builds. */
let clone: string;
let npm: ChildProcess;
let said: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'entrepot-clone-'));
  for (const name of [...SOURCES, ...FILES]) cpSync(join(packageRoot(), name), join(clone, name), { recursive: true });
  symlinkSync(join(packageRoot(), 'node_modules'), join(clone, 'node_modules'), 'dir');
});

afterEach(() => {
  if (!hasEnded()) tellAll('SIGKILL');
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

function npmStart(...argv: readonly string[]): Promise<readonly unknown[]> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ENTREPOT_DATA_DIR: join(clone, 'data') };
  // In a group of its own, as a shell starts it.
  const child = spawn('npm', ['start', '--', ...argv], {
    cwd: clone,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  npm = child;
  return once(child, 'close');
}

function hasEnded(): boolean {
  return npm.exitCode !== null || npm.signalCode !== null;
}

/** As a terminal does: npm and what it started are told, and npm hands it on. */
function tellAll(signal: NodeJS.Signals): void {
  if (npm.pid !== undefined) process.kill(-npm.pid, signal);
}

const WAYS: readonly (readonly [name: string, tell: () => void])[] = [
  ['SIGTERM to npm', () => npm.kill('SIGTERM')],
  ['Ctrl-C', () => tellAll('SIGINT')],
];

describe.skipIf(process.platform === 'win32')('`npm start` in a clone', () => {
  it.each(WAYS)(
    'builds, runs the hub, and ends with all that it started at %s',
    async (_, tell) => {
      const port = await freePort();
      const ended = npmStart('--demo', '--rate', '0', '--port', String(port));
      const up = (): boolean => said.includes('Entrepot is up');
      await until(up, (is) => is || hasEnded(), { what: 'the hub', timeoutMs: START_MS_MAX });
      expect(said).toContain('Entrepot is up');
      tell();
      expect(await ended).toEqual([0, null]);
      expect(said).toContain('Stopping.');
      await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow('fetch failed');
      const place = { dataDir: join(clone, 'data', 'postgres'), database: 'entrepot', log: () => undefined };
      expect(await findEmbeddedPostgres(place)).toBeUndefined();
    },
    START_MS_MAX,
  );
});
