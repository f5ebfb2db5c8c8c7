import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpModule } from '../http/http.module.js';
import { startTestApp, type TestApp } from '../http/testing/start-test-app.js';
import { AuthModule } from './auth.module.js';
import { TokenClients } from './token-clients.js';
import { TokenVerifier } from './token-verifier.js';

const SECRET = 'a-long+random:secret/%';
const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-clients-'));

function writeClients(content: unknown): void {
  const path = join(dataDir, 'clients.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  chmodSync(path, 0o600);
}

const acme = {
  id: 'acme client',
  secretSha256: createHash('sha256').update(SECRET).digest('hex'),
  scopes: ['a:read', 'a:write'],
  channel: 'acme',
};

let test: TestApp;

/** Each test has its own start, and so its own bounds on the rate. */
beforeEach(async () => {
  writeClients([acme]);
  test = await startTestApp({
    imports: [
      HttpModule,
      AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir }),
    ],
  });
  return () => test.app.close();
});

afterAll(() => rmSync(dataDir, { recursive: true }));

const asBasic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

async function ask(form: Readonly<Record<string, string>>, authorization?: string): Promise<request.Response> {
  const call = request(test.server).post('/oauth/token').type('form');
  return (authorization === undefined ? call : call.set('authorization', authorization)).send(form);
}

const GRANT = { grant_type: 'client_credentials' };
const BY_FORM = { ...GRANT, client_id: acme.id, client_secret: SECRET };

describe('POST /oauth/token', () => {
  it.each([
    ['HTTP Basic', GRANT, asBasic(acme.id, SECRET)],
    ['form fields', BY_FORM, undefined],
  ])('gives a token for the client’s channel and scopes, by %s', async (_, form, authorization) => {
    const answer = await ask(form, authorization);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const body = answer.body as { readonly access_token: string };
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'a:read a:write' });
    const principal = await test.app.get(TokenVerifier).verify(body.access_token);
    expect(principal).toMatchObject({ subject: acme.id, channel: 'acme', scopes: new Set(acme.scopes) });
  });

  it('gives fewer scopes when fewer are asked for, and never more', async () => {
    expect((await ask({ ...BY_FORM, scope: 'a:read' })).body).toMatchObject({ scope: 'a:read' });
    const more = await ask({ ...BY_FORM, scope: 'a:read admin' });
    expect(more.status).toBe(400);
    expect(more.body).toMatchObject({ error: 'invalid_scope' });
  });

  it.each([
    ['a wrong secret', GRANT, asBasic(acme.id, 'guess'), 401, 'invalid_client'],
    ['an unknown client', GRANT, asBasic('nobody', SECRET), 401, 'invalid_client'],
    ['no credentials', GRANT, undefined, 401, 'invalid_client'],
    ['another grant', { ...BY_FORM, grant_type: 'password' }, undefined, 400, 'unsupported_grant_type'],
    ['no grant', {}, undefined, 400, 'invalid_request'],
    [
      'credentials that are not form-encoded',
      GRANT,
      `Basic ${Buffer.from('a%:b').toString('base64')}`,
      400,
      'invalid_request',
    ],
  ])('refuses %s in the words of OAuth', async (_, form, authorization, status, error) => {
    const answer = await ask(form, authorization);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error });
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Basic realm="entrepot"' : undefined);
  });

  it('bounds the rate of each client, and that of all unknown ones together', async () => {
    for (let call = 0; call < 20; call += 1) await ask(GRANT, asBasic(`nobody-${call}`, 'guess'));
    const refused = await ask(GRANT, asBasic('somebody', 'guess'));
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect((await ask(BY_FORM)).status).toBe(200);
  });
});

describe('GET /.well-known/jwks.json', () => {
  it('shows the public key to everybody', async () => {
    const answer = await request(test.server).get('/.well-known/jwks.json');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ keys: [{ kty: 'EC', alg: 'ES256' }] });
    expect(answer.text).not.toContain('"d"');
  });
});

describe('clients.json', () => {
  it.each(['{', '{}', [{ ...acme, secretSha256: SECRET }], [{ ...acme, scopes: ['a b'] }], [{ id: 'x' }]])(
    'stops the start when it is %j',
    (content) => {
      writeClients(content);
      expect(() => TokenClients.load(dataDir)).toThrow(/clients\.json is not/);
    },
  );

  it('may be absent, and is refused where others may read it', () => {
    expect(TokenClients.load(join(dataDir, 'nowhere')).has('acme')).toBe(false);
    chmodSync(join(dataDir, 'clients.json'), 0o640);
    expect(() => TokenClients.load(dataDir)).toThrow('chmod 600');
  });
});

describe('with an outside issuer', () => {
  let outside: TestApp;
  beforeAll(async () => {
    const settings = { jwksUrl: 'http://127.0.0.1:1/keys', jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir };
    outside = await startTestApp({ imports: [HttpModule, AuthModule.forRoot(settings)] });
    return () => outside.app.close();
  });

  it('the hub issues nothing itself', async () => {
    const token = await request(outside.server).post('/oauth/token').type('form').send(BY_FORM);
    const keys = await request(outside.server).get('/.well-known/jwks.json');
    expect([token.status, keys.status]).toEqual([404, 404]);
  });
});
