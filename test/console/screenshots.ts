import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { launchBrowser } from './support/browser.js';
import { goInside, signIn, untilShown } from './support/page-walk.js';

/** How long orders come in before the pictures: first those that wait for a person, who in the demo comes after 45 s. */
const WAITING_MS = 20_000;
const BUSY_MS = 25_000;
const SETTLE_MS = 800;
const START_MS_MAX = 120_000;
const IMAGES = join(packageRoot(), 'docs', 'images');

interface Demo {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  stop(): Promise<void>;
}

/** The demo as a newcomer starts it, with a data directory of its own. */
async function startDemo(): Promise<Demo> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-pictures-'));
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'src', 'main.js'), '--rate', '3'], {
    env: { PATH, HOME, ENTREPOT_DATA_DIR: dataDir, ENTREPOT_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [, url = '', user = '', password = ''] = await lineOf(
    child,
    /Console\s+(\S+)\/console\s+user (\S+), password (\S+)/,
  );
  return {
    url,
    user,
    password,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function lineOf(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  if (child.stdout === null) throw new Error('the demo has no output');
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
  const timer = setTimeout(() => reject(new Error('the demo did not start')), START_MS_MAX);
  child.once('exit', (code) => reject(new Error(`the demo ended with ${code}`)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const found = pattern.exec(line);
    if (found !== null) resolve(found);
  });
  return promise.finally(() => clearTimeout(timer));
}

async function openPage(browser: Browser, demo: Demo, colorScheme: 'light' | 'dark', width: number): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    colorScheme,
    locale: 'en-GB',
    deviceScaleFactor: 1,
  });
  const page = await context.newPage();
  await page.goto(`${demo.url}/console/now`);
  await signIn(page, demo.user, demo.password);
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  await settle(page);
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
}

async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(SETTLE_MS);
  await untilShown(page, new URL(page.url()).pathname.replace('/console', ''));
}

async function openPlace(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await settle(page);
}

/** Opens what the first link of the page's list leads to. */
async function openFirst(page: Page): Promise<void> {
  await page.locator('main tbody a').first().click();
  await settle(page);
}

async function shootAll(browser: Browser, demo: Demo): Promise<void> {
  const page = await openPage(browser, demo, 'light', 1280);
  await page.waitForTimeout(WAITING_MS);
  await openPlace(page, 'Exceptions');
  await shoot(page, 'console-exceptions');
  await openPlace(page, 'Now');
  await page.waitForTimeout(BUSY_MS);
  await shoot(page, 'console-now');
  await goInside(page, '/orders?status=SHIPPED');
  await page.locator('main tbody').getByText('Shipped').first().waitFor();
  await shoot(page, 'console-orders');
  await openFirst(page);
  await shoot(page, 'console-order');
  await openPlace(page, 'Inventory');
  await openFirst(page);
  await page.getByRole('tab', { name: 'Availability' }).click();
  await shoot(page, 'console-item');
  await openPlace(page, 'Channels and systems');
  await shoot(page, 'console-systems');
  await openPlace(page, 'Performance');
  await shoot(page, 'console-performance');
  await shoot(await openPage(browser, demo, 'dark', 1280), 'console-now-dark');
  await shoot(await openPage(browser, demo, 'light', 390), 'console-now-phone');
}

mkdirSync(IMAGES, { recursive: true });
const demo = await startDemo();
try {
  const browser = await launchBrowser();
  try {
    await shootAll(browser, demo);
  } finally {
    await browser.close();
  }
} finally {
  await demo.stop();
}
