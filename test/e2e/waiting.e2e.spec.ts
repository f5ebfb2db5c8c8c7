import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMAZON_ACCOUNT, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT, UNMAPPED_LISTING } from '../../src/demo/retail.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { BOTH_NODES, NORTH_ONLY, SERIALISED, SOUTH_ONLY } from '../support/place-orders.js';
import { expectStockAddsUp } from '../support/stock-check.js';
import { until } from '../support/until.js';

const OPENING_UNITS = 10;
const TIMEOUT_MS = 20_000;

let sut: HubUnderTest;

beforeAll(async () => {
  sut = await startHubUnderTest({ openingUnits: OPENING_UNITS });
});
afterAll(() => sut.close());

describe('an order for a listing that nobody mapped', () => {
  it('waits with the reason, and goes on when the listing is mapped', async () => {
    const reference = String(sut.placeShopify([{ sku: UNMAPPED_LISTING, quantity: 1 }]));
    const waiting = await sut.waitForOrder(SHOPIFY_ACCOUNT, reference, ({ waitingOn }) => waitingOn.length > 0);
    expect(waiting).toMatchObject({ status: 'OPEN', waitingOn: [{ system: 'CATALOG' }] });
    expect(waiting.waitingOn[0]?.reason).toContain(UNMAPPED_LISTING);
    expect(Date.parse(waiting.waitingOn[0]?.since ?? '')).toBeGreaterThan(0);
    await sut
      .http()
      .put('/operations/v1/listings')
      .set('authorization', `Bearer ${sut.bearer}`)
      .send({ listings: [{ channel: SHOPIFY_ACCOUNT, listingSku: UNMAPPED_LISTING, sku: SERIALISED }] })
      .expect(204);
    const done = await sut.waitForOrder(SHOPIFY_ACCOUNT, reference, ({ completedAt }) => completedAt !== null);
    expect(done).toMatchObject({ status: 'SHIPPED', lines: [{ listingSku: UNMAPPED_LISTING, sku: SERIALISED }] });
    expectOnceOutside(sut.world, done);
  });

  it('is found by what it waits for', async () => {
    const reference = await sut.placePartner([{ sku: 'NOBODY-KNOWS', quantity: 1 }]);
    await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ waitingOn }) => waitingOn.length > 0);
    const query = `{ orders(filter: { waitingOn: CATALOG }, first: 10) { edges { node { reference } } } }`;
    // Lists follow the log, a moment behind the commit.
    const listed = await until(
      async () => {
        const { data } = await sut.graphql<{ orders: { edges: { node: { reference: string } }[] } }>(query);
        return data?.orders.edges.map(({ node }) => node.reference) ?? [];
      },
      (references) => references.includes(reference),
      { what: 'the order in the list', timeoutMs: 30_000 },
    );
    expect(listed).toContain(reference);
  });

  it('cannot be mapped to an item that does not exist', async () => {
    const answer = await sut
      .http()
      .put('/operations/v1/listings')
      .set('authorization', `Bearer ${sut.bearer}`)
      .send({ listings: [{ channel: SHOPIFY_ACCOUNT, listingSku: 'X', sku: 'NO-SUCH-ITEM' }] })
      .expect(422);
    expect(answer.body).toMatchObject({ errors: [{ pointer: '/listings/0/sku' }] });
  });
});

