import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/platform/http/invalid-input.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { SqlCatalog } from './catalog.service.js';
import type { Kit } from './catalog.types.js';

const SKUS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J'];

let database: TestDatabase;
let pool: pg.Pool;
let catalog: SqlCatalog;
let wakes = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  catalog = new SqlCatalog(pool, () => {
    wakes += 1;
  });
  await catalog.saveItems(SKUS.map((sku) => ({ sku, title: sku })));
  await catalog.saveNodes([{ id: 'N1', name: 'North' }]);
  await catalog.saveAccounts(
    ['shop', 'b2b'].map((id) => ({ id, kind: 'partner', name: id, active: true, settings: {} })),
  );
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  await pool.query('truncate event_log, kit_component, item_unit, item_substitute, position cascade');
  await pool.query('delete from listing');
});

const kit = (sku: string, ...components: readonly string[]): Kit => ({
  kit: sku,
  components: components.map((component) => ({ sku: component, quantity: 2 })),
});

const chain = (...skus: readonly string[]) => skus.slice(1).map((sku, index) => kit(skus[index] ?? '', sku));

const substitutes = (sku: string, ...best: readonly string[]) => ({ sku, channel: '*', substitutes: best });

const listing = (listingSku: string, sku: string, unit?: string, channel = 'shop') => ({
  channel,
  listingSku,
  sku,
  listingKeys: {},
  ...(unit === undefined ? {} : { unit }),
});

/** What is wrong, as `<pointer> <detail>`. */
async function refusals(saving: Promise<void>): Promise<readonly string[]> {
  const error: unknown = await saving.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof InvalidInputError)) throw new Error('it was not refused', { cause: error });
  return error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

async function events(): Promise<readonly (readonly [type: string, data: unknown])[]> {
  const { rows } = await pool.query<{ type: string; data: unknown }>(
    `select type, data from event_log where stream_type = 'catalog' order by id`,
  );
  return rows.map(({ type, data }) => [type, data]);
}

