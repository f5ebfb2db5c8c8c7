import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Users } from './platform/auth/sign-in/users.js';
import { user } from './user.js';

let dir: string;
let told: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'entrepot-user-'));
  told = [];
  vi.stubEnv('ENTREPOT_DATA_DIR', dir);
  vi.spyOn(console, 'log').mockImplementation((line: string) => void told.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void told.push(line));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

const run = (line: string): Promise<number> => user(line.split(' '));
const lastTold = (): string => told.at(-1) ?? '';

describe('npx entrepot user', () => {
  it('adds a user with a password that is told once and opens', async () => {
    expect(await run('add ada --role agent --json')).toBe(0);
    const { id, password } = JSON.parse(lastTold()) as { readonly id: string; readonly password: string };
    expect(await new Users(dir).authenticate(id, password)).toMatchObject({ id: 'ada', roles: ['agent'] });
    expect(await run('list')).toBe(0);
    expect(lastTold()).toBe('ada  agent  (ada)');
  });

  it('changes roles and leaves the password, gives another password, and removes', async () => {
    await run('add ada --role agent --json');
    const { password } = JSON.parse(lastTold()) as { readonly password: string };
    expect(await run('add ada --role manager')).toBe(0);
    expect(await new Users(dir).authenticate('ada', password)).toMatchObject({ roles: ['manager'] });
    expect(await run('password ada')).toBe(0);
    expect(await new Users(dir).authenticate('ada', password)).toBeUndefined();
    expect(await run('remove ada')).toBe(0);
    expect(new Users(dir).list()).toEqual([]);
  });

  it.each([
    ['remove nobody', 1, 'There is no user "nobody".'],
    ['password nobody', 1, 'There is no user "nobody".'],
    ['add ada', 1, 'Give ada at least one role'],
    ['add ada --role boss', 2, 'There is no role "boss"'],
  ])('says why it does not: %s', async (line, code, sentence) => {
    expect(await run(line)).toBe(code);
    expect(lastTold()).toContain(sentence);
  });
});
