import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { BOTH_NODES } from '../support/place-orders.js';
import { shortenClocks } from '../support/short-clocks.js';
import { withoutBrowser } from './support/browser.js';
import { START_MS_MAX, startConsoleUnderTest, type ConsoleUnderTest } from './support/console-under-test.js';

const ORDERS = 3;

describe.skipIf(withoutBrowser())('in an outage people', () => {
  let console: ConsoleUnderTest;

  beforeAll(async () => {
    console = await startConsoleUnderTest();
    const { sut } = console;
    const bearer = await sut.token(['policies:read', 'policies:write']);
    const paused = await sut
      .http()
      .put('/operations/v1/policies/sap-s4hana/writes')
      .set('authorization', `Bearer ${bearer}`)
      .send({ paused: true, reason: 'month end' });
    if (paused.status !== 204) throw new Error(`the ERP is not paused: ${paused.status} ${paused.text}`);
  }, START_MS_MAX);
  afterAll(() => console.close());

  it('see what is late by step and channel, and the orders behind it', async () => {
    const { sut } = console;
    const page = await console.open('/alerts');
    await page.getByText('Every step is in time').waitFor();
    const references: string[] = [];
    for (let n = 0; n < ORDERS; n += 1) references.push(await sut.placePartner([{ sku: BOTH_NODES, quantity: 1 }]));
    const shop = sut.placeShopify([{ sku: BOTH_NODES, quantity: 1 }]);
    await shortenClocks(sut.pool, 'ERP_POSTING', ORDERS + 1, 0);

    const groups = page.getByRole('list', { name: 'Alerts by step and channel' });
    const group = groups.getByRole('listitem').filter({ hasText: PARTNER_ACCOUNT });
    await group.getByText(`× ${ORDERS}`).waitFor();
    expect(await group.getByText('Late').count()).toBe(1);
    await page
      .getByRole('status')
      .getByText(`${ORDERS + 1} steps of orders are late`)
      .waitFor();

    await group.getByRole('link').click();
    const list = page.getByRole('table', { name: 'Alerts, the newest first' });
    await list.getByRole('link', { name: String(shop) }).waitFor({ state: 'detached' });
    for (const reference of references) await list.getByRole('link', { name: reference }).waitFor();
    const { pathname, search } = new URL(page.url());
    expect(`${pathname}${search}`).toBe(`/console/alerts?channel=${PARTNER_ACCOUNT}&stage=ERP_POSTING&state=BREACHED`);
    expect(console.troubles).toEqual([]);
  });
});
