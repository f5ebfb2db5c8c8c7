import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { ROLE_NAMES } from './composition/roles.js';
import { HUB_SETTINGS } from './hub.settings.js';
import { UserError, Users } from './platform/auth/sign-in/users.js';
import { ConfigError } from './platform/config/config-error.js';
import { loadConfig } from './platform/config/config.js';
import { readUserCommand, USER_HELP, type UserCommand } from './user.options.js';

const DONE = 0;
const REFUSED = 1;
const BAD_USAGE = 2;
/** 120 bits: nobody guesses it, and it is still typed in half a minute. */
const PASSWORD_BYTES = 15;

/** `npx entrepot user …`: the users of the embedded issuer. Gives the exit code. */
export async function user(argv: readonly string[]): Promise<number> {
  try {
    const command = readUserCommand(argv, ROLE_NAMES);
    if (command.action === 'help') {
      console.log(USER_HELP.replace('ROLES', ROLE_NAMES.join(', ')));
      return DONE;
    }
    const { sentence, result } = await run(command, new Users(dataDirOf()));
    console.log(command.json ? JSON.stringify(result) : sentence);
    return DONE;
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const line of error.sentences) console.error(line);
      return BAD_USAGE;
    }
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    return REFUSED;
  }
}

/** A new password for who gets none from elsewhere. */
export function generatePassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}

function dataDirOf(): string {
  const { databaseUrl, dataDir } = HUB_SETTINGS;
  const loaded = loadConfig(process.env, [], { databaseUrl, dataDir });
  if (loaded.action === 'print') throw new Error('the settings ask to print something');
  return loaded.config.dataDir;
}

interface Outcome {
  readonly sentence: string;
  readonly result: object;
}

async function run(command: UserCommand, users: Users): Promise<Outcome> {
  const { id } = command;
  const found = users.find(id);
  switch (command.action) {
    case 'add':
      return found === undefined ? add(command, users) : change(command, users, found);
    case 'password':
      if (found === undefined) throw noUser(id);
      return tellPassword(id, await setPassword(command, users, found));
    case 'remove':
      if (!users.remove(id)) throw noUser(id);
      return { sentence: `${id} is removed.`, result: { id } };
    default:
      return list(users);
  }
}

async function add(command: UserCommand, users: Users): Promise<Outcome> {
  const { id, name = id, roles } = command;
  if (roles.length === 0) throw new UserError(`Give ${id} at least one role with --role: ${ROLE_NAMES.join(', ')}.`);
  return tellPassword(id, await setPassword(command, users, { id, name, roles: [...roles] }));
}

type Known = Parameters<Users['save']>[0];

async function change({ id, name, roles }: UserCommand, users: Users, found: Known): Promise<Outcome> {
  const changed = { id, name: name ?? found.name, roles: roles.length === 0 ? found.roles : [...roles] };
  await users.save(changed);
  return { sentence: `${id} is changed: ${changed.roles.join(', ')}.`, result: changed };
}

/** The password where it was made here; undefined where it came by the standard input. */
async function setPassword(
  { stdin }: UserCommand,
  users: Users,
  { id, name, roles }: Known,
): Promise<string | undefined> {
  const password = stdin ? (await text(process.stdin)).replace(/\r?\n$/, '') : generatePassword();
  await users.save({ id, name, roles, password });
  return stdin ? undefined : password;
}

function tellPassword(id: string, password: string | undefined): Outcome {
  const told = password === undefined ? '' : ` with the password ${password}  (told this once)`;
  return { sentence: `${id} may sign in now${told}.`, result: { id, ...(password === undefined ? {} : { password }) } };
}

function list(users: Users): Outcome {
  const result = users.list().map(({ id, name, roles, passwordSetAt }) => ({ id, name, roles, passwordSetAt }));
  const width = Math.max(0, ...result.map(({ id }) => id.length));
  const lines = result.map(({ id, name, roles }) => `${id.padEnd(width)}  ${roles.join(', ')}  (${name})`);
  return { sentence: lines.length === 0 ? 'There are no users.' : lines.join('\n'), result };
}

function noUser(id: string): UserError {
  return new UserError(`There is no user "${id}".`);
}
