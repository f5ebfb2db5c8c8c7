import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile, replacePrivateFile } from '../../crypto/private-file.js';
import { hashPassword, isPasswordHash, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, passwordMatches } from './password.js';

const USERS_FILE = 'users.json';
const USERS_MAX = 10_000;

const userSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._@+-]{0,99}$/, 'is not lower case letters, digits and . _ @ + - (at most 100)'),
  name: z.string().trim().min(1).max(200),
  roles: z.array(z.string().min(1)).min(1).max(20),
  passwordHash: z.string().refine(isPasswordHash, 'is not a hash made by "entrepot user"'),
  /** Who signed in before then is signed out. */
  passwordSetAt: z.iso.datetime(),
});
const usersSchema = z
  .array(userSchema)
  .max(USERS_MAX)
  .refine((users) => new Set(users.map(({ id }) => id)).size === users.length, 'names a user twice');

/** Someone who signs in at the embedded issuer. */
export type User = Readonly<z.infer<typeof userSchema>>;

/** Why the list of users cannot be changed so: a sentence. */
export class UserError extends Error {}

/** The users of `users.json` in the data directory. What is changed there counts at once, in every process. */
export class Users {
  private readonly path: string;
  private known: { readonly stamp: string; readonly byId: ReadonlyMap<string, User> } | undefined;

  constructor(dataDir: string) {
    this.path = join(dataDir, USERS_FILE);
  }

  find(id: string): User | undefined {
    return this.current().get(id);
  }

  list(): readonly User[] {
    return [...this.current().values()];
  }

  /** The user, if the password is its own. Takes the same time for unknown users. */
  async authenticate(id: string, password: string): Promise<User | undefined> {
    const user = this.find(id);
    return (await passwordMatches(password, user?.passwordHash)) ? user : undefined;
  }

  /** Adds the user, or takes the place of the one with its id. Throws UserError. */
  async save(user: Pick<User, 'id' | 'name' | 'roles'> & { readonly password?: string }): Promise<void> {
    const { password, ...rest } = user;
    const before = this.find(user.id);
    if (password === undefined && before === undefined) throw new UserError('A new user needs a password.');
    if (password !== undefined) checkPassword(password);
    const kept = before && { passwordHash: before.passwordHash, passwordSetAt: before.passwordSetAt };
    const set = password === undefined ? kept : await newPassword(password);
    const parsed = userSchema.safeParse({ ...rest, ...set });
    if (!parsed.success) throw new UserError(z.prettifyError(parsed.error));
    this.write([...this.list().filter(({ id }) => id !== user.id), parsed.data]);
  }

  /** False where there is no such user. */
  remove(id: string): boolean {
    const rest = this.list().filter((user) => user.id !== id);
    if (rest.length === this.list().length) return false;
    this.write(rest);
    return true;
  }

  private write(users: readonly User[]): void {
    if (users.length > USERS_MAX) throw new UserError(`There may be ${USERS_MAX} users at most.`);
    replacePrivateFile(this.path, `${JSON.stringify(users, undefined, 2)}\n`);
    this.known = undefined;
  }

  private current(): ReadonlyMap<string, User> {
    const stamp = stampOf(this.path);
    if (this.known?.stamp === stamp) return this.known.byId;
    const byId = new Map(readUsers(this.path).map((user) => [user.id, user]));
    this.known = { stamp, byId };
    return byId;
  }
}

function checkPassword(password: string): void {
  if (password.length >= PASSWORD_CHARS_MIN && password.length <= PASSWORD_CHARS_MAX) return;
  throw new UserError(`A password has ${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters.`);
}

async function newPassword(password: string): Promise<Pick<User, 'passwordHash' | 'passwordSetAt'>> {
  return { passwordHash: await hashPassword(password), passwordSetAt: new Date().toISOString() };
}

/** Another file, or other content: a file that is replaced has another number even within one tick of the clock. */
function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino}/${stat.mtimeNs}/${stat.size}`;
}

function readUsers(path: string): readonly User[] {
  const text = readPrivateFile(path);
  if (text === undefined) return [];
  const parsed = usersSchema.safeParse(parseJson(path, text));
  if (parsed.success) return parsed.data;
  throw new Error(`${path} is not a list of users:\n${z.prettifyError(parsed.error)}`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not JSON.`, { cause });
  }
}
