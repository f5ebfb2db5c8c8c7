import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNMAPPED_LISTING } from '../../src/demo/retail.js';
import { BOTH_NODES } from '../support/place-orders.js';
import { withoutBrowser } from './support/browser.js';
import { DESKTOP, PHONE, startConsoleUnderTest, type ConsoleUnderTest } from './support/console-under-test.js';

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const GRAVE: ReadonlySet<string | null | undefined> = new Set(['serious', 'critical']);
const SETTLED_MS = 400;

/** The same page in other colours: only contrast can differ. */
const CONTRAST = ['color-contrast'];

describe.skipIf(withoutBrowser())('every page', () => {
  let console: ConsoleUnderTest;
  let pages: readonly string[] = [];

  beforeAll(async () => {
    console = await startConsoleUnderTest();
    const { sut } = console;
    const reference = await sut.placePartner([{ sku: BOTH_NODES, quantity: 2 }]);
    sut.placeShopify([{ sku: UNMAPPED_LISTING, quantity: 1 }]);
    await sut.waitForOrder('b2b-acme', reference, ({ status }) => status === 'SHIPPED');
    pages = await pagesOf(console);
  });
  afterAll(() => console.close());

  it.each([
    ['at a desk', DESKTOP],
    ['on a phone', PHONE],
  ])('can be used by everybody %s, in light and dark', { timeout: 120_000 }, async (_, viewport) => {
    const page = await console.open('/now', { viewport });
    const findings: string[] = [];
    for (const path of pages) {
      await page.emulateMedia({ colorScheme: 'light' });
      await goTo(page, path);
      findings.push(...(await graveFindings(page, `${path} light`)), ...(await sidewaysOf(page, path)));
      await page.emulateMedia({ colorScheme: 'dark' });
      findings.push(...(await graveFindings(page, `${path} dark`, CONTRAST)));
    }
    await page.close();
    expect(findings).toEqual([]);
  });

  it('never met an error on the way', () => {
    expect(console.troubles).toEqual([]);
  });
});

/** Each page of the console, with something to show. */
async function pagesOf({ sut }: ConsoleUnderTest): Promise<readonly string[]> {
  const ids = await sut.pool.query<{ order: string; exception: string }>(
    `select (select id from orders where status = 'SHIPPED' limit 1) as "order",
            (select id from exception limit 1) as exception`,
  );
  const [found] = ids.rows;
  return [
    '/now',
    '/now?view=table',
    '/orders',
    `/orders/${found?.order}`,
    '/exceptions',
    `/exceptions/${found?.exception}`,
    '/inventory',
    `/inventory/${BOTH_NODES}`,
    `/inventory/${BOTH_NODES}/dc-north`,
    '/systems',
    '/systems/sap-s4hana',
    '/channels/shop-eu',
    '/performance',
    '/audit',
    '/search?q=nothing-is-called-so',
    '/nowhere',
  ];
}

/** Inside the app: signing in again for each page would be the larger part of the test. */
async function goTo(page: Page, path: string): Promise<void> {
  const address = JSON.stringify(`/console${path}`);
  await page.evaluate(`history.pushState(null, '', ${address}); dispatchEvent(new PopStateEvent('popstate'))`);
  await page.locator('main h1').waitFor();
  await page.waitForTimeout(SETTLED_MS);
}

async function graveFindings(page: Page, where: string, rules?: string[]): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules === undefined ? axe.withTags(STANDARDS) : axe.withRules(rules)).analyze();
  return violations
    .filter(({ impact }) => GRAVE.has(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${where}: ${id} ${target.join(' ')} ${failureSummary ?? ''}`),
    );
}

/** A page that scrolls sideways hides its end. */
async function sidewaysOf(page: Page, path: string): Promise<readonly string[]> {
  const [scrolls = 0, width = 0] = await page.evaluate<number[]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  return scrolls > width ? [`${path} is ${scrolls} wide on a screen of ${width}`] : [];
}
