import { decodeJwt } from 'jose';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenVerifier } from '../token-verifier.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { codeOf, ORIGIN, parameterOf, PASSWORD, startSignInApp, type SignInApp } from './testing/sign-in-app.js';
import { UserGrants, type UserTokens } from './user-grants.js';

let hub: SignInApp;

beforeAll(async () => {
  hub = await startSignInApp();
});

afterAll(() => hub.close());

const tokensOf = (answer: Response): UserTokens => answer.body as UserTokens;

async function signedIn(): Promise<UserTokens> {
  const answer = await hub.exchange(await hub.browser().code());
  expect(answer.status).toBe(200);
  return tokensOf(answer);
}

const refused = { status: 400, error: 'invalid_grant' };
const told = (answer: Response): object => ({
  status: answer.status,
  error: (answer.body as { readonly error?: string }).error,
});

describe('signing in', () => {
  it('leads over the page back to the console, with tokens for what the role may do', async () => {
    const browser = hub.browser();
    const page = await browser.authorize({ login_hint: '"><script>' });
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action/,
    );
    expect(page.headers['x-frame-options']).toBe('DENY');
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('value="&quot;&gt;&lt;script&gt;"');
    const back = await browser.submit(page, { user: ' Ada', password: PASSWORD });
    expect(back.status).toBe(303);
    expect(back.headers['location']).toMatch(`${ORIGIN}/console/callback?code=`);
    expect([parameterOf(back, 'state'), parameterOf(back, 'iss')]).toEqual(['the-state', 'urn:test']);
    const answer = await hub.exchange(codeOf(back));
    expect(answer.headers['cache-control']).toBe('no-store');
    const tokens = tokensOf(answer);
    expect(await hub.app.get(TokenVerifier).verify(tokens.access_token)).toMatchObject({
      subject: 'ada',
      scopes: new Set(['things:read', 'things:write']),
    });
    expect(decodeJwt(tokens.id_token)).toMatchObject({
      sub: 'ada',
      name: 'Ada Lang',
      roles: ['keeper'],
      aud: 'console',
      iss: 'urn:test',
      nonce: 'the-nonce',
    });
  });

  it('sets cookies that no script reads and no other site sends', async () => {
    const browser = hub.browser();
    const page = await browser.authorize();
    const back = await browser.submit(page, { user: 'ada', password: PASSWORD });
    const cookies = [page.headers['set-cookie'], back.headers['set-cookie']].flat();
    expect(cookies).toHaveLength(3);
    for (const cookie of cookies) expect(cookie).toMatch(/Path=\/oauth; .*HttpOnly; SameSite=Strict/);
  });

  it('asks once: another page of the same browser gets its code at once, unless it wants the password', async () => {
    const browser = hub.browser();
    await browser.code();
    const again = await browser.authorize({ state: 'other', prompt: 'none' });
    expect(again.status).toBe(303);
    expect((await hub.exchange(codeOf(again))).status).toBe(200);
    expect((await browser.authorize({ prompt: 'login' })).status).toBe(200);
  });

  it('tells a page that asks for no page that nobody is signed in', async () => {
    expect(parameterOf(await hub.browser().authorize({ prompt: 'none' }), 'error')).toBe('login_required');
  });

  it.each([
    ['a wrong password', 'ada', 'guess guess guess'],
    ['an unknown user', 'nobody', PASSWORD],
  ])('refuses %s in the same words', async (_, user, password) => {
    const browser = hub.browser();
    const answer = await browser.submit(await browser.authorize(), { user, password });
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.text).toContain('The user is unknown or the password is wrong.');
    expect(answer.text).not.toContain(password);
  });

  it('keeps nothing that opens anything', async () => {
    const browser = hub.browser();
    const tokens = tokensOf(await hub.exchange(await browser.code()));
    const code = codeOf(await browser.authorize());
    const { rows } = await hub.pool.query<{ row: string }>(
      'select s::text as row from sign_in_session s union all select g::text from sign_in_grant g',
    );
    const kept = rows.map(({ row }) => row).join('\n');
    for (const secret of [tokens.refresh_token, code])
      for (const form of [secret, Buffer.from(secret, 'base64url').toString('hex')]) expect(kept).not.toContain(form);
  });

  it('is written down, and so is its end', async () => {
    const browser = hub.browser();
    const code = await browser.code();
    await hub.exchange(code);
    await hub.exchange(code);
    await browser.post('/oauth/sign-out', {});
    const { rows } = await hub.pool.query<{ action: string; input: object }>(
      `select action, input from audit where actor = 'ada' order by id desc limit 3`,
    );
    expect(rows).toEqual([
      { action: 'SIGN_OUT', input: { everywhere: false } },
      { action: 'SIGN_IN_ENDED', input: { kind: 'CODE', why: 'REUSED' } },
      { action: 'SIGN_IN', input: { address: expect.stringMatching(/^[\d.:a-f]+$/) as string } },
    ]);
  });
});

