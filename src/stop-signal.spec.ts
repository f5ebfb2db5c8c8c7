import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Says when it is told to stop, and then works on until its input ends. */
const SCRIPT = `
  import { untilToldToStop } from ${JSON.stringify(new URL('stop-signal.ts', import.meta.url).href)};
  const told = untilToldToStop();
  process.stdin.resume();
  console.log('up');
  await told;
  console.log('stopping');
  process.stdin.on('end', () => process.exit(0));
`;

let child: ChildProcess;
let lines: Interface;
let ended: Promise<readonly unknown[]>;

beforeEach(async () => {
  child = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  ended = once(child, 'exit');
  if (child.stdout === null) throw new Error('the process has no output');
  lines = createInterface(child.stdout);
  await once(lines, 'line');
});

afterEach(() => child.kill('SIGKILL'));

async function tell(signal: NodeJS.Signals): Promise<void> {
  const said = once(lines, 'line');
  child.kill(signal);
  expect(await said).toEqual(['stopping']);
}

describe('a process that is told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s ends when its work is done', async (signal) => {
    await tell(signal);
    child.stdin?.end();
    expect(await ended).toEqual([0, null]);
  });

  it('by SIGTERM again and again ends its work all the same', async () => {
    await tell('SIGTERM');
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    child.stdin?.end();
    expect(await ended).toEqual([0, null]);
  });

  it('by SIGTERM ends at once by Ctrl-C', async () => {
    await tell('SIGTERM');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
  });

  it('by one Ctrl-C of which npm tells it, too, ends when its work is done', async () => {
    await tell('SIGINT');
    child.kill('SIGINT');
    child.stdin?.end();
    expect(await ended).toEqual([0, null]);
  });

  it('by Ctrl-C again and again ends at once', async () => {
    await tell('SIGINT');
    const press = setInterval(() => child.kill('SIGINT'), 100);
    expect(await ended).toEqual([130, null]);
    clearInterval(press);
  });
});
