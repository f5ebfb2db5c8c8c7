import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError, Users } from './users.js';

const PASSWORD = 'correct horse battery';
const ada = { id: 'ada', name: 'Ada Lang', roles: ['keeper'] };

let dir: string;
let users: Users;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'entrepot-users-'));
  users = new Users(dir);
});

afterEach(() => rmSync(dir, { recursive: true }));

const file = (): string => join(dir, 'users.json');

describe('users', () => {
  it('are kept without their passwords, for the owner of the file alone', async () => {
    await users.save({ ...ada, password: PASSWORD });
    expect(readFileSync(file(), 'utf8')).not.toContain(PASSWORD);
    expect(statSync(file()).mode & 0o077 & (process.platform === 'win32' ? 0 : 0o777)).toBe(0);
    expect(await users.authenticate('ada', PASSWORD)).toMatchObject(ada);
    expect(await users.authenticate('ada', `${PASSWORD}.`)).toBeUndefined();
    expect(await users.authenticate('nobody', PASSWORD)).toBeUndefined();
  });

  it('are what the file says now, whoever changed it', async () => {
    const command = new Users(dir);
    expect(users.list()).toEqual([]);
    await command.save({ ...ada, password: PASSWORD });
    expect(users.find('ada')?.roles).toEqual(['keeper']);
    await command.save({ ...ada, roles: ['looker'] });
    expect(users.find('ada')?.roles).toEqual(['looker']);
    expect(await users.authenticate('ada', PASSWORD)).toBeDefined();
    expect(command.remove('ada')).toBe(true);
    expect(command.remove('ada')).toBe(false);
    expect(users.find('ada')).toBeUndefined();
  });

  it('may type their password on any keyboard', async () => {
    await users.save({ ...ada, password: 'café café café' });
    expect(await users.authenticate('ada', 'cafe\u0301 cafe\u0301 cafe\u0301')).toBeDefined();
  });

  it.each([
    [{ ...ada }, 'needs a password'],
    [{ ...ada, password: 'too short' }, '12 to 200'],
    [{ ...ada, password: 'x'.repeat(201) }, '12 to 200'],
    [{ ...ada, id: 'Ada L', password: PASSWORD }, 'lower case'],
    [{ ...ada, roles: [], password: PASSWORD }, 'roles'],
  ])('are refused in a sentence: %j', async (user, sentence) => {
    await expect(users.save(user)).rejects.toThrow(sentence);
    await expect(users.save(user)).rejects.toThrow(UserError);
    expect(users.list()).toEqual([]);
  });

  it.each(['{', '{}', [{ ...ada, passwordHash: 'abc', passwordSetAt: '2026-01-01T00:00:00Z' }]])(
    'stop the start where the file is %j',
    (content) => {
      writeFileSync(file(), typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
      expect(() => users.list()).toThrow(/users\.json is not/);
    },
  );

  it.skipIf(process.platform === 'win32')('are not read from a file that others may read', async () => {
    await users.save({ ...ada, password: PASSWORD });
    chmodSync(file(), 0o644);
    expect(() => new Users(dir).list()).toThrow('chmod 600');
  });
});
