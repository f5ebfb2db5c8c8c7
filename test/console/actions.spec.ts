import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTNER_ACCOUNT, SHOPIFY_ACCOUNT, UNMAPPED_LISTING } from '../../src/demo/retail.js';
import { NORTH_ONLY } from '../support/place-orders.js';
import { withoutBrowser } from './support/browser.js';
import { START_MS_MAX, startConsoleUnderTest, type ConsoleUnderTest } from './support/console-under-test.js';
import { goInside, untilShown } from './support/page-walk.js';

const ERP = 'sap-s4hana';
const POSTING = 'erp.post-sales-order';
const UNITS = 3;

describe.skipIf(withoutBrowser())('people who act at the console', () => {
  let console: ConsoleUnderTest;
  let page: Page;

  beforeAll(async () => {
    console = await startConsoleUnderTest();
    await stopBeforeErp(console);
    page = await console.open('/orders', { role: 'operator' });
  }, START_MS_MAX);
  afterAll(() => console.close());

  /** An order that waits for the ERP. */
  async function place(): Promise<string> {
    const reference = await console.sut.placePartner([{ sku: NORTH_ONLY, quantity: UNITS }]);
    const { id } = await console.sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ erp }) => erp.status === 'REQUESTED');
    return id;
  }

  async function expectAudited(subjectType: string, subjectId: string, actions: readonly string[]): Promise<void> {
    const audit = await console.open(`/audit?subjectType=${subjectType}&subjectId=${subjectId}`, { role: 'manager' });
    const entries = audit.getByRole('table', { name: 'What was done by hand, the latest first' });
    for (const action of actions)
      await entries
        .getByRole('row', { name: new RegExp(` ${action} \\w+ ${subjectType} `, 'i') })
        .first()
        .waitFor();
    await audit.context().close();
  }

  describe('on an order', () => {
    let orderId: string;

    beforeAll(async () => {
      orderId = await place();
      await go(page, `/orders/${orderId}`);
    });

    it('hold it, with a reason and never without one', async () => {
      const dialog = await ask(page, 'Hold…', 'Hold the order');
      await dialog.getByLabel('Kind').selectOption('FRAUD');
      await dialog.getByRole('button', { name: 'Hold', exact: true }).click();
      await dialog.locator('textarea:focus:invalid').waitFor();
      await dialog.getByLabel('Why').fill('   ');
      await dialog.getByRole('button', { name: 'Hold', exact: true }).click();
      await dialog.locator('textarea[aria-invalid="true"]').waitFor();
      await dialog.getByLabel('Why').fill('The card is reported stolen');
      await dialog.getByRole('button', { name: 'Hold', exact: true }).click();
      await told(page, 'The order is held.');
      const holds = page.getByRole('region', { name: 'Holds' });
      await holds.getByText('Fraud', { exact: true }).waitFor();
      await holds.getByText('The card is reported stolen').waitFor();
      await holds.getByText('Placed by operator').waitFor();
    });

    it('release the hold', async () => {
      const dialog = await ask(page, 'Release…', 'Release the hold');
      await dialog.getByText('Held because: The card is reported stolen').waitFor();
      await dialog.getByLabel('Why').fill('It was another card');
      await dialog.getByRole('button', { name: 'Release', exact: true }).click();
      await told(page, 'The hold is released: the order goes on.');
      await page.getByRole('region', { name: 'Holds' }).getByText('released by').waitFor();
      await page.getByRole('button', { name: 'Release…' }).waitFor({ state: 'detached' });
    });

    it('correct where and how it goes', async () => {
      const address = await ask(page, 'Correct address…', 'Correct the address');
      await address.getByLabel('Street and number').fill('New street 7');
      await address.getByLabel('City').fill('Hamburg');
      await address.getByLabel('Country (two letters)').fill('de');
      await address.getByRole('button', { name: 'Correct', exact: true }).click();
      await address.getByText('Name the person or the company.', { exact: true }).waitFor();
      await address.getByLabel('Name', { exact: true }).fill('Ada Test');
      await address.getByRole('button', { name: 'Correct', exact: true }).click();
      await told(page, 'The address is corrected.');
      const persons = page.getByRole('region', { name: 'Persons' });
      await persons.getByRole('button', { name: 'Reveal' }).click();
      await persons.getByText('New street 7').waitFor();
      const method = await ask(page, 'Correct ship method…', 'Correct the ship method');
      await method.getByLabel('Ship method').fill('OVERNIGHT');
      await method.getByRole('button', { name: 'Correct', exact: true }).click();
      await told(page, 'The ship method is corrected.');
      await page.getByRole('region', { name: 'Order', exact: true }).getByText('OVERNIGHT').waitFor();
    });

    it('are told why it cannot come from elsewhere, and keep what they typed', async () => {
      const dialog = await ask(page, 'Source anew…', 'Source anew');
      await dialog.getByLabel('Which work').selectOption({ index: 1 });
      await dialog.getByLabel('Why').fill('The hall is closed');
      await dialog.getByRole('button', { name: 'Source anew' }).click();
      await dialog.getByRole('alert').getByText('no other node than dc-north has the units').waitFor();
      expect(await dialog.getByLabel('Why').inputValue()).toBe('The hall is closed');
      await dialog.getByLabel('Which work').selectOption('');
      await dialog.getByRole('button', { name: 'Source anew' }).click();
      await told(page, 'The units are sourced anew.');
      await page.getByRole('button', { name: 'Try again' }).click();
      await told(page, 'There was nothing left to do.');
    });

    it('cancel a unit, then all', async () => {
      const some = await ask(page, 'Cancel…', 'Cancel units');
      await some.getByLabel('Everything that has not shipped').uncheck();
      await some.getByLabel('Why').fill('One is too many');
      await some.getByRole('button', { name: 'Cancel units' }).click();
      await some.getByRole('alert').getByText('Say how many units of which line.').waitFor();
      await some.getByLabel(/^1\. /).fill('1');
      await some.getByRole('button', { name: 'Cancel units' }).click();
      await told(page, 'The cancellation is taken in.');
      const lines = page.getByRole('region', { name: 'Lines' });
      await lines.getByText('Cancelled 1').waitFor();
      const all = await ask(page, 'Cancel…', 'Cancel units');
      await all.getByLabel('Why').fill('The buyer changed her mind');
      await all.getByRole('button', { name: 'Cancel units' }).click();
      await told(page, 'The cancellation is taken in.');
      await page.locator('.page-head').getByText('Cancelled', { exact: true }).waitFor();
      await lines.getByText(`Cancelled ${UNITS}`).waitFor();
      await page.getByRole('button', { name: 'Cancel…' }).waitFor({ state: 'detached' });
    });

    it('and the audit has it all', async () => {
      const done = ['Hold', 'Release hold', 'Correct address', 'Correct ship method', 'Re source', 'Cancel'];
      await expectAudited('order', orderId, done);
    });
  });

  describe('on exceptions', () => {
    it('correct an address that an order is held for: what is wrong stands at its field', async () => {
      await go(page, `/orders/${await place()}`);
      const hold = await ask(page, 'Hold…', 'Hold the order');
      await hold.getByLabel('Kind').selectOption('ADDRESS');
      await hold.getByLabel('Why').fill('There is no such street');
      await hold.getByRole('button', { name: 'Hold', exact: true }).click();
      await told(page, 'The order is held.');
      const dialog = await ask(page, 'Correct the address…', 'Correct the address');
      await dialog.getByLabel('Name', { exact: true }).fill('Ada Test');
      await dialog.getByLabel('Street and number').fill('  ');
      await dialog.getByLabel('City').fill('Hamburg');
      await dialog.getByLabel('Country (two letters)').fill('de');
      await dialog.getByRole('button', { name: 'Correct the address' }).click();
      await dialog.locator('[aria-invalid="true"]').waitFor();
      await dialog.getByLabel('Street and number').fill('Old street 9');
      await dialog.getByRole('button', { name: 'Correct the address' }).click();
      await told(page, 'Correct the address: done.');
      await page.getByRole('button', { name: 'Correct the address…' }).waitFor({ state: 'detached' });
      await page.getByRole('region', { name: 'Holds' }).getByText('released by').waitFor();
    });

    it('take several over, hand them on, give them back, and end them', async () => {
      const { sut } = console;
      const waiting = [1, 2].map(() => String(sut.placeShopify([{ sku: UNMAPPED_LISTING, quantity: 1 }])));
      const references = waiting.map((reference) => ({ channel: SHOPIFY_ACCOUNT, reference }));
      await sut.waitForAll(references, ({ waitingOn }) => waitingOn.length > 0);
      await go(page, '/exceptions?view=each');
      const table = page.getByRole('table', { name: 'Exceptions' });
      const chosen = page.getByRole('toolbar', { name: 'Actions on the chosen rows' });
      await table.getByRole('checkbox').nth(2).waitFor();
      const choose = () => table.getByRole('checkbox').first().check();
      await choose();
      await chosen.getByRole('button', { name: 'Take over' }).click();
      await told(page, 'Given to operator.');
      await table.getByText('operator', { exact: true }).nth(1).waitFor();
      await choose();
      const dialog = await ask(page, 'Give to…', 'Give to a person');
      await dialog.getByLabel('User').fill('ada');
      await dialog.getByRole('button', { name: 'Give', exact: true }).click();
      await told(page, 'Given to ada.');
      await table.getByText('ada', { exact: true }).nth(1).waitFor();
      await choose();
      await chosen.getByRole('button', { name: 'Give back' }).click();
      await told(page, 'Given back to the role.');
      await table.getByText('ada', { exact: true }).first().waitFor({ state: 'detached' });
      await choose();
      const map = await ask(page, 'Map the listing…', 'Map the listing: 2 exceptions');
      await map.getByLabel('SKU of our item').fill('NOBODY-HAS-IT');
      await map.getByRole('button', { name: 'Map the listing' }).click();
      await map.getByRole('alert').waitFor();
      await map.getByRole('button', { name: 'Back' }).click();
      const cancel = await ask(page, 'Cancel the order…', 'Cancel the order: 2 exceptions');
      await cancel.getByLabel('Why').fill('It is not sold any more');
      await cancel.getByRole('button', { name: 'Cancel the order' }).click();
      await told(page, 'Cancel the order: done for 2 exceptions.');
      await page.getByText('Nothing waits for a person').waitFor();
    });
  });

  describe('on what goes between systems', () => {
    let desk: Page;

    beforeAll(async () => {
      desk = await console.open('/systems?view=tasks', { role: 'integrator' });
    });

    it('try dead letters again, chosen by keyboard, and discard one', async () => {
      await desk.getByText('There are no dead letters').waitFor();
      const [first = '', ...later] = [await place(), await place(), await place()];
      const letters = desk.getByRole('row', { name: new RegExp(POSTING) });
      await park(console, first);
      await letters.waitFor();
      await desk.keyboard.press('j');
      // What comes meanwhile stands above the row that has the focus.
      for (const orderId of later) await park(console, orderId);
      await letters.nth(2).waitFor();
      await desk.keyboard.press('x');
      const meant = letters.filter({ has: desk.locator(`a[href$="${first}"]`) });
      await meant.getByRole('checkbox', { checked: true }).waitFor();
      for (const key of ['k', 'x']) await desk.keyboard.press(key);
      await desk.getByText('2 chosen').waitFor();
      await desk.getByRole('button', { name: 'Try again' }).click();
      await told(desk, '2 dead letters are tried again.');
      await letters.nth(1).waitFor({ state: 'detached' });
      await letters.getByText(POSTING).click();
      const drawer = desk.getByRole('dialog', { name: POSTING });
      await drawer.getByText('refused', { exact: true }).waitFor();
      await drawer.getByRole('button', { name: 'Discard…' }).click();
      const dialog = desk.getByRole('dialog', { name: 'Discard this dead letter' });
      await dialog.getByLabel('Why').fill('Posted there by hand');
      await dialog.getByRole('button', { name: 'Discard', exact: true }).click();
      await told(desk, 'One dead letter is taken out.');
      await desk.getByText('There are no dead letters').waitFor();
    });

    it('read a message again once its cause is mended', async () => {
      const sku = 'BRAND-NEW';
      console.sut.world.wms.receiveStock({ sku, node: 'dc-north', quantity: 7 });
      await go(desk, '/systems?view=messages&status=REFUSED');
      const refused = desk.getByRole('row', { name: new RegExp(sku) });
      await refused.getByText('Refused').click();
      await desk.getByRole('dialog').getByRole('button', { name: 'Read it again' }).click();
      await told(desk, 'It was read again: refused');
      await console.sut
        .http()
        .put('/operations/v1/items')
        .set('authorization', `Bearer ${console.sut.bearer}`)
        .send({ items: [{ sku, title: 'A new one' }] })
        .expect(204);
      await refused.getByText('Refused').click();
      await desk.getByRole('dialog').getByRole('button', { name: 'Read it again' }).click();
      await told(desk, 'It was read again: committed');
      await refused.waitFor({ state: 'detached' });
    });
  });

  it('find no button for what their role may not', async () => {
    const manager = await console.open('/systems?view=tasks&state=ALL', { role: 'manager' });
    await manager
      .getByRole('row', { name: new RegExp(POSTING) })
      .first()
      .waitFor();
    expect(await manager.getByRole('checkbox').count()).toBe(0);
    for (const path of ['/systems/wms', '/inventory?view=drift', `/orders/${await place()}`]) {
      await go(manager, path);
      expect(await manager.getByRole('main').getByRole('button', { name: /…$/ }).count()).toBe(0);
    }
    await manager.getByText('Your role may not change orders').waitFor();
    await manager.context().close();
  });

  it('never met an error on the way', () => {
    expect(console.troubles).toEqual([]);
  });
});

