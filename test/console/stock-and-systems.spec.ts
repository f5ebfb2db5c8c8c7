import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { BOTH_NODES, NORTH_ONLY } from '../support/place-orders.js';
import { withoutBrowser } from './support/browser.js';
import { startConsoleUnderTest, type ConsoleUnderTest } from './support/console-under-test.js';

const START_MS_MAX = 120_000;
const COUNTED_MS_MAX = 20_000;
const DESK = { width: 1280, height: 900 } as const;

describe.skipIf(withoutBrowser())('people who look after stock and systems', () => {
  let console: ConsoleUnderTest;
  let page: Page;
  let reference: string;
  let orderId: string;

  beforeAll(async () => {
    console = await startConsoleUnderTest();
    reference = await console.sut.placePartner([{ sku: BOTH_NODES, quantity: 2 }]);
    ({ id: orderId } = await console.sut.waitForOrder(
      PARTNER_ACCOUNT,
      reference,
      ({ status }) => status === 'SHIPPED',
    ));
    page = await console.open('/inventory', { viewport: DESK });
  }, START_MS_MAX);
  afterAll(() => console.close());

  it('find an item, open it by keyboard, and go from its ledger to the order behind a movement', async () => {
    await page.goto(`${console.network.url}/console/inventory`);
    await page.getByRole('searchbox', { name: 'Search items' }).fill(BOTH_NODES);
    await page.waitForURL(/[?&]q=/);
    await page.getByRole('row', { name: new RegExp(NORTH_ONLY) }).waitFor({ state: 'detached' });
    await page.getByRole('row', { name: new RegExp(BOTH_NODES) }).waitFor();
    await page.getByRole('searchbox', { name: 'Search items' }).blur();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/inventory/${BOTH_NODES}$`));
    const node = await shippingNode(console, orderId);
    await page
      .getByRole('table', { name: 'Positions of the item' })
      .getByRole('row', { name: new RegExp(node) })
      .getByRole('link')
      .click();
    const ledger = page.getByRole('table', { name: 'Movements of the position' });
    await ledger
      .getByRole('row', { name: /Ship .*\b/ })
      .first()
      .waitFor();
    await ledger.getByRole('link', { name: reference }).first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForURL(new RegExp(`/orders/${orderId}$`));
    expect(new URL(page.url()).pathname).toBe(`/console/orders/${orderId}`);
  });

  it('see a position as it was before an order', async () => {
    const { sut, network } = console;
    const later = await sut.placePartner([{ sku: BOTH_NODES, quantity: 1 }]);
    const { id } = await sut.waitForOrder(PARTNER_ACCOUNT, later, ({ status }) => status === 'SHIPPED');
    const { rows } = await sut.pool.query<{ node: string; on_hand: number; before: string; then: number }>(
      `select p.node, p.on_hand, to_char((m.at - interval '1 second') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as before,
              (select sum(e.delta)::integer from movement e
                where e.sku = p.sku and e.node = p.node and e.bucket = 'onHand'
                  and e.recorded_at <= date_trunc('second', m.at - interval '1 second')) as then
         from (select sku, node, min(recorded_at) as at from movement where cause_stream = $1 group by sku, node) m
         join position p using (sku, node)`,
      [id],
    );
    const [seen] = rows;
    expect(seen?.then).toBe((seen?.on_hand ?? 0) + 1);
    await page.goto(`${network.url}/console/inventory/${BOTH_NODES}/${seen?.node}?asOf=${seen?.before}`);
    await page.getByText('As the ledger has it until').waitFor();
    const sum = page.getByRole('table', { name: 'How available-to-promise comes about' });
    await sum.getByRole('row', { name: `On-hand physically there ${seen?.then.toLocaleString('en')}` }).waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await sum.getByRole('row', { name: `On-hand physically there ${seen?.on_hand.toLocaleString('en')}` }).waitFor();
  });

  it('ask where an order would go, and why', async () => {
    await page.goto(`${console.network.url}/console/inventory/${BOTH_NODES}?tab=sourcing`);
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByRole('heading', { name: 'What would happen' }).waitFor();
    await page.getByText(`1 × ${BOTH_NODES} from`).waitFor();
    expect(await page.getByText('Ships', { exact: true }).count()).toBe(1);
  });

  it('compare stock with a warehouse, and read what came of it', async () => {
    await page.goto(`${console.network.url}/console/inventory?view=drift`);
    await page.getByRole('button', { name: 'Compare now…' }).click();
    await page.getByRole('dialog', { name: 'Compare now' }).getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('dialog', { name: 'Comparison' }).getByText('Everything agrees').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('table', { name: 'Comparisons, the latest first' }).getByText('Demand').first().waitFor();
  });

  it('pause a system with a reason, see it everywhere, and let it go on', async () => {
    await page.goto(`${console.network.url}/console/systems/wms`);
    await page.getByRole('button', { name: 'Pause all…' }).click();
    const pause = page.getByRole('dialog', { name: 'Pause all calls of wms' });
    await pause.getByRole('button', { name: 'Pause' }).click();
    await pause.getByLabel('Why').fill('Stock count in the hall');
    await pause.getByRole('button', { name: 'Pause' }).click();
    await pause.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Channels and systems' }).last().click();
    const wms = page.getByRole('table', { name: 'Systems outside' }).getByRole('row', { name: /^wms/ });
    await wms.getByText('Paused', { exact: true }).waitFor();
    await wms.getByText('Stock count in the hall').waitFor();
    await wms.getByRole('link', { name: 'wms' }).click();
    await page.getByRole('button', { name: 'Resume all…' }).click();
    const resume = page.getByRole('dialog', { name: 'Resume all calls of wms' });
    await resume.getByLabel('Why').fill('Counted');
    await resume.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Calls go through').first().waitFor();
    await page.getByRole('button', { name: 'Resume all…' }).waitFor({ state: 'detached' });
  });

  it('see what was told of an order as messages, without bodies until they are asked for', async () => {
    await page.goto(`${console.network.url}/console/channels/${PARTNER_ACCOUNT}?tab=messages`);
    const messages = page.getByRole('table', { name: 'Messages, the latest first' });
    await messages.getByText(`${PARTNER_ACCOUNT}/${reference}`).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Show the body' }).click();
    const body = page.getByRole('dialog').locator('pre');
    await body.waitFor();
    expect(await body.innerText()).toContain(reference);
    await page.keyboard.press('Escape');
  });

  it('see a KPI with its definition, as a chart and as a table, and count on live', async () => {
    await page.goto(`${console.network.url}/console/performance`);
    await page.getByRole('button', { name: /^Cancellation rate/ }).click();
    await page.waitForURL(/kpi=CANCELLATION_RATE/);
    await page.getByText('the share that was cancelled whole').waitFor();
    const days = page.getByRole('table', { name: 'Cancellation rate, day by day' });
    await days.waitFor();
    const accepted = async (): Promise<number> => Number(await days.getByRole('cell').nth(3).innerText());
    const { rows } = await console.sut.pool.query<{ count: number }>('select count(*)::integer as count from orders');
    const before = rows[0]?.count ?? 0;
    await expect.poll(accepted, { timeout: COUNTED_MS_MAX }).toBe(before);
    await console.sut.placePartner([{ sku: BOTH_NODES, quantity: 1 }]);
    await expect.poll(accepted, { timeout: COUNTED_MS_MAX }).toBe(before + 1);
    await page.getByRole('button', { name: 'As table' }).click();
    await page.getByRole('region', { name: 'Cancellation rate by day, as a table' }).waitFor();
  });

  it('without an error on the way', () => {
    expect(console.troubles).toEqual([]);
  });
});

/** The node that the order shipped from. */
async function shippingNode({ sut }: ConsoleUnderTest, orderId: string): Promise<string> {
  const { rows } = await sut.pool.query<{ node: string }>('select node from movement where cause_stream = $1 limit 1', [
    orderId,
  ]);
  const node = rows[0]?.node;
  if (node === undefined) throw new Error(`no movement was caused by order ${orderId}`);
  return node;
}
