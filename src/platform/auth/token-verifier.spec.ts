import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, createRemoteJWKSet, exportJWK, SignJWT, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../http/problem.js';
import { EmbeddedIssuer } from './embedded-issuer.js';
import { TokenVerifier } from './token-verifier.js';

const ISSUER = 'https://id.example.org';
const AUDIENCE = 'hub';
const HOUR = 3600;
const dir = mkdtempSync(join(tmpdir(), 'entrepot-verifier-'));
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let keys: JWTVerifyGetKey;
let verifier: TokenVerifier;

beforeAll(async () => {
  keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1' }] });
  verifier = new TokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys });
});

afterAll(() => rmSync(dir, { recursive: true }));

const seconds = (): number => Math.floor(Date.now() / 1000);

function claims(changes: JWTPayload = {}): JWTPayload {
  return { sub: 'ada', iss: ISSUER, aud: AUDIENCE, exp: seconds() + HOUR, scope: 'a:read  b:write', ...changes };
}

function signed(payload: JWTPayload, key = privateKey, alg = 'ES256'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, kid: 'k1' }).sign(key);
}

function base64(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

async function problemOf(work: Promise<unknown>): Promise<ProblemError['problem']> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof ProblemError) return error.problem;
  throw new Error('a problem was expected', { cause: error });
}

describe('a good token', () => {
  it('says who calls, until when, and with which scopes', async () => {
    const exp = seconds() + HOUR;
    const principal = await verifier.authenticate(`Bearer ${await signed(claims({ exp }))}`);
    expect(principal).toEqual({ subject: 'ada', scopes: new Set(['a:read', 'b:write']), expiresAt: exp });
  });

  it('may bind the caller to a channel and hold its scopes as a list', async () => {
    const { scope: _, ...rest } = claims({ channel: 'acme', scp: ['a:read', 7, 'c:read'] });
    const principal = await verifier.authenticate(`bearer  ${await signed(rest)}`);
    expect(principal).toMatchObject({ channel: 'acme', scopes: new Set(['a:read', 'c:read']) });
  });

  it('may be signed with RS256 or EdDSA', async () => {
    for (const [alg, pair] of [
      ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
      ['EdDSA', generateKeyPairSync('ed25519')],
    ] as const) {
      const local = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1' }] });
      const other = new TokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: local });
      await expect(other.verify(await signed(claims(), pair.privateKey, alg))).resolves.toMatchObject({
        subject: 'ada',
      });
    }
  });

  it('is checked once; after that its signature is remembered, its expiry is not forgotten', async () => {
    let lookups = 0;
    let now = Date.now();
    const counting: JWTVerifyGetKey = (...input) => {
      lookups += 1;
      return keys(...input);
    };
    const remembering = new TokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: counting, now: () => now });
    const token = await signed(claims({ exp: seconds() + 60 }));
    const first = await remembering.verify(token);
    expect(await remembering.verify(token)).toBe(first);
    expect(lookups).toBe(1);
    now += 66_000;
    await expect(problemOf(remembering.verify(token))).resolves.toMatchObject({ detail: 'The token has expired.' });
  });

  it('may be late by the tolerance of the clocks', async () => {
    await expect(verifier.verify(await signed(claims({ exp: seconds() - 2 })))).resolves.toMatchObject({
      subject: 'ada',
    });
  });
});

describe('a token that is refused with 401', () => {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const hmac = (payload: JWTPayload): string => {
    const content = `${base64({ alg: 'HS256', kid: 'k1' })}.${base64(payload)}`;
    return `${content}.${createHmac('sha256', spki).update(content).digest('base64url')}`;
  };

  it.each<[string, () => string | Promise<string>, RegExp]>([
    ['expired', () => signed(claims({ exp: seconds() - HOUR })), /expired/],
    ['without expiry', () => signed({ sub: 'ada', iss: ISSUER, aud: AUDIENCE }), /claim exp /],
    ['without subject', () => signed({ iss: ISSUER, aud: AUDIENCE, exp: seconds() + HOUR }), /claim sub /],
    ['not valid yet', () => signed(claims({ nbf: seconds() + HOUR })), /claim nbf /],
    ['of another issuer', () => signed(claims({ iss: 'https://evil.example.org' })), /claim iss /],
    ['for another audience', () => signed(claims({ aud: ['shop'] })), /claim aud /],
    ['of alg none', () => `${base64({ alg: 'none' })}.${base64(claims())}.`, /algorithm/],
    ['of HS256 over the public key', () => hmac(claims()), /algorithm/],
    [
      'of an algorithm that is not listed',
      () => signed(claims(), generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'ES384'),
      /algorithm/,
    ],
    ['of a stranger who takes our key id', () => signed(claims(), stranger), /not a valid signed token/],
    [
      'of an unknown key',
      () => new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'k2' }).sign(privateKey),
      /unknown key/,
    ],
    [
      'with other claims under the signature',
      async () => {
        const [header, , signature] = (await signed(claims())).split('.');
        return `${header}.${base64(claims({ scope: 'everything' }))}.${signature}`;
      },
      /not a valid signed token/,
    ],
    ['with a channel that is no text', () => signed(claims({ channel: ['acme'] })), /channel/],
    ['no token at all', () => 'abc', /not a valid signed token/],
  ])('is %s', async (_, token, detail) => {
    const problem = await problemOf(verifier.authenticate(`Bearer ${await token()}`));
    expect(problem).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
      detail: expect.stringMatching(detail) as string,
    });
    expect(problem.headers?.['www-authenticate']).toMatch(/^Bearer realm="entrepot", error="invalid_token"/);
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'Token x', `Bearer ${'x'.repeat(9000)}`])(
    'is the header %j',
    async (header) => {
      const problem = await problemOf(verifier.authenticate(header));
      expect(problem.headers?.['www-authenticate']).toContain('error="invalid_token"');
    },
  );

  it('is none: then the challenge names no error', async () => {
    for (const header of [undefined, '']) {
      const problem = await problemOf(verifier.authenticate(header));
      expect(problem).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="entrepot"' } });
    }
  });
});

it('is our trouble, not the caller’s, when the keys of the issuer cannot be read', async () => {
  const unreachable = createRemoteJWKSet(new URL('http://127.0.0.1:1/keys'), { timeoutDuration: 500 });
  const blind = new TokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: unreachable });
  const problem = await problemOf(blind.verify(await signed(claims())));
  expect(problem).toMatchObject({ status: 503, code: 'TOKEN_KEYS_UNAVAILABLE' });
});

describe('the embedded issuer', () => {
  it('issues tokens that stay good over a restart, and shows no private key', async () => {
    const before = await EmbeddedIssuer.open(dir, ISSUER, AUDIENCE);
    const token = await before.issue({ subject: 'demo', scopes: ['a:read', 'b'], channel: 'acme', ttlSeconds: 60 });
    const after = await EmbeddedIssuer.open(dir, ISSUER, AUDIENCE);
    const local = new TokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: after.keys() });
    expect(await local.verify(token)).toMatchObject({
      subject: 'demo',
      channel: 'acme',
      scopes: new Set(['a:read', 'b']),
    });
    expect(after.jwks.keys).toEqual([expect.not.objectContaining({ d: expect.anything() as unknown })]);
    expect(after.jwks.keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
  });

  it.each([0, -1, Number.NaN, 10 ** 9])('issues none that lives %d seconds', async (ttlSeconds) => {
    const issuer = await EmbeddedIssuer.open(dir, ISSUER, AUDIENCE);
    await expect(issuer.issue({ subject: 'demo', scopes: [], ttlSeconds })).rejects.toThrow(RangeError);
  });
});
