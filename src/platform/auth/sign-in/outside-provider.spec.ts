import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { exportJWK, SignJWT, type JWTPayload } from 'jose';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpModule } from '../../http/http.module.js';
import { startTestApp, type TestApp } from '../../http/testing/start-test-app.js';
import { PublicEndpoint, Scopes } from '../auth.decorators.js';
import { AuthModule } from '../auth.module.js';
import { BrowserSignIn } from './browser-sign-in.js';
import { ownOrigin } from './own-origin.js';
import type { SignInSettings } from './sign-in-settings.js';
import { SIGN_IN } from './testing/sign-in-app.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-outside-'));

@Controller('things')
class ThingsController {
  @Get()
  @Scopes('things:read')
  read(): string {
    return 'read';
  }

  @Get('write')
  @Scopes('things:write')
  write(): string {
    return 'written';
  }
}

@Controller('page')
class PageController {
  constructor(private readonly signIn: BrowserSignIn) {}

  @Get()
  @PublicEndpoint('A test.')
  async page(@Req() asked: FastifyRequest): Promise<object> {
    return {
      signIn: (await this.signIn.describe(ownOrigin(undefined, asked))) ?? null,
      connect: await this.signIn.connectOrigins(),
    };
  }
}

/** A small OpenID provider: its keys and its discovery document. */
let provider: Server;
let authority: string;
let reads = 0;

beforeAll(async () => {
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' };
  provider = createServer(({ url }, answer) => {
    reads += url === '/realm/.well-known/openid-configuration' ? 1 : 0;
    const bodies: Readonly<Record<string, object>> = {
      '/realm/.well-known/openid-configuration': {
        issuer: authority,
        authorization_endpoint: `${authority}/auth`,
        token_endpoint: `${authority}/token`,
        end_session_endpoint: `${authority}/logout`,
      },
      '/realm/keys': { keys: [jwk] },
      '/odd/.well-known/openid-configuration': { issuer: authority, authorization_endpoint: 'javascript:alert(1)' },
    };
    const body = bodies[url ?? ''];
    answer.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  authority = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/realm`;
});

afterAll(async () => {
  provider.closeAllConnections();
  await new Promise((resolve) => provider.close(resolve));
  rmSync(dataDir, { recursive: true });
});

async function start(changes: Partial<SignInSettings> = {}): Promise<TestApp> {
  const auth = { jwksUrl: `${authority}/keys`, jwtIssuer: authority, jwtAudience: 'hub', dataDir };
  const settings = { ...SIGN_IN, publicUrl: undefined, oidcAuthority: authority, ...changes };
  return startTestApp({
    imports: [HttpModule, AuthModule.forRoot(auth, settings)],
    controllers: [ThingsController, PageController],
  });
}

function token(claims: JWTPayload): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setSubject('b7c1')
    .setIssuer(authority)
    .setAudience('hub')
    .setExpirationTime('5 minutes')
    .sign(privateKey);
}

async function statuses(app: TestApp, claims: JWTPayload): Promise<readonly number[]> {
  const authorization = `Bearer ${await token(claims)}`;
  const ask = (path: string) => request(app.server).get(path).set('authorization', authorization);
  return [(await ask('/things')).status, (await ask('/things/write')).status];
}

describe('the roles in tokens of an OpenID provider', () => {
  it('open what they stand for, beside the scopes that a token names', async () => {
    const app = await start();
    expect(await statuses(app, { roles: ['keeper', 'accountant'] })).toEqual([200, 200]);
    expect(await statuses(app, { roles: 'looker' })).toEqual([200, 403]);
    expect(await statuses(app, { roles: ['looker'], scope: 'things:write' })).toEqual([200, 200]);
    expect(await statuses(app, { scope: 'things:write' })).toEqual([403, 200]);
    for (const roles of [[], ['constructor', '__proto__'], [['keeper']], { keeper: true }, undefined])
      expect(await statuses(app, { roles })).toEqual([403, 403]);
    await app.app.close();
  });

  it('are told to the page as scopes: it cannot read them from the token', async () => {
    const app = await start();
    const authorization = `Bearer ${await token({ roles: ['keeper'], scope: 'openid' })}`;
    const answer = await request(app.server).get('/auth/self').set('authorization', authorization);
    expect(answer.body).toMatchObject({ subject: 'b7c1', scopes: ['openid', 'things:read', 'things:write'] });
    expect((await request(app.server).get('/auth/self')).status).toBe(401);
    await app.app.close();
  });

  it.each<[string, string, JWTPayload]>([
    ['groups by their names', 'groups', { groups: ['floor-3'] }],
    ['a path', 'realm_access.roles', { realm_access: { roles: ['floor-3'] } }],
    ['a name with dots', 'https://example.com/roles', { 'https://example.com/roles': ['floor-3'] }],
  ])('are found under %s, and mapped', async (_, rolesClaim, claims) => {
    const app = await start({ rolesClaim, roleMap: new Map([['floor-3', 'looker']]) });
    expect(await statuses(app, claims)).toEqual([200, 403]);
    // With a map the names of the hub's own roles mean nothing: who names the groups does not know them.
    expect(await statuses(app, { groups: ['keeper'] })).toEqual([403, 403]);
    await app.app.close();
  });
});

const page = async (app: TestApp) => request(app.server).get('/page').set('host', 'hub.test:3000');

describe('a page that lets people sign in at an OpenID provider', () => {
  it('is told where, and reads it once', async () => {
    reads = 0;
    const parameters = new Map([['audience', 'hub']]);
    const app = await start({ oidcScopes: ['openid', 'offline_access'], oidcParameters: parameters });
    const answers = [await page(app), await page(app)];
    expect(answers[1]?.body).toEqual({
      signIn: {
        issuer: authority,
        embedded: false,
        authorizationEndpoint: `${authority}/auth`,
        tokenEndpoint: `${authority}/token`,
        endSessionEndpoint: `${authority}/logout`,
        clientId: 'console',
        redirectUri: 'http://hub.test:3000/console/callback',
        signedOutUri: 'http://hub.test:3000/console/signed-out',
        scopes: ['openid', 'offline_access'],
        parameters: { audience: 'hub' },
      },
      connect: [new URL(authority).origin],
    });
    expect(reads).toBe(1);
    await app.app.close();
  });

  it('is told so while the provider is away, or tells what leads nowhere', async () => {
    const app = await start({ oidcAuthority: authority.replace('/realm', '/odd') });
    const answer = await page(app);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ type: 'https://entrepot.dev/problems/sign-in-unavailable' });
    await app.app.close();
  });

  it('is told that nobody can sign in, where no provider is configured', async () => {
    const app = await start({ oidcAuthority: undefined });
    expect((await page(app)).body).toEqual({ signIn: null, connect: [] });
    expect((await request(app.server).get('/oauth/authorize')).status).toBe(404);
    await app.app.close();
  });
});
