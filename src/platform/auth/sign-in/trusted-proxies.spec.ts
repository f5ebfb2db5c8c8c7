import { afterEach, describe, expect, it } from 'vitest';
import { SignInAttempts } from './sign-in-attempts.js';
import { startSignInApp, type SignInApp } from './testing/sign-in-app.js';

const TRIES_OF_USER_AT_ADDRESS = 10;
/** Where the requests of a test come from, through whatever proxy. */
const CONNECTION = '127.0.0.1';

let hub: SignInApp;

afterEach(() => hub.close());

/** Ada has tried as often as she may from there. */
async function useUpTries(address: string): Promise<void> {
  const attempts = new SignInAttempts(hub.pool);
  for (let tries = 0; tries < TRIES_OF_USER_AT_ADDRESS; tries += 1)
    expect(await attempts.count('ada', address)).toBeUndefined();
}

/** The status of one more try, with a wrong password. */
async function tryFrom(forwardedFor: string): Promise<number> {
  const browser = hub.browser({ 'x-forwarded-for': forwardedFor });
  const answer = await browser.submit(await browser.authorize(), { user: 'ada', password: 'guess guess guess' });
  return answer.status;
}

describe('tries to sign in behind a proxy', () => {
  it('are counted by the address that the proxy tells, where it is trusted', async () => {
    hub = await startSignInApp(['127.0.0.0/8', '::1']);
    await useUpTries('192.0.2.1');
    expect(await tryFrom('192.0.2.1')).toBe(429);
    // What the caller wrote itself stands before what the proxy added.
    expect(await tryFrom('192.0.2.3, 192.0.2.1')).toBe(429);
    expect(await tryFrom('192.0.2.2')).toBe(403);
    await hub.browser({ 'x-forwarded-for': '192.0.2.4' }).code();
    const { rows } = await hub.pool.query<{ address: string }>(
      `select input ->> 'address' as address from audit where action = 'SIGN_IN'`,
    );
    expect(rows).toEqual([{ address: '192.0.2.4' }]);
  });

  it.each([
    ['no proxy is', undefined],
    ['another one is', ['192.0.2.0/24']],
  ])('are counted by the connection where %s trusted, whatever the header says', async (_, trusted) => {
    hub = await startSignInApp(trusted);
    await useUpTries(CONNECTION);
    expect(await tryFrom('198.51.100.1')).toBe(429);
    expect(await tryFrom('198.51.100.2')).toBe(429);
  });
});
