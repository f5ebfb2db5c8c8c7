import { Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleModule } from '../../experience-apis/console/index.js';
import { ROLES } from '../../src/composition/roles.js';
import { AuthModule } from '../../src/platform/auth/auth.module.js';
import { CONFIG } from '../../src/platform/config/config.js';
import { createHttpApp } from '../../src/platform/http/http-server.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { JsonLogger } from '../../src/platform/telemetry/logger.js';
import { launchBrowser, withoutBrowser } from './support/browser.js';
import { buildConsole, type BuiltConsole } from './support/built-console.js';
import { startOpenIdProvider, type OpenIdProvider } from './support/openid-provider.js';

const START_MS_MAX = 120_000;
const WAIT_MS = 15_000;

@Global()
@Module({})
class SettingsModule {}

@Module({})
class OpenIdApp {}

/** The console and who may see it, without the rest of the hub: the pages say that they cannot read anything. */
function startApp(provider: OpenIdProvider, consoleDir: string): Promise<NestFastifyApplication> {
  const auth = {
    jwksUrl: provider.jwksUrl,
    jwtIssuer: provider.issuer,
    jwtAudience: provider.audience,
    dataDir: consoleDir,
  };
  const signIn = {
    roles: ROLES,
    publicUrl: undefined,
    consoleClientId: 'entrepot-console',
    oidcAuthority: provider.issuer,
    oidcScopes: ['openid', 'profile'],
    oidcParameters: new Map([['audience', provider.audience]]),
    rolesClaim: 'groups',
    roleMap: new Map([['floor-3', 'agent']]),
  };
  const settings = {
    module: SettingsModule,
    providers: [{ provide: CONFIG, useValue: { consoleDir } }],
    exports: [CONFIG],
  };
  return createHttpApp(
    { module: OpenIdApp, imports: [HttpModule, settings, AuthModule.forRoot(auth, signIn), ConsoleModule] },
    {
      bodyLimitBytes: 10_000,
      rawPrefixes: [],
      logger: new JsonLogger({ level: 'fatal', stream: { write: () => undefined } }),
    },
  );
}

describe.skipIf(withoutBrowser())('the console with an OpenID provider', () => {
  let provider: OpenIdProvider;
  let built: BuiltConsole;
  let app: NestFastifyApplication;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    provider = await startOpenIdProvider();
    built = buildConsole();
    app = await startApp(provider, built.directory);
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    browser = await launchBrowser();
  }, START_MS_MAX);
  afterAll(async () => {
    await browser.close();
    await app.close();
    built.remove();
    await provider.close();
  });

  async function open(path: string) {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${url}/console${path}`);
    return page;
  }

  it('signs people in there, shows what their groups may see, and signs them out there', async () => {
    provider.person = { sub: 'b7c1', name: 'Ada Lang', groups: ['floor-3', 'choir'] };
    const page = await open('/orders?status=OPEN');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Orders' }).waitFor();
    expect(await pages.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    expect(page.url()).toBe(`${url}/console/orders?status=OPEN`);
    await page.locator('.user-menu summary').getByText('Ada Lang').click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(provider.signOuts.at(-1)?.searchParams.get('post_logout_redirect_uri')).toBe(`${url}/console/signed-out`);
    expect(provider.signOuts.at(-1)?.searchParams.get('id_token_hint')).toMatch(/^eyJ/);
    await page.context().close();
  });

  it('takes no answer that it did not ask for', async () => {
    const page = await open('/callback?code=stolen&state=made-up');
    await page.getByRole('heading', { name: 'Signing in did not work' }).waitFor();
    await page.getByText('This tab did not ask to sign in.').waitFor();
    expect(page.url()).not.toContain('stolen');
    await page.context().close();
  });
});
