import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CHANNEL_POLICY } from '../../src/model/channel.js';
import { stockNode, type StockNode } from '../../src/model/stock.js';
import { ConfigError } from '../../src/platform/config/config-error.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { SqlCatalog } from './catalog.service.js';

const STORE: StockNode = {
  id: 'store-7',
  name: 'Store 7',
  priority: 5,
  active: false,
  kind: 'STORE',
  country: 'DE',
  latitude: 52.5,
  longitude: 13.25,
  timeZone: 'Europe/Berlin',
  cutOff: '14:30',
  workingDays: [1, 2, 3, 4, 5],
  unitsPerDay: 40,
  shippingCostMinor: 450,
  shipsFromStore: true,
  clickAndCollect: true,
};

const account = (id: string, settings: Record<string, unknown> = {}) => ({
  id,
  kind: 'partner',
  name: id,
  active: true,
  settings,
});

const listing = (sku: string, unit?: string) => ({
  channel: 'shop',
  listingSku: `${sku}/${unit ?? ''}`,
  sku,
  listingKeys: {},
  ...(unit === undefined ? {} : { unit }),
});

const cans = (quantity: number) => ({ sku: 'CAN', quantity });
const cups = (quantity: number) => ({ sku: 'CUP', quantity });

let database: TestDatabase;
let pool: pg.Pool;

/** Without anything cached. */
const fresh = () => new SqlCatalog(pool, () => undefined);

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  const catalog = fresh();
  await catalog.saveItems([
    { sku: 'CAN', title: 'Can', tracking: 'LOT' },
    { sku: 'CUP', title: 'Cup', releaseAt: '2027-03-01T08:00:00.000Z' },
    ...['BOX', 'GIFT', 'CRATE'].map((sku) => ({ sku, title: sku })),
    { sku: 'WINE', title: 'Wine', baseUnit: 'bottle' },
  ]);
  await catalog.saveAccounts([account('shop'), account('b2b', { ordering: { shortage: 'SPLIT', tier: 10 } })]);
  await pool.query(`insert into item_unit values ('CAN', 'sixpack', 6), ('GIFT', 'case', 4)`);
  await pool.query(
    `insert into kit_component values ('BOX', 'CAN', 2), ('BOX', 'CUP', 1), ('GIFT', 'BOX', 3), ('GIFT', 'CAN', 5)`,
  );
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('what a listing sells', () => {
  it('is a base unit, a unit of the item, or a kit taken apart to its innermost components', async () => {
    await fresh().saveListings([
      listing('CAN'),
      listing('CAN', 'each'),
      listing('CAN', 'sixpack'),
      listing('BOX'),
      listing('GIFT'),
      listing('GIFT', 'case'),
    ]);
    const keys = ['CAN/', 'CAN/each', 'CAN/sixpack', 'BOX/', 'GIFT/', 'GIFT/case', 'NONE/'].map((sku) => `shop/${sku}`);
    const catalog = fresh();
    const found = await catalog.listingsFor(pool, keys);
    expect(Object.fromEntries(found)).toEqual({
      'shop/CAN/': { sku: 'CAN' },
      'shop/CAN/each': { sku: 'CAN' },
      'shop/CAN/sixpack': { sku: 'CAN', components: [cans(6)] },
      'shop/BOX/': { sku: 'BOX', components: [cans(2), cups(1)] },
      'shop/GIFT/': { sku: 'GIFT', components: [cans(11), cups(3)] },
      'shop/GIFT/case': { sku: 'GIFT', components: [cans(44), cups(12)] },
    });
    expect(await catalog.listingsFor(pool, keys)).toEqual(found);
  });

  it('is not known while its unit is none of the item', async () => {
    await pool.query(
      `insert into listing (channel, listing_sku, sku, unit) values ('shop', 'PALLET', 'CAN', 'pallet')`,
    );
    const catalog = fresh();
    expect((await catalog.listingsFor(pool, ['shop/PALLET'])).size).toBe(0);
    await pool.query(`insert into item_unit values ('CAN', 'pallet', 960)`);
    expect((await catalog.listingsFor(pool, ['shop/PALLET'])).get('shop/PALLET')).toEqual({
      sku: 'CAN',
      components: [{ sku: 'CAN', quantity: 960 }],
    });
  });
});