describe('kits', () => {
  it('replace what was stored, and tell of what changed alone', async () => {
    await catalog.saveKits([kit('A', 'B', 'C'), kit('D', 'A')]);
    await catalog.saveKits([kit('A', 'B'), kit('D', 'A')]);
    await catalog.saveKits([kit('A', 'B'), kit('D', 'A')]);
    expect(await catalog.lists.kits({ limit: 10 })).toEqual([kit('A', 'B'), kit('D', 'A')]);
    await catalog.saveKits([kit('D')]);
    expect(await catalog.lists.kits({ limit: 10 })).toEqual([kit('A', 'B')]);
    const changes = [['A', 'D'], ['A'], ['D']].map((skus) => ['CatalogChanged', { kind: 'KITS', skus }]);
    expect(await events()).toEqual(changes);
  });

  it('that contain themselves are refused, with the circle', async () => {
    expect(await refusals(catalog.saveKits([kit('C', 'D'), kit('A', 'A')]))).toEqual([
      '/1/components The kit "A" would contain itself: A → A. Break the circle.',
    ]);
    await catalog.saveKits([kit('B', 'C'), kit('C', 'D', 'E')]);
    expect(await refusals(catalog.saveKits([kit('A', 'B'), kit('E', 'F', 'A')]))).toEqual([
      '/0/components The kit "A" would contain itself: A → B → C → E → A. Break the circle.',
      '/1/components The kit "E" would contain itself: E → A → B → C → E. Break the circle.',
    ]);
    expect(await catalog.lists.kits({ limit: 10 })).toEqual([kit('B', 'C'), kit('C', 'D', 'E')]);
    expect(await events()).toHaveLength(1);
  });

  it('may be turned round in one call', async () => {
    await catalog.saveKits([kit('A', 'B')]);
    await catalog.saveKits([kit('B', 'A'), kit('A', 'C')]);
    expect(await catalog.lists.kits({ limit: 10 })).toEqual([kit('A', 'C'), kit('B', 'A')]);
  });

  it('are checked one after the other: two saves cannot make a circle together', async () => {
    const outcomes = await Promise.allSettled(
      [kit('A', 'B'), kit('B', 'C'), kit('C', 'A')].map((one) => catalog.saveKits([one])),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('name what exists, once', async () => {
    expect(await refusals(catalog.saveKits([kit('X', 'B'), kit('A', 'B', 'Y', 'B'), kit('A', 'C')]))).toEqual([
      '/2/kit The kit stands in entry 1 already: say it once.',
      '/1/components/2/sku The item stands in entry 0 already: say it once.',
      '/0/kit There is no item "X": save it first, or correct the SKU.',
      '/1/components/1/sku There is no item "Y": save it first, or correct the SKU.',
    ]);
  });

  it('are neither too deep nor too large, nor make a stored one so', async () => {
    await catalog.saveKits(chain('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'));
    expect(await refusals(catalog.saveKits(chain('H', 'I', 'J')))).toEqual([
      '/0/components The kit "A" has kits in kits 9 deep; at most 8 are allowed.',
      '/1/components The kit "A" has kits in kits 9 deep; at most 8 are allowed.',
    ]);
    const big = { kit: 'H', components: [{ sku: 'I', quantity: 7_813 }] };
    expect(await refusals(catalog.saveKits([big]))).toEqual([
      '/0/components The kit "A" needs 1000064 units of I; at most 1000000 are allowed.',
    ]);
    await catalog.saveKits([{ kit: 'H', components: [{ sku: 'I', quantity: 7_812 }] }]);
    await catalog.saveListings([{ channel: 'shop', listingSku: 'L', sku: 'A', listingKeys: {} }]);
    expect((await catalog.listingsFor(pool, ['shop/L'])).get('shop/L')?.components).toEqual([
      { sku: 'I', quantity: 999_936 },
    ]);
  });

  it('have no stock of their own', async () => {
    await pool.query(`insert into position (sku, node) values ('A', 'N1')`);
    expect(await refusals(catalog.saveKits([kit('B', 'A'), kit('A', 'C')]))).toEqual([
      '/1/kit The item "A" has stock of its own at N1, and a kit has none: save the kit as another item.',
    ]);
    await catalog.saveKits([kit('B', 'A'), kit('A')]);
  });
});

describe('substitutes', () => {
  it('replace what was stored for the item and the channel, in their order', async () => {
    await catalog.saveSubstitutes([substitutes('A', 'B', 'C'), { ...substitutes('A', 'D'), channel: 'shop' }]);
    await catalog.saveSubstitutes([substitutes('A', 'C', 'B')]);
    expect(await catalog.lists.substitutes({ limit: 10 })).toEqual([
      substitutes('A', 'C', 'B'),
      { ...substitutes('A', 'D'), channel: 'shop' },
    ]);
    await catalog.saveSubstitutes([substitutes('A')]);
    expect(await catalog.lists.substitutes({ limit: 10 })).toMatchObject([{ channel: 'shop' }]);
  });

  it('are neither the item itself nor a kit around or inside it', async () => {
    await catalog.saveKits([kit('A', 'B'), kit('B', 'C')]);
    expect(
      await refusals(
        catalog.saveSubstitutes([
          substitutes('C', 'D', 'A'),
          substitutes('A', 'A', 'C', 'X'),
          { ...substitutes('Z'), channel: 'no' },
        ]),
      ),
    ).toEqual([
      '/2/sku There is no item "Z": save it first, or correct the SKU.',
      '/1/substitutes/2 There is no item "X": save it first, or correct the SKU.',
      '/2/channel There is no active channel account "no".',
      '/0/substitutes/1 "A" cannot replace "C", which it contains: where the one is short the other is too.',
      '/1/substitutes/0 "A" cannot replace itself: name another item.',
      '/1/substitutes/1 "C" cannot replace "A", of which it is a part.',
    ]);
    expect(await catalog.lists.substitutes({ limit: 10 })).toEqual([]);
  });

  it('are looked at when a kit is saved', async () => {
    await catalog.saveSubstitutes([substitutes('C', 'A')]);
    await catalog.saveKits([kit('B', 'C')]);
    expect(await refusals(catalog.saveKits([kit('A', 'B')]))).toEqual([
      '/0/components "A" cannot replace "C", which it contains: where the one is short the other is too.',
    ]);
  });
});

describe('units and listings', () => {
  it('are whole numbers of a base unit that stays', async () => {
    await catalog.saveUnits([{ sku: 'A', unit: 'case', factor: 12 }]);
    await catalog.saveUnits([{ sku: 'A', unit: 'case', factor: 24 }]);
    expect(await catalog.unitFactors(pool, [{ sku: 'A', unit: 'case' }])).toEqual(new Map([['A/case', 24]]));
    expect(
      await refusals(
        catalog.saveUnits([
          { sku: 'A', unit: 'each', factor: 1 },
          { sku: 'X', unit: 'case', factor: 6 },
        ]),
      ),
    ).toEqual([
      '/0/unit "each" is the base unit of "A": it is 1 by itself.',
      '/1/sku There is no item "X": save it first, or correct the SKU.',
    ]);
    const other = [
      { sku: 'B', title: 'B' },
      { sku: 'A', title: 'A', baseUnit: 'bottle' },
    ];
    expect(await refusals(catalog.saveItems(other))).toEqual([
      '/1/baseUnit The item "A" is counted in "each" by stock, units, kits or listings: it cannot become "bottle". Save a new item for it.',
    ]);
  });

  it('go together: a listing sells a unit that its item has', async () => {
    await catalog.saveUnits([{ sku: 'A', unit: 'case', factor: 12 }]);
    expect(
      await refusals(
        catalog.saveListings([
          listing('1', 'A', 'case'),
          listing('2', 'A', 'pallet'),
          listing('3', 'X'),
          listing('4', 'B', 'each', 'nowhere'),
          listing('1', 'B'),
        ]),
      ),
    ).toEqual([
      '/4 The listing stands in entry 0 already: say it once.',
      '/3/channel There is no active channel account "nowhere".',
      '/1/unit The item "A" has no unit "pallet", only "each", "case": save the unit first, or name one of these.',
      '/2/sku There is no item "X": save it first, or correct the SKU.',
    ]);
    expect(await catalog.lists.listings({ limit: 10 })).toEqual([]);
    await catalog.saveListings([listing('1', 'A', 'case'), listing('2', 'A')]);
    expect(await catalog.lists.listings({ limit: 10 })).toEqual([listing('1', 'A', 'case'), listing('2', 'A')]);
  });

  it('change for readers at once, and tell orders and channels', async () => {
    await catalog.saveUnits([{ sku: 'A', unit: 'case', factor: 12 }]);
    await catalog.saveListings([listing('1', 'A', 'case')]);
    const units = async () => (await catalog.listingsFor(pool, ['shop/1'])).get('shop/1')?.components?.[0]?.quantity;
    expect(await units()).toBe(12);
    const before = wakes;
    await catalog.saveUnits([{ sku: 'A', unit: 'case', factor: 10 }]);
    expect(await units()).toBe(10);
    expect(wakes).toBe(before + 1);
    expect(await events()).toEqual([
      ['CatalogChanged', { kind: 'UNITS', skus: ['A'] }],
      ['ListingsSaved', { listings: [{ channel: 'shop', listingSku: '1', sku: 'A' }] }],
      ['CatalogChanged', { kind: 'UNITS', skus: ['A'] }],
    ]);
  });
});

describe('items, nodes and accounts', () => {
  it('tell when they change, and only then', async () => {
    const skus = Array.from({ length: 1_001 }, (_, index) => `Z-${String(index).padStart(4, '0')}`);
    for (let time = 0; time < 2; time += 1) {
      await catalog.saveItems(skus.map((sku) => ({ sku, title: sku, brand: 'Bulk' })));
      await catalog.saveNodes([
        { id: 'N1', name: 'North' },
        { id: 'N2', name: 'South', unitsPerDay: 5 },
      ]);
      await catalog.saveAccounts([{ id: 'shop', kind: 'partner', name: 'Shop', active: true, settings: {} }]);
    }
    const told = await events();
    expect(told.map(([, data]) => data)).toEqual([
      { kind: 'ITEMS', skus: expect.any(Array) as string[] },
      { kind: 'ITEMS', skus: expect.any(Array) as string[] },
      { kind: 'NODES' },
      { kind: 'ACCOUNTS', channels: ['shop'] },
    ]);
    const named = told.flatMap(([, data]) => (data as { skus?: string[] }).skus ?? []);
    expect(named.toSorted()).toEqual(skus);
  });

  it('come in pages, in the order of their keys', async () => {
    const first = await catalog.lists.items({ limit: 4 });
    const rest = await catalog.lists.items({ limit: 5, after: [first.at(-1)?.sku ?? ''] });
    expect([...first, ...rest].map(({ sku }) => sku)).toEqual(SKUS.slice(0, 9));
    expect(first[0]).toEqual({ sku: 'A', title: 'A', baseUnit: 'each', tracking: 'NONE' });
    expect((await catalog.lists.nodes({ limit: 1 })).map(({ id }) => id)).toEqual(['N1']);
  });
});