describe('orders for more than there is', () => {
  it('wait with the reason, and go on in the order they came when stock comes', async () => {
    const references: string[] = [];
    for (let order = 0; order < 4; order += 1)
      references.push(await sut.placePartner([{ sku: NORTH_ONLY, quantity: OPENING_UNITS }]));
    const [first = '', second = '', third = '', fourth = ''] = references;
    await sut.waitForOrder(PARTNER_ACCOUNT, first, ({ completedAt }) => completedAt !== null);
    const waits = await Promise.all(
      [second, third, fourth].map((reference) =>
        sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ waitingOn }) => waitingOn.length > 0),
      ),
    );
    for (const { status, waitingOn } of waits) {
      expect(status).toBe('OPEN');
      expect(waitingOn).toMatchObject([{ system: 'STOCK', key: `STOCK:${NORTH_ONLY}` }]);
    }
    sut.world.wms.receiveStock({ sku: NORTH_ONLY, node: 'dc-north', quantity: OPENING_UNITS * 2 });
    for (const reference of [second, third])
      expectOnceOutside(
        sut.world,
        await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ completedAt }) => completedAt !== null),
      );
    expect(await sut.order(PARTNER_ACCOUNT, fourth)).toMatchObject({
      status: 'OPEN',
      waitingOn: [{ system: 'STOCK' }],
    });
    sut.world.wms.receiveStock({ sku: NORTH_ONLY, node: 'dc-north', quantity: OPENING_UNITS });
    await sut.waitForOrder(PARTNER_ACCOUNT, fourth, ({ completedAt }) => completedAt !== null);
    await expectStockAddsUp(sut.pool);
  });

  it('get what another order gives back', async () => {
    expect.hasAssertions();
    sut.world.wms.pause();
    const holder = sut.placeShopify([{ sku: SOUTH_ONLY, quantity: OPENING_UNITS }]);
    await sut.waitForOrder(SHOPIFY_ACCOUNT, String(holder), ({ status }) => status !== 'OPEN');
    const waiter = await sut.placePartner([{ sku: SOUTH_ONLY, quantity: 4 }]);
    await sut.waitForOrder(PARTNER_ACCOUNT, waiter, ({ waitingOn }) => waitingOn[0]?.system === 'STOCK');
    sut.world.shopify.cancelOrder(holder);
    await sut.waitForOrder(SHOPIFY_ACCOUNT, String(holder), ({ status }) => status === 'CANCELLED');
    sut.world.wms.resume();
    await sut.waitForOrder(PARTNER_ACCOUNT, waiter, ({ completedAt }) => completedAt !== null);
    await expectStockAddsUp(sut.pool);
  });
});

function atAmazon(sku: string): number | undefined {
  return sut.world.amazon.quantities().get(sku);
}

function atShop(sku: string): number | undefined {
  return sut.world.shopify.quantities().find((shown) => shown.sku === sku)?.available;
}

async function expectBothToShow(sku: string, units: number): Promise<void> {
  const shown = await until(
    () => ({ amazon: atAmazon(sku), shop: atShop(sku) }),
    ({ amazon, shop }) => amazon === units && shop === units,
    { what: `${units} of ${sku} at both channels`, timeoutMs: TIMEOUT_MS },
  );
  expect(shown).toEqual({ amazon: units, shop: units });
}

describe('the quantities that channels show', () => {
  it('follow receipts, counts and orders, with what may be sold over all nodes', async () => {
    expect.hasAssertions();
    await expectBothToShow(BOTH_NODES, OPENING_UNITS * 2);
    sut.world.wms.receiveStock({ sku: BOTH_NODES, node: 'dc-south', quantity: 7 });
    await expectBothToShow(BOTH_NODES, OPENING_UNITS * 2 + 7);
    const reference = sut.placeAmazon([{ sku: BOTH_NODES, quantity: 5 }]);
    await expectBothToShow(BOTH_NODES, OPENING_UNITS * 2 + 2);
    await sut.waitForOrder(AMAZON_ACCOUNT, reference, ({ completedAt }) => completedAt !== null);
    sut.world.wms.countStock({ sku: BOTH_NODES, node: 'dc-north', quantity: 1 });
    sut.world.wms.countStock({ sku: BOTH_NODES, node: 'dc-south', quantity: 0 });
    await expectBothToShow(BOTH_NODES, 1);
  });

  it('are the latest ones after a channel was away, whatever it missed', async () => {
    expect.hasAssertions();
    const sku = SERIALISED;
    sut.world.shopify.setDown(true);
    for (const quantity of [1, 2, 3]) sut.world.wms.receiveStock({ sku, node: 'dc-north', quantity });
    const wanted = async (): Promise<number> => {
      const { rows } = await sut.pool.query<{ units: number }>(
        `select sum(on_hand - reserved)::int as units from position where sku = $1`,
        [sku],
      );
      return rows[0]?.units ?? 0;
    };
    const units = await until(wanted, (now) => now >= OPENING_UNITS * 2 + 5, {
      what: 'the receipts',
      timeoutMs: TIMEOUT_MS,
    });
    await until(
      () => atAmazon(sku),
      (shown) => shown === units,
      { what: 'the channel that is there', timeoutMs: TIMEOUT_MS },
    );
    sut.world.shopify.setDown(false);
    await expectBothToShow(sku, units);
  });
});