describe('a request to sign in', () => {
  it.each([
    ['another client', { client_id: 'shop' }],
    ['another address', { redirect_uri: 'https://evil.test/console/callback' }],
    ['a longer address', { redirect_uri: `${ORIGIN}/console/callback/../../evil` }],
    ['an address with more behind it', { redirect_uri: `${ORIGIN}/console/callback?next=https://evil.test` }],
    ['an address that only begins alike', { redirect_uri: `${ORIGIN}.evil.test/console/callback` }],
    ['no address', { redirect_uri: undefined }],
  ])('that names %s sends nobody anywhere', async (_, changes) => {
    const answer = await hub.browser().authorize(changes);
    expect(answer.status).toBe(400);
    expect(answer.headers['location']).toBeUndefined();
    expect(answer.headers['content-type']).toMatch('text/html');
  });

  it.each([
    ['no challenge', { code_challenge: undefined }, 'invalid_request'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge of no method', { code_challenge_method: undefined }, 'invalid_request'],
    ['no state', { state: undefined }, 'invalid_request'],
    ['no nonce', { nonce: undefined }, 'invalid_request'],
    ['tokens in the address', { response_type: 'token' }, 'unsupported_response_type'],
    ['the answer as a form', { response_mode: 'form_post' }, 'invalid_request'],
    ['a request object', { request: 'eyJ' }, 'request_not_supported'],
  ])('with %s is sent back with the error', async (_, changes, error) => {
    const answer = await hub.browser().authorize(changes);
    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toMatch(`${ORIGIN}/console/callback?error=${error}`);
  });
});

describe('the form', () => {
  const filled = { user: 'ada', password: PASSWORD };

  it('of another browser is refused: nobody can be signed in as someone else', async () => {
    const page = await hub.browser().authorize();
    const victim = hub.browser();
    await victim.authorize();
    expect((await victim.submit(page, filled)).status).toBe(403);
    expect((await hub.browser().submit(page, filled)).status).toBe(403);
  });

  it.each([
    [{ origin: 'https://evil.test' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'null' }],
  ])('from another page is refused: %j', async (headers) => {
    const browser = hub.browser();
    const page = await browser.authorize();
    const form = { ...filled, request: /name="request" value="([^"]+)"/.exec(page.text)?.[1] };
    expect((await browser.post('/oauth/authorize', form, headers)).status).toBe(403);
    expect((await browser.post('/oauth/authorize', form)).status).toBe(303);
  });

  it('cannot be written by anybody else, not even with another token of the issuer', async () => {
    const browser = hub.browser();
    await browser.authorize();
    const { id_token: request } = await signedIn();
    for (const given of [request, 'x', ''])
      expect((await browser.post('/oauth/authorize', { ...filled, request: given })).status).toBe(403);
  });
});

