import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Users } from '../../src/platform/auth/sign-in/users.js';
import { CONFIG, type Config } from '../../src/platform/config/config.js';
import { PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { BOTH_NODES } from '../support/place-orders.js';
import { withoutBrowser } from './support/browser.js';
import { startConsoleUnderTest, type ConsoleUnderTest } from './support/console-under-test.js';

const START_MS_MAX = 120_000;

const pathOf = (page: Page): string => {
  const { pathname, search } = new URL(page.url());
  return `${pathname}${search}`;
};

describe.skipIf(withoutBrowser())('signing in to the console', () => {
  let console: ConsoleUnderTest;
  let orderId: string;

  beforeAll(async () => {
    console = await startConsoleUnderTest();
    const reference = await console.sut.placePartner([{ sku: BOTH_NODES, quantity: 1 }]);
    const order = await console.sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ status }) => status === 'SHIPPED');
    orderId = order.id;
  }, START_MS_MAX);
  afterAll(() => console.close());

  it('leads to the page that was asked for, and keeps no token where a script finds it', async () => {
    const page = await console.open('/orders?status=SHIPPED&sort=DUE');
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor();
    expect(pathOf(page)).toBe('/console/orders?status=SHIPPED&sort=DUE');
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])');
    expect(kept).not.toMatch(/eyJ|entrepot_session/);
    await page.context().close();
  });

  it('is asked for once: a reload and another tab come back by themselves', async () => {
    const page = await console.open(`/orders/${orderId}`);
    await page.locator('.page-head').getByText('Shipped').waitFor();
    await page.reload();
    await page.locator('.page-head').getByText('Shipped').waitFor();
    expect(pathOf(page)).toBe(`/console/orders/${orderId}`);
    const other = await page.context().newPage();
    await other.goto(`${console.network.url}/console/exceptions`);
    await other.getByRole('heading', { level: 1, name: 'Exceptions' }).waitFor();
    await page.context().close();
  });

  it('goes on by itself: a new token comes before the old one ends, and streams go on with it', async () => {
    const page = await console.open('/now');
    await page.locator('.connection[data-state="live"]').waitFor();
    await page.clock.install();
    await page.reload();
    await page.locator('.connection[data-state="live"]').waitFor();
    const renewed = page.waitForResponse((answer) => answer.url().endsWith('/oauth/token'));
    const connected = page.waitForEvent('websocket');
    await page.clock.fastForward('09:05');
    expect((await renewed).status()).toBe(200);
    await connected;
    await page.locator('.connection[data-state="live"]').waitFor();
    const reference = await console.sut.placePartner([{ sku: BOTH_NODES, quantity: 1 }]);
    await page.getByRole('main').getByRole('link', { name: reference }).first().waitFor();
    await page.context().close();
  });

  it('ends in all tabs at once, and what was shown is gone', async () => {
    const page = await console.open(`/orders/${orderId}`);
    const other = await page.context().newPage();
    await other.goto(`${console.network.url}/console/exceptions`);
    await other.getByRole('heading', { level: 1, name: 'Exceptions' }).waitFor();
    await page.locator('.user-menu summary').click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    for (const tab of [page, other]) await tab.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await other.goto(`${console.network.url}/console/orders/${orderId}`);
    await other.getByLabel('Password').waitFor();
    await page.context().close();
  });

  it('shows people what their role may see: an agent sees persons masked and changes nothing', async () => {
    const page = await console.open(`/orders/${orderId}`, { role: 'agent' });
    await page.getByText('Masked for your role').waitFor();
    expect(await page.getByRole('button', { name: 'Reveal' }).count()).toBe(0);
    expect(await page.getByRole('tab', { name: 'Messages' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    await page.getByText('Your role may not change orders').waitFor();
    await page.context().close();
  });

  it('lets who may see persons reveal them, and writes down who did', async () => {
    const page = await console.open(`/orders/${orderId}`, { role: 'agent-pii' });
    const persons = page.getByRole('region', { name: 'Persons' });
    await persons.getByText('***').first().waitFor();
    await persons.getByRole('button', { name: 'Reveal' }).click();
    await persons.getByText('In the clear').waitFor();
    await persons.getByRole('button', { name: 'Mask again' }).waitFor();
    const { rows } = await console.sut.pool.query<{ actor: string }>(
      `select actor from audit where action = 'REVEAL_PARTIES' and subject_id = $1`,
      [orderId],
    );
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['agent-pii']));
    await page.context().close();
  });

  it('asks again, on the page where one is, when the user is gone', async () => {
    const page = await console.open(`/orders/${orderId}`, { role: 'manager' });
    await page.locator('.page-head').getByText('Shipped').waitFor();
    new Users(console.sut.hub.app.get<Config>(CONFIG).dataDir).remove('manager');
    await page.reload();
    await page.getByLabel('Password').waitFor();
    expect(console.troubles.filter((trouble) => !trouble.includes('400'))).toEqual([]);
    await page.context().close();
  });
});
