import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import request from 'supertest';
import { createTestDatabase } from '../../../../../test/support/test-database.js';
import { openDatabase } from '../../../db/database.js';
import { DatabaseModule } from '../../../db/database.module.js';
import { poolOf } from '../../../db/pool.js';
import { HttpModule } from '../../../http/http.module.js';
import { startTestApp, type TestApp } from '../../../http/testing/start-test-app.js';
import { AuthModule } from '../../auth.module.js';
import type { SignInSettings } from '../sign-in-settings.js';
import { Users } from '../users.js';

export const ORIGIN = 'http://hub.test';
export const PASSWORD = 'correct horse battery';
export const VERIFIER = 'v'.repeat(64);
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export const SIGN_IN: SignInSettings = {
  roles: { looker: ['things:read'], keeper: ['things:read', 'things:write'] },
  publicUrl: ORIGIN,
  consoleClientId: 'console',
  oidcAuthority: undefined,
  oidcScopes: ['openid'],
  oidcParameters: undefined,
  rolesClaim: 'roles',
  roleMap: undefined,
};

/** What the console asks for, unless a test says otherwise; undefined leaves a parameter out. */
export const REQUEST = {
  response_type: 'code',
  client_id: 'console',
  redirect_uri: `${ORIGIN}/console/callback`,
  scope: 'openid profile',
  state: 'the-state',
  nonce: 'the-nonce',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

export type Changes = Readonly<Record<string, string | undefined>>;

/** A browser: it keeps cookies, and follows nothing by itself. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  /** @param headers sent with each request, as a proxy before the hub would. */
  constructor(
    private readonly server: TestApp['server'],
    private readonly headers: Readonly<Record<string, string>> = {},
    private readonly origin = ORIGIN,
  ) {}

  async authorize(changes: Changes = {}): Promise<request.Response> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...REQUEST, ...changes }))
      if (value !== undefined) query.set(name, value);
    return this.keep(await this.call('get', `/oauth/authorize?${query.toString()}`));
  }

  /** Fills in the form of the page. */
  async submit(page: request.Response, fields: Changes): Promise<request.Response> {
    const form = { request: /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? '', ...fields };
    return this.post('/oauth/authorize', form);
  }

  async post(path: string, form: Changes, headers: Readonly<Record<string, string>> = {}): Promise<request.Response> {
    const call = this.call('post', path).type('form').set('origin', this.origin).set('sec-fetch-site', 'same-origin');
    return this.keep(await call.set(headers).send(form));
  }

  /** Signs in, and gives the code that the console gets. */
  async code(user = 'ada', password = PASSWORD): Promise<string> {
    const answer = await this.submit(await this.authorize(), { user, password });
    return codeOf(answer);
  }

  private call(method: 'get' | 'post', path: string): request.Test {
    const header = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const call = request(this.server)[method](path).set(this.headers);
    return header === '' ? call : call.set('cookie', header);
  }

  private keep(answer: request.Response): request.Response {
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = '', seconds] = /^([^=]+)=([^;]*);.*Max-Age=(\d+)/.exec(line) ?? [];
      if (seconds === '0') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

/** The parameter of the address that the answer leads to. */
export function parameterOf(answer: request.Response, name: string): string | null {
  return new URL(String(answer.headers['location'])).searchParams.get(name);
}

export function codeOf(answer: request.Response): string {
  const code = parameterOf(answer, 'code');
  if (code === null) throw new Error(`no code in ${String(answer.headers['location'])}`);
  return code;
}

export interface SignInApp extends TestApp {
  readonly pool: Pool;
  readonly users: Users;
  /** With headers that a proxy before the hub would add. */
  browser(headers?: Readonly<Record<string, string>>): Browser;
  /** POST /oauth/token. */
  token(form: Changes): Promise<request.Response>;
  /** With a code of the console. */
  exchange(code: string, changes?: Changes): Promise<request.Response>;
  refresh(token: string): Promise<request.Response>;
  close(): Promise<void>;
}

/** An application with the embedded issuer on a database of its own, and one user: ada, a keeper. */
export async function startSignInApp(trustedProxies?: readonly string[]): Promise<SignInApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-sign-in-'));
  const database = await createTestDatabase();
  const dataSource = await openDatabase({
    url: database.url,
    applicationName: 'sign-in test',
    connectionsMax: 5,
    timeouts: { statementMs: 30_000, idleInTransactionMs: 30_000, transactionMs: 60_000 },
    onIdleError: () => undefined,
  });
  const users = new Users(dataDir);
  await users.save({ id: 'ada', name: 'Ada Lang', roles: ['keeper'], password: PASSWORD });
  const auth = { jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir };
  const imports = [HttpModule, DatabaseModule.forRoot(dataSource), AuthModule.forRoot(auth, SIGN_IN)];
  const app = await startTestApp({ imports }, trustedProxies);
  const token = async (form: Changes) => request(app.server).post('/oauth/token').type('form').send(form);
  return {
    ...app,
    pool: poolOf(dataSource),
    users,
    browser: (headers) => new Browser(app.server, headers),
    token,
    exchange: (code, changes = {}) =>
      token({
        grant_type: 'authorization_code',
        client_id: 'console',
        code,
        redirect_uri: REQUEST.redirect_uri,
        code_verifier: VERIFIER,
        ...changes,
      }),
    refresh: (refreshToken) =>
      token({ grant_type: 'refresh_token', client_id: 'console', refresh_token: refreshToken }),
    close: async () => {
      await app.app.close();
      await dataSource.destroy();
      await database.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}