describe('a code', () => {
  it('opens once; used again it ends what it opened', async () => {
    const code = await hub.browser().code();
    const first = await hub.exchange(code);
    expect(told(await hub.exchange(code))).toEqual(refused);
    expect(told(await hub.refresh(tokensOf(first).refresh_token))).toEqual(refused);
  });

  it('opens once, however many ask at the same time', async () => {
    const code = await hub.browser().code();
    const answers = await Promise.all(Array.from({ length: 5 }, () => hub.exchange(code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const [tokens] = answers.flatMap((answer) => (answer.status === 200 ? [tokensOf(answer)] : []));
    expect(told(await hub.refresh(tokens?.refresh_token ?? ''))).toEqual(refused);
  });

  it.each([
    ['the challenge in place of the verifier', { code_verifier: undefined }, { status: 400, error: 'invalid_request' }],
    ['another client', { client_id: 'shop' }, { status: 401, error: 'invalid_client' }],
  ])('opens nothing with %s', async (_, changes, expected) => {
    const code = await hub.browser().code();
    expect(told(await hub.exchange(code, changes))).toEqual(expected);
  });

  it.each([
    ['another verifier', { code_verifier: 'w'.repeat(64) }],
    ['another address', { redirect_uri: 'https://evil.test/console/callback' }],
  ])('that was tried with %s is lost to everybody', async (_, changes) => {
    const code = await hub.browser().code();
    expect(told(await hub.exchange(code, changes))).toEqual(refused);
    expect(told(await hub.exchange(code))).toEqual(refused);
  });

  it('opens nothing after a minute', async () => {
    const code = await hub.browser().code();
    await hub.pool.query(
      `update sign_in_grant set expires_at = expires_at - interval '61 seconds' where kind = 'CODE'`,
    );
    expect(told(await hub.exchange(code))).toEqual(refused);
  });

  it('is no refresh token, and a refresh token is no code', async () => {
    const code = await hub.browser().code();
    expect(told(await hub.refresh(code))).toEqual(refused);
    const tokens = tokensOf(await hub.exchange(code));
    expect(told(await hub.exchange(tokens.refresh_token))).toEqual(refused);
  });
});

describe('a refresh token', () => {
  it('opens once and brings the next one', async () => {
    const first = await signedIn();
    const second = tokensOf(await hub.refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(tokensOf(await hub.refresh(second.refresh_token))).toMatchObject({ expires_in: 600 });
  });

  it('used again ends the family, and no other page of the user', async () => {
    const other = await signedIn();
    const first = await signedIn();
    const second = tokensOf(await hub.refresh(first.refresh_token));
    expect(told(await hub.refresh(first.refresh_token))).toEqual(refused);
    expect(told(await hub.refresh(second.refresh_token))).toEqual(refused);
    expect((await hub.refresh(other.refresh_token)).status).toBe(200);
  });

  it('opens nothing once it was revoked', async () => {
    const { refresh_token: token } = await signedIn();
    expect((await hub.browser().post('/oauth/revoke', { token })).status).toBe(200);
    expect((await hub.browser().post('/oauth/revoke', { token: 'unknown' })).status).toBe(200);
    expect(told(await hub.refresh(token))).toEqual(refused);
  });

  it('brings the roles of now, and nothing after a new password or without the user', async () => {
    await hub.users.save({ id: 'bob', name: 'Bob', roles: ['keeper'], password: PASSWORD });
    const first = tokensOf(await hub.exchange(await hub.browser().code('bob')));
    await hub.users.save({ id: 'bob', name: 'Bob', roles: ['looker', 'of-another-hub'] });
    const second = tokensOf(await hub.refresh(first.refresh_token));
    expect(second.scope).toBe('things:read');
    await hub.pool.query(`update sign_in_session set began_at = began_at - interval '2 seconds' where subject = 'bob'`);
    await hub.users.save({ id: 'bob', name: 'Bob', roles: ['looker'], password: 'another password' });
    expect(told(await hub.refresh(second.refresh_token))).toEqual(refused);
    const third = tokensOf(await hub.exchange(await hub.browser().code('bob', 'another password')));
    expect(hub.users.remove('bob')).toBe(true);
    expect(told(await hub.refresh(third.refresh_token))).toEqual(refused);
  });

  it('is of no use where a bearer token is asked for, nor is the id token', async () => {
    const { refresh_token: refresh, id_token: id } = await signedIn();
    const verifier = hub.app.get(TokenVerifier);
    await expect(verifier.verify(refresh)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(verifier.verify(id)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('signing out', () => {
  it('ends the session and what every page of this browser goes on with', async () => {
    const browser = hub.browser();
    const tokens = tokensOf(await hub.exchange(await browser.code()));
    const elsewhere = await signedIn();
    expect((await browser.post('/oauth/sign-out', {})).status).toBe(204);
    expect(told(await hub.refresh(tokens.refresh_token))).toEqual(refused);
    expect((await browser.authorize()).status).toBe(200);
    expect((await hub.refresh(elsewhere.refresh_token)).status).toBe(200);
  });

  it('may be everywhere', async () => {
    const [browser, elsewhere] = [hub.browser(), await signedIn()];
    await browser.code();
    expect((await browser.post('/oauth/sign-out', { everywhere: 'true' })).status).toBe(204);
    expect(told(await hub.refresh(elsewhere.refresh_token))).toEqual(refused);
  });

  it('is not for other sites to do', async () => {
    const browser = hub.browser();
    const tokens = tokensOf(await hub.exchange(await browser.code()));
    const answer = await browser.post('/oauth/sign-out', {}, { origin: 'https://evil.test' });
    expect(answer.status).toBe(403);
    expect((await hub.refresh(tokens.refresh_token)).status).toBe(200);
  });
});

it('asks for tokens too often at one address alone: others go on', async () => {
  const grants = hub.app.get(UserGrants);
  const ask = (address: string): Promise<unknown> =>
    grants.refresh({ client_id: 'console' }, address).catch((error: unknown) => error);
  const answers: unknown[] = [];
  for (let asked = 0; asked < 260; asked += 1) answers.push(await ask('192.0.2.1'));
  const wrong = { name: 'OAuthError', status: 400, code: 'invalid_request' };
  for (const answer of answers.slice(0, 200)) expect(answer).toMatchObject(wrong);
  // Among the rest some may come after a turn was given back.
  expect(answers).toContainEqual(expect.objectContaining({ name: 'OAuthError', status: 429, code: 'slow_down' }));
  expect(await ask('192.0.2.2')).toMatchObject(wrong);
});

describe('trying passwords', () => {
  it('is bounded for a user at an address, even with the right one, and others go on', async () => {
    await hub.users.save({ id: 'eve', name: 'Eve', roles: ['looker'], password: PASSWORD });
    const browser = hub.browser();
    const page = await browser.authorize();
    const attempt = (user: string, password: string) => browser.submit(page, { user, password });
    for (let tries = 0; tries < 10; tries += 1) expect((await attempt('eve', `guess ${tries} guess`)).status).toBe(403);
    const answer = await attempt('eve', PASSWORD);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(200);
    expect(answer.text).toContain('There were too many tries.');
    expect((await attempt('ada', PASSWORD)).status).toBe(303);
    await hub.pool.query(`update sign_in_attempt set window_ends_at = now()`);
    await hub.browser().code('eve');
  });

  it('at one address keeps nobody out at another', async () => {
    const attempts = new SignInAttempts(hub.pool);
    for (let tries = 0; tries < 60; tries += 1) await attempts.count('carol', '192.0.2.1');
    expect(await attempts.count('carol', '192.0.2.1')).toBeGreaterThan(200);
    expect(await attempts.count('carol', '192.0.2.2')).toBeUndefined();
  });

  it('of ever other users is bounded for an address, and fills no table', async () => {
    const attempts = new SignInAttempts(hub.pool);
    const kept = async (): Promise<number> =>
      (await hub.pool.query('select 1 from sign_in_attempt')).rowCount ?? Number.NaN;
    for (let tries = 0; tries < 200; tries += 1) await attempts.count(`user-${tries}`, '2001:db8:7:7::1');
    const before = await kept();
    for (let tries = 0; tries < 20; tries += 1)
      expect(await attempts.count(`other-${tries}`, `2001:db8:7:7::${tries}`)).toBeGreaterThan(200);
    expect(await kept()).toBe(before);
  });

  it('at many addresses is bounded for the user', async () => {
    const attempts = new SignInAttempts(hub.pool);
    for (let tries = 0; tries < 50; tries += 1)
      expect(await attempts.count('dave', `198.51.100.${tries}`)).toBeUndefined();
    expect(await attempts.count('dave', '198.51.100.99')).toBeGreaterThan(200);
  });

  it('is bounded over all addresses and all users too', async () => {
    await hub.pool.query(`update sign_in_attempt set attempts = 1000, window_ends_at = now() + interval '1 minute'`);
    const browser = hub.browser();
    const answer = await browser.submit(await browser.authorize(), { user: 'mallory', password: PASSWORD });
    expect(answer.status).toBe(429);
    await hub.pool.query('delete from sign_in_attempt');
  });
});

it('tells what it offers where OpenID clients look for it', async () => {
  const answer = await hub.browser().authorize();
  expect(answer.status).toBe(200);
  const { default: request } = await import('supertest');
  const found = await request(hub.server).get('/.well-known/openid-configuration');
  expect(found.body).toMatchObject({
    issuer: 'urn:test',
    token_endpoint: `${ORIGIN}/oauth/token`,
    code_challenge_methods_supported: ['S256'],
  });
});
