import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserSignIn } from '../../src/platform/auth/sign-in/browser-sign-in.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { startTestApp, type TestApp } from '../../src/platform/http/testing/start-test-app.js';
import { ConsoleController } from './console.controller.js';
import { ConsoleFiles } from './console-files.js';

const SCRIPT = `console.log(${JSON.stringify('x'.repeat(2_000))});`;
const PAGE = '<!doctype html><title>Entrepot</title>';
const built = mkdtempSync(join(tmpdir(), 'entrepot-console-'));
const OIDC = 'https://login.example.com';

let test: TestApp;
let unbuilt: TestApp;

const start = (directory: string): Promise<TestApp> =>
  startTestApp({
    imports: [HttpModule],
    controllers: [ConsoleController],
    providers: [
      { provide: ConsoleFiles, useValue: ConsoleFiles.read(directory) },
      { provide: BrowserSignIn, useValue: signIn() },
    ],
  });

/** Of a provider whose discovery document is at hand. */
function signIn(): BrowserSignIn {
  const discovery = {
    issuer: OIDC,
    authorization_endpoint: `${OIDC}/authorize`,
    token_endpoint: `${OIDC}/token`,
  };
  return new BrowserSignIn({
    settings: {
      roles: {},
      publicUrl: undefined,
      consoleClientId: 'console',
      oidcAuthority: OIDC,
      oidcScopes: ['openid'],
      oidcParameters: undefined,
      rolesClaim: 'roles',
      roleMap: undefined,
    },
    embeddedIssuer: undefined,
    fetch: () => Promise.resolve(Response.json(discovery)),
  });
}

beforeAll(async () => {
  mkdirSync(join(built, 'assets'));
  writeFileSync(join(built, 'index.html'), PAGE);
  writeFileSync(join(built, 'documents.json'), '{}');
  writeFileSync(join(built, 'assets', 'index-1a2b.js'), SCRIPT);
  writeFileSync(join(built, 'assets', 'index-1a2b.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(built, 'assets', 'index-1a2b.js.gz'), gzipSync(SCRIPT));
  test = await start(built);
  unbuilt = await start(join(built, 'nowhere'));
});

afterAll(async () => {
  await test.app.close();
  await unbuilt.app.close();
  rmSync(built, { recursive: true });
});

describe('the page', () => {
  it.each(['/console', '/console/', '/console/now', '/console/orders/01a2?tab=timeline', '/console/inventory/A.1/DE'])(
    'answers %s, for it reads the address by itself',
    async (path) => {
      const answer = await request(test.server).get(path);
      expect([answer.status, answer.text]).toEqual([200, PAGE]);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      });
    },
  );

  it('may run nothing inline and load nothing from elsewhere; the provider alone may be asked for tokens', async () => {
    const { headers } = await request(test.server).get('/console/now');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      `connect-src 'self' ${OIDC}`,
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "object-src 'none'",
    ]);
  });

  it('is not sent again to whoever has it', async () => {
    const first = await request(test.server).get('/console/now');
    const again = await request(test.server)
      .get('/console/now')
      .set('if-none-match', first.headers['etag'] ?? '');
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('says how it is built where it is not', async () => {
    const answer = await request(unbuilt.server).get('/console/now');
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      type: 'https://entrepot.dev/problems/console-not-built',
      detail: 'The console is not built: run `npm run build` and start the hub again.',
    });
  });
});

describe('a file of the page', () => {
  it.each([
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', undefined],
  ])('is sent to whoever takes "%s" as %s, and kept for ever', async (accepted, encoding) => {
    const answer = await request(test.server).get('/console/assets/index-1a2b.js').set('accept-encoding', accepted);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
  });

  it.each(['/console/assets/index-gone.js', '/console/documents.json', '/console/assets/..%2Findex.html'])(
    'is no page when there is none: %s',
    async (path) => {
      const { status, type } = await request(test.server).get(path);
      expect([status, type]).toEqual([404, 'application/problem+json']);
    },
  );
});

it('tells how to sign in, to anybody', async () => {
  const answer = await request(test.server).get('/console/config.json');
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.body).toMatchObject({
    signIn: { authorizationEndpoint: `${OIDC}/authorize`, clientId: 'console', embedded: false },
  });
});
