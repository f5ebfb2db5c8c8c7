import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTNER_ACCOUNT, SHOPIFY_ACCOUNT, UNMAPPED_LISTING } from '../../src/demo/retail.js';
import { BOTH_NODES } from '../support/place-orders.js';
import { until } from '../support/until.js';
import { withoutBrowser } from './support/browser.js';
import { START_MS_MAX, startConsoleUnderTest, type ConsoleUnderTest } from './support/console-under-test.js';

const ONE = [{ sku: BOTH_NODES, quantity: 1 }] as const;

const SCROLLED_MS_MAX = 15_000;

const live = (page: Page) => page.locator('.connection[data-state="live"]').waitFor();

describe.skipIf(withoutBrowser())('people at the console', () => {
  let console: ConsoleUnderTest;

  beforeAll(async () => {
    console = await startConsoleUnderTest();
  }, START_MS_MAX);
  afterAll(() => console.close());

  it('see orders move through the stages as they come', async () => {
    const page = await console.open('/');
    await live(page);
    await page.waitForURL('**/console/now');
    await console.sut.placePartner(ONE);
    const reference = await console.sut.placePartner(ONE);
    const latest = page.getByRole('table', { name: 'Orders that moved last' });
    await latest.getByRole('link', { name: reference }).waitFor();
    await page.getByText('2 in the last hour').waitFor();
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('table', { name: 'Orders in each stage' }).getByRole('link').first().waitFor();
    await page.close();
  });

  it('see after a broken connection all that happened meanwhile', async () => {
    const page = await console.open('/now');
    await live(page);
    const before = await console.sut.placePartner(ONE);
    const latest = page.getByRole('table', { name: 'Orders that moved last' });
    await latest.getByRole('link', { name: before }).waitFor();
    await console.network.cut();
    await page.locator('.connection[data-state="reconnecting"]').waitFor();
    const meanwhile: string[] = [];
    for (let count = 0; count < 5; count += 1) meanwhile.push(await console.sut.placePartner(ONE));
    await console.network.open();
    await live(page);
    for (const reference of meanwhile) await latest.getByRole('link', { name: reference }).waitFor();
    await page.getByText('cannot be reached').first().waitFor({ state: 'detached' });
    expect(await page.getByText('cannot be reached').count()).toBe(0);
    await page.close();
  });

  it('answer "where is my order?" by the number on the parcel', async () => {
    const { sut } = console;
    const reference = await sut.placePartner(ONE);
    const shipped = await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ status }) => status === 'SHIPPED');
    const tracking = await trackingOf(console, shipped.id);
    const page = await console.open('/now', { role: 'agent' });
    await page.keyboard.press('/');
    await page.keyboard.type(tracking);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: reference }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/console/orders/${shipped.id}`);
    await page.locator('.page-head').getByText('Shipped').waitFor();
    const answer = page.getByRole('region', { name: 'Where it is' });
    await answer.getByText(/^(Shipped|Delivered)\.$/).waitFor();
    await answer.getByText(tracking).waitFor();
    await page.close();
  });

  it('come back from an order to where they were in the list', async () => {
    for (let count = 0; count < 8; count += 1) await console.sut.placePartner(ONE);
    const page = await console.open('/orders?sort=PLACED_ASC', { viewport: { width: 1280, height: 300 } });
    const isAt = (wanted: number) =>
      until(
        () => page.evaluate<number>('scrollY'),
        (at) => at === wanted,
        { what: `a page that stands at ${wanted}`, timeoutMs: SCROLLED_MS_MAX },
      );
    const order = page.locator('main tbody').getByRole('link').nth(14);
    await order.scrollIntoViewIfNeeded();
    const seen = await page.evaluate<number>('scrollY');
    expect(seen).toBeGreaterThan(0);
    await order.click();
    await page.getByRole('region', { name: 'Where it is' }).waitFor();
    await isAt(0);
    await page.goBack();
    await isAt(seen);
    expect(new URL(page.url()).search).toBe('?sort=PLACED_ASC');
    await page.close();
  });

  it('solve the cause of exceptions once, and see the orders that waited for it go on', async () => {
    const { sut } = console;
    const waiting = [1, 2, 3].map(() => String(sut.placeShopify([{ sku: UNMAPPED_LISTING, quantity: 1 }])));
    const orders = await sut.waitForAll(
      waiting.map((reference) => ({ channel: SHOPIFY_ACCOUNT, reference })),
      ({ waitingOn }) => waitingOn.length > 0,
    );
    const watching = await console.open(`/orders/${orders[0]?.id}`, { role: 'operator' });
    await watching.locator('.page-head').getByText('Shipped').waitFor({ state: 'detached' });
    await watching.evaluate('window.notReloaded = true');
    const page = await console.open('/exceptions', { role: 'operator' });
    await page.getByText('× 3').waitFor();
    await page.getByRole('button', { name: 'Map the listing…' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('SKU of our item').fill(BOTH_NODES);
    await dialog.getByRole('button', { name: 'Map the listing' }).click();
    await page.getByText('done for 3 exceptions').waitFor();
    await page.getByText('Nothing waits for a person').waitFor();
    await watching.locator('.page-head').getByText('Shipped', { exact: true }).waitFor();
    expect(await watching.evaluate('window.notReloaded')).toBe(true);
    await page.close();
    await watching.close();
  });

  it('never met an error on the way', () => {
    expect(console.troubles).toEqual([]);
  });
});

/** Of the order's package; as soon as the search knows it. */
async function trackingOf({ sut }: ConsoleUnderTest, orderId: string): Promise<string> {
  const { tracking } = await until(
    async () => {
      const { rows } = await sut.pool.query<{ tracking: string }>(
        `select outside_id as tracking from cross_reference where order_id = $1 and kind = 'tracking' limit 1`,
        [orderId],
      );
      return rows[0] ?? { tracking: '' };
    },
    (found) => found.tracking !== '',
    { what: 'a tracking number', timeoutMs: 30_000 },
  );
  return tracking;
}
