import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { until } from './until.js';

const START_MS_MAX = 60_000;
const LOG_CHARS_TOLD = 3_000;

/** Not `dist`: that one may be built anew, or be running, while the test runs. And each process that tests has its own. */
const BUILD = join(packageRoot(), '.entrepot', `kill-test-build-${process.pid}`);
const ROOMS = ['src', 'system-apis', 'process-apis', 'experience-apis'];

/** Compiles the hub, as `npm run build` does. */
export function buildHub(): void {
  rmSync(BUILD, { recursive: true, force: true });
  const swc = join(packageRoot(), 'node_modules', '@swc', 'cli', 'bin', 'swc.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [swc, ...ROOMS, '--out-dir', BUILD, '--quiet'], {
    cwd: packageRoot(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the build failed: ${stdout}${stderr}`);
}

export function removeBuild(): void {
  rmSync(BUILD, { recursive: true, force: true });
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The hub as a process of its own, that can be killed at any instruction and started again. */
export class HubProcess {
  readonly url: string;
  readonly port: number;
  private child: ChildProcess | undefined;

  constructor(
    port: number,
    private readonly env: Readonly<Record<string, string>>,
    private readonly logFile: string,
  ) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.env = { ...env, ENTREPOT_PORT: String(port) };
  }

  /** Resolves when it takes orders. */
  async start(): Promise<void> {
    const log = openSync(this.logFile, 'a');
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [join(BUILD, 'src', 'main.js'), '--no-demo'], {
      cwd: packageRoot(),
      env: { PATH, HOME, ...this.env },
      stdio: ['ignore', log, log],
    });
    this.child = child;
    await until(
      () => this.isReady(),
      (ready) => ready || hasEnded(child),
      { what: `the hub at ${this.url}`, timeoutMs: START_MS_MAX },
    );
    closeSync(log);
    if (hasEnded(child)) throw new Error(`the hub ended with ${child.exitCode ?? child.signalCode}: ${this.logTail()}`);
  }

  /** False before its start, after its end, and when it ended by itself. */
  get isRunning(): boolean {
    const { child } = this;
    return child !== undefined && !hasEnded(child);
  }

  /** As `kill -9` does: nothing of it runs any further. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** As a person or a platform stops it. Gives its exit code; null when it did not end by itself. */
  stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || hasEnded(child)) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  /** The last that it wrote. */
  logTail(): string {
    return readFileSync(this.logFile, 'utf8').slice(-LOG_CHARS_TOLD);
  }

  private async isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok === true;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
