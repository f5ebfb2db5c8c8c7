import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOTH_NODES } from '../support/place-orders.js';
import { withoutBrowser } from './support/browser.js';
import { startConsoleUnderTest, type ConsoleUnderTest } from './support/console-under-test.js';

const ONE = [{ sku: BOTH_NODES, quantity: 1 }] as const;

const live = (page: Page) => page.locator('.connection[data-state="live"]').waitFor();

describe.skipIf(withoutBrowser())('people at the console', () => {
  let console: ConsoleUnderTest;

  beforeAll(async () => {
    console = await startConsoleUnderTest();
  });
  afterAll(() => console.close());

  it('see orders move through the stages as they come', async () => {
    const page = await console.open('/');
    await live(page);
    expect(new URL(page.url()).pathname).toBe('/console/now');
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
    expect(await page.getByText('cannot be reached').count()).toBe(0);
    await page.close();
  });

  it('never met an error on the way', () => {
    expect(console.troubles).toEqual([]);
  });
});
