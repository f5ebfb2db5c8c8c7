import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTNER_ACCOUNT, UNMAPPED_LISTING } from '../../src/demo/retail.js';
import { BOTH_NODES } from '../support/place-orders.js';
import { until } from '../support/until.js';
import { withoutBrowser } from './support/browser.js';
import {
  DESKTOP,
  PHONE,
  START_MS_MAX,
  startConsoleUnderTest,
  type ConsoleUnderTest,
} from './support/console-under-test.js';
import { goInside, untilShown } from './support/page-walk.js';

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** In other colours only this can differ. */
const CONTRAST = 'color-contrast';
const GRAVE: ReadonlySet<string | null | undefined> = new Set(['serious', 'critical']);
const SEEN_MS_MAX = 20_000;
const FLAWLESS_MS_MAX = 15_000;

interface Ids {
  readonly order: string;
  readonly exception: string;
}

/** Each page of the console, with something to show. */
const PAGES: readonly (readonly [name: string, pathOf: (ids: Ids) => string])[] = [
  ['Now', () => '/now'],
  ['Now as a table', () => '/now?view=table'],
  ['Orders', () => '/orders'],
  ['an order', ({ order }) => `/orders/${order}`],
  ['Alerts', () => '/alerts'],
  ['Exceptions', () => '/exceptions'],
  ['an exception', ({ exception }) => `/exceptions/${exception}`],
  ['Inventory', () => '/inventory'],
  ['an item', () => `/inventory/${BOTH_NODES}`],
  ['a position', () => `/inventory/${BOTH_NODES}/dc-north`],
  ['Channels and systems', () => '/systems'],
  ['a system', () => '/systems/sap-s4hana'],
  ['a channel', () => '/channels/shop-eu'],
  ['Performance', () => '/performance'],
  ['Audit', () => '/audit'],
  ['the search', () => '/search?q=nothing-is-called-so'],
  ['an address that leads nowhere', () => '/nowhere'],
];

describe.skipIf(withoutBrowser())('everybody can use', () => {
  let console: ConsoleUnderTest;
  let page: Page;
  let ids: Ids;

  beforeAll(async () => {
    console = await startConsoleUnderTest();
    const { sut } = console;
    const reference = await sut.placePartner([{ sku: BOTH_NODES, quantity: 2 }]);
    sut.placeShopify([{ sku: UNMAPPED_LISTING, quantity: 1 }]);
    await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ status }) => status === 'SHIPPED');
    ids = await idsOf(console);
    page = await console.open('/now');
  }, START_MS_MAX);
  afterAll(() => console.close());

  it.each(PAGES)('%s, in light and dark, at a desk and on a phone', async (_, pathOf) => {
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: 'light' });
    const path = pathOf(ids);
    await goInside(page, path);
    await untilShown(page, path);
    await untilFlawless(page, 'in light', findings);
    await page.emulateMedia({ colorScheme: 'dark' });
    await untilFlawless(page, 'in dark', () => graveFindings(page, [CONTRAST]));
    await page.setViewportSize(PHONE);
    await untilFlawless(page, 'on a phone', findings);
  });

  it('the page without an error on the way', () => {
    expect(console.troubles).toEqual([]);
  });
});

async function idsOf({ sut }: ConsoleUnderTest): Promise<Ids> {
  const found = await until(
    async () => {
      const { rows } = await sut.pool.query<Partial<Ids>>(
        `select (select id from orders where status = 'SHIPPED' limit 1) as "order",
                (select id from exception limit 1) as exception`,
      );
      return rows[0] ?? {};
    },
    ({ order, exception }) => typeof order === 'string' && typeof exception === 'string',
    { what: 'an order and an exception', timeoutMs: SEEN_MS_MAX },
  );
  return found as Ids;
}

/** A row that is being drawn while it is looked at may be found fault with, but not for long. */
async function untilFlawless(page: Page, how: string, look: (page: Page) => Promise<readonly string[]>): Promise<void> {
  const wanted = { what: `a page ${how} that all can use`, timeoutMs: FLAWLESS_MS_MAX };
  await until(
    () => look(page),
    ({ length }) => length === 0,
    wanted,
  );
}

async function findings(page: Page): Promise<readonly string[]> {
  return [...(await graveFindings(page)), ...(await sidewaysOf(page))];
}

async function graveFindings(page: Page, rules?: string[]): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules === undefined ? axe.withTags(STANDARDS) : axe.withRules(rules)).analyze();
  return violations
    .filter(({ impact }) => GRAVE.has(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary = '' }) => `${id} ${target.join(' ')} ${failureSummary}`),
    );
}

/** A page that scrolls sideways hides its end. */
async function sidewaysOf(page: Page): Promise<readonly string[]> {
  const [scrolls = 0, width = 0] = await page.evaluate<number[]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  return scrolls > width ? [`the page is ${scrolls} wide on a screen of ${width}`] : [];
}
