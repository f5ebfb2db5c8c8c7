import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import pLimit from 'p-limit';
import { ProblemError } from '../../http/problem.js';

/** OWASP's choice for scrypt with 32 MiB: some 0.2 s of one core for each guess. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const MEMORY_BYTES_MAX = 128 * COST.N * COST.r * 2;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Of one process: guesses must not take the cores from the work. */
const AT_ONCE_MAX = 2;
/** Guesses that wait for their turn: the last waits for some seconds. */
const WAITING_MAX = 50;
export const PASSWORD_CHARS_MIN = 12;
export const PASSWORD_CHARS_MAX = 200;
const HASH = /^scrypt\$([\w-]{22})\$([\w-]{43})$/;
/** Checked where the user is unknown, so that both cases take the same time. */
const NOBODY = `scrypt$${randomBytes(SALT_BYTES).toString('base64url')}$${randomBytes(KEY_BYTES).toString('base64url')}`;

const turns = pLimit(AT_ONCE_MAX);

/** `scrypt$<salt>$<key>`, both in base64url. */
export function isPasswordHash(text: string): boolean {
  return HASH.test(text);
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt);
  return `scrypt$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Takes as long without a hash as with one. */
export async function passwordMatches(password: string, hash: string | undefined): Promise<boolean> {
  const [, salt = '', key = ''] = HASH.exec(hash ?? NOBODY) ?? [];
  const derived = await derive(password.slice(0, PASSWORD_CHARS_MAX), Buffer.from(salt, 'base64url'));
  return timingSafeEqual(derived, Buffer.from(key, 'base64url')) && hash !== undefined;
}

/** Passwords that look the same are the same, whatever keyboard they were typed on. Throws the 503 problem. */
async function derive(password: string, salt: Buffer): Promise<Buffer> {
  if (turns.pendingCount >= WAITING_MAX) throw tooMany();
  return turns(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        const options = { ...COST, maxmem: MEMORY_BYTES_MAX };
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      }),
  );
}

function tooMany(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'SIGN_IN_BUSY',
    title: 'Too many people sign in now',
    detail: 'The passwords of others are being checked. Try again in a few seconds.',
    headers: { 'retry-after': '5' },
  });
}