describe('items', () => {
  it('say how they are tracked and from when they ship', async () => {
    expect(await fresh().itemsFor(pool, ['CAN', 'CUP', 'NONE'])).toEqual(
      new Map([
        ['CAN', { tracking: 'LOT' }],
        ['CUP', { tracking: 'NONE', releaseAt: '2027-03-01T08:00:00.000Z' }],
      ]),
    );
  });

  it('have whole base units in each of their units', async () => {
    const asked = [
      ['CAN', 'each'],
      ['CAN', 'sixpack'],
      ['WINE', 'bottle'],
      ['WINE', 'each'],
      ['NONE', 'each'],
    ].map(([sku = '', unit = '']) => ({ sku, unit }));
    const catalog = fresh();
    const factors = await catalog.unitFactors(pool, asked);
    expect(Object.fromEntries(factors)).toEqual({ 'CAN/each': 1, 'CAN/sixpack': 6, 'WINE/bottle': 1 });
    expect(await catalog.unitFactors(pool, asked)).toEqual(factors);
  });

  it('may be replaced by others, the best of the channel first', async () => {
    await pool.query(
      `insert into item_substitute values ('CAN', '*', 'WINE', 1), ('CAN', '*', 'CUP', 2), ('CAN', 'shop', 'CUP', 1)`,
    );
    const catalog = fresh();
    const skus = ['CAN', 'CUP'];
    expect(await catalog.substitutesFor(pool, 'shop', skus)).toEqual(new Map([['CAN', ['CUP', 'WINE']]]));
    expect(await catalog.substitutesFor(pool, 'b2b', skus)).toEqual(new Map([['CAN', ['WINE', 'CUP']]]));
    expect(await catalog.substitutesFor(pool, 'shop', skus)).toEqual(new Map([['CAN', ['CUP', 'WINE']]]));
  });
});

describe('nodes', () => {
  it('come back as they were saved, best first', async () => {
    const catalog = fresh();
    await catalog.saveNodes([STORE, { id: 'dc', name: 'Centre' }]);
    const nodes = [STORE, stockNode({ id: 'dc', name: 'Centre' })];
    expect(await catalog.nodes()).toEqual(nodes);
    expect(await fresh().nodes()).toEqual(nodes);
  });
});

describe('the ordering policy of a channel', () => {
  it('is that of its settings, with what they leave open as usual', async () => {
    const of = await fresh().policies();
    expect(of('b2b')).toEqual({ shortage: 'SPLIT', tier: 10, preOrder: false });
    expect([of('shop'), of('none')]).toEqual([DEFAULT_CHANNEL_POLICY, DEFAULT_CHANNEL_POLICY]);
  });

  it.each(['PARTIAL', 'REJECT'])('is not %s where the channel could not be told', async (shortage) => {
    const market = { ...account('market', { ordering: { shortage } }), kind: 'amazon' };
    await expect(fresh().saveAccounts([market])).rejects.toThrow(`${shortage} cannot be told to a channel of the kind`);
    await fresh().saveAccounts([{ ...market, kind: 'partner' }]);
    expect((await fresh().policies())('market').shortage).toBe(shortage);
  });

  it('is refused when it is none, and nothing is saved', async () => {
    const bad = [account('new'), account('b2b', { ordering: { shortage: 'HOPE', tiers: 1 } })];
    const refused = fresh().saveAccounts(bad);
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow('Channel account "b2b": /settings/ordering/shortage: ');
    const catalog = fresh();
    expect(await catalog.account('new')).toBeUndefined();
    expect((await catalog.policies())('b2b').shortage).toBe('SPLIT');
  });

  it('is the usual one where somebody wrote nonsense past the catalog', async () => {
    await pool.query(`update channel_account set settings = '{"ordering": {"tier": -1}}' where id = 'shop'`);
    expect((await fresh().policies())('shop')).toEqual(DEFAULT_CHANNEL_POLICY);
  });
});