async function go(page: Page, path: string): Promise<void> {
  await goInside(page, path);
  await untilShown(page, path);
}

/** Presses the button that opens the dialog. */
async function ask(page: Page, button: string, title: string): Promise<Locator> {
  await page.getByRole('button', { name: button, exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.waitFor();
  return dialog;
}

/** What came of it was said, and no dialog is open any more. */
async function told(page: Page, sentence: string): Promise<void> {
  const toast = page.locator('.toast').filter({ hasText: sentence });
  await toast.getByRole('button', { name: 'Close this message' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Nothing of new orders leaves the hub: everything can still be done to them. */
async function stopBeforeErp({ sut }: ConsoleUnderTest): Promise<void> {
  const { errors } = await sut.graphql(
    'mutation ($input: OperationsInput!) { pauseOperations(input: $input) { __typename } }',
    { input: { system: ERP, operation: '*', reason: 'Orders wait' } },
    await sut.token(['operations:read', 'policies:read', 'policies:write']),
  );
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
}

/** The posting of the order becomes a dead letter. */
async function park({ sut }: ConsoleUnderTest, orderId: string): Promise<void> {
  const { rowCount } = await sut.pool.query(
    `with gone as (delete from pgboss.job where name = $1 and data -> 'payload' ->> 'orderId' = $2 returning data)
     insert into pgboss.job (name, data, source_name, source_output)
     select 'dead-letter', data, $1, '{"error": "refused"}' from gone`,
    [POSTING, orderId],
  );
  expect(rowCount).toBe(1);
}
