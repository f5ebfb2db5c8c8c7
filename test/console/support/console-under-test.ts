import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Users } from '../../../src/platform/auth/sign-in/users.js';
import { CONFIG, type Config } from '../../../src/platform/config/config.js';
import { startHubUnderTest, type HubUnderTest, type HubUnderTestOptions } from '../../support/hub-under-test.js';
import { buildConsole } from './built-console.js';
import { launchBrowser } from './browser.js';
import { CuttableProxy } from './cuttable-proxy.js';
import { signIn } from './page-walk.js';

export const DESKTOP = { width: 1280, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;

/** Of hooks that start it: the console may have to be built. */
export const START_MS_MAX = 120_000;

const PASSWORD = 'correct horse battery staple';
const WAIT_MS = 15_000;

export interface OpenOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly theme?: 'light' | 'dark';
  /** A role of the hub; `admin` when absent. */
  readonly role?: string;
}

export interface ConsoleUnderTest {
  readonly sut: HubUnderTest;
  /** Between the browser and the hub. */
  readonly network: CuttableProxy;
  /** What went wrong in any page so far: errors, refused by the policy, answers of 500 and more. */
  readonly troubles: string[];
  /** Someone who has just signed in by the sign-in page, on `/console<path>`. */
  open(path: string, options?: OpenOptions): Promise<Page>;
  close(): Promise<void>;
}

/** The whole hub with its console, and a browser before it. */
export async function startConsoleUnderTest(options: HubUnderTestOptions = {}): Promise<ConsoleUnderTest> {
  const built = buildConsole();
  const sut = await startHubUnderTest({
    ...options,
    settings: { ENTREPOT_CONSOLE_DIR: built.directory, ...options.settings },
  });
  const network = new CuttableProxy(new URL(sut.hub.url));
  await network.open();
  const browser = await launchBrowser();
  const users = new Users(sut.hub.app.get<Config>(CONFIG).dataDir);
  const troubles: string[] = [];
  return {
    sut,
    network,
    troubles,
    open: async (path, { viewport = DESKTOP, theme = 'light', role = 'admin' } = {}) => {
      if (users.find(role) === undefined)
        await users.save({ id: role, name: `Test ${role}`, roles: [role], password: PASSWORD });
      const context = await newContext(browser, viewport, theme);
      const page = await context.newPage();
      collectTroubles(page, troubles);
      await page.goto(`${network.url}/console${path}`);
      await signIn(page, role, PASSWORD);
      return page;
    },
    close: async () => {
      await browser.close();
      await network.cut();
      await sut.close();
      built.remove();
    },
  };
}

async function newContext(
  browser: Browser,
  viewport: { readonly width: number; readonly height: number },
  theme: 'light' | 'dark',
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: 'reduce', locale: 'en-GB' });
  context.setDefaultTimeout(WAIT_MS);
  return context;
}

function collectTroubles(page: Page, troubles: string[]): void {
  page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    // Of a network that a test cuts itself.
    if (message.type() === 'error' && !/net::ERR_|WebSocket/.test(message.text()))
      troubles.push(`${page.url()}: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) troubles.push(`${response.url()} answered ${response.status()}`);
  });
}
