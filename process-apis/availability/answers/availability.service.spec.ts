import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import type { SqlCatalog } from '../../catalog/index.js';
import { SourcingPolicies } from '../../sourcing/index.js';
import { Availability } from './availability.service.js';
import type { CheckItem, CheckRequest } from './check.types.js';
import { seedStock } from '../testing/seed.js';
import { seedChannels, seedRule, seedSupply } from '../testing/selling.js';

const DAY_MS = 24 * 60 * 60_000;

let database: TestDatabase;
let pool: pg.Pool;
let catalog: SqlCatalog;
let availability: Availability;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  await seedStock(pool, ['A', 'B', 'RULED', 'SOON', 'NEW', 'LATE'], {
    'A@N1': 4,
    'A@N2': 9,
    'B@N1': 5,
    'RULED@N1': 100,
    'NEW@N1': 3,
  });
  catalog = await seedChannels(pool, { shop: {}, market: {}, ahead: { ordering: { preOrder: true } } });
  await pool.query(`update item set release_at = now() + interval '3 days' where sku = 'NEW'`);
  await pool.query(`insert into item_unit values ('A', 'pack', 3)`);
  await pool.query(`insert into item (sku, title) values ('KIT', 'Kit')`);
  await pool.query(`insert into kit_component values ('KIT', 'A', 2), ('KIT', 'B', 1)`);
  await pool.query(
    `insert into listing (channel, listing_sku, sku, unit) values
       ('shop', 'L-A', 'A', null), ('shop', 'L-PACK', 'A', 'pack'), ('shop', 'L-KIT', 'KIT', null),
       ('market', 'M-A', 'A', null), ('shop', 'L-NEW', 'NEW', null), ('ahead', 'P-NEW', 'NEW', null)`,
  );
  availability = new Availability(pool, catalog, new SourcingPolicies(pool));
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function dateIn(days: number): string {
  return instantIn(days).slice(0, 10);
}

function instantIn(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}

function check(items: readonly (Partial<CheckItem> & object)[], more: Partial<CheckRequest> = {}) {
  return availability.check({
    channel: 'shop',
    explain: false,
    items: items.map((item) => ({ quantity: 1, ...item })),
    ...more,
  });
}

/** Each answer by its status and units. */
async function told(
  items: readonly Partial<CheckItem>[],
  more: Partial<CheckRequest> = {},
): Promise<readonly string[]> {
  const { items: answers } = await check(items, more);
  return answers.map(({ status, available }) => `${status} ${available}`);
}

describe('a check', () => {
  it('answers for items and listings, in their own units, as of one instant', async () => {
    const before = new Date().toISOString();
    const answer = await check([
      { sku: 'A' },
      { listingSku: 'L-PACK', quantity: 4 },
      { listingSku: 'L-KIT' },
      { sku: 'KIT' },
    ]);
    expect(answer.asOf >= before).toBe(true);
    expect(answer.items).toEqual([
      { sku: 'A', quantity: 1, status: 'IN_STOCK', available: 13 },
      // N1 has one whole pack, N2 three: 4 of 13 units.
      { sku: 'A', listingSku: 'L-PACK', quantity: 4, status: 'IN_STOCK', available: 4 },
      // N1 alone has both components.
      { sku: 'KIT', listingSku: 'L-KIT', quantity: 1, status: 'IN_STOCK', available: 2 },
      { sku: 'KIT', quantity: 1, status: 'IN_STOCK', available: 2 },
    ]);
  });

  it('answers for one node, and for a node that the channel may not use', async () => {
    expect(await told([{ sku: 'A', node: 'N2' }])).toEqual(['IN_STOCK 9']);
    await new SourcingPolicies(pool).save('market', {
      criteria: ['PRIORITY'],
      maxNodes: 10,
      zones: [],
      shipFromStore: true,
      clickAndCollect: true,
      excludedNodes: ['N2'],
    });
    const fresh = new Availability(pool, catalog, new SourcingPolicies(pool));
    const { items } = await fresh.check({
      channel: 'market',
      explain: true,
      items: [
        { sku: 'A', quantity: 1 },
        { sku: 'A', quantity: 1, node: 'N2' },
      ],
    });
    expect(items.map(({ available }) => available)).toEqual([4, 0]);
    expect(items[1]?.explanation?.[0]?.nodes[1]).toMatchObject({
      node: 'N2',
      atp: 9,
      excluded: 'the policy excludes N2',
    });
  });

  it('shows the sum behind the answer: each bucket, the rules, and what is left', async () => {
    await pool.query(
      `update position set reserved = 10, quality_hold = 5, safety_stock = 3, threshold = 2, missing = 1, earmarked = 4
       where sku = 'RULED'`,
    );
    await seedRule(pool, { channel: 'shop', kind: 'BUFFER', sku: 'RULED', units: 20, name: 'counter' });
    await seedRule(pool, { channel: 'shop', kind: 'SHARE', sku: 'RULED', percent: 50, name: 'half' });
    await pool.query(
      `insert into channel_demand (sku, channel, reserved, claimed_at) values ('RULED', 'shop', 10, now())`,
    );
    const { items } = await check([{ sku: 'RULED', quantity: 40 }], { explain: true });
    // 100 − 10 − 1 − 5 − 3 − 2 − 4 = 75; − 20 = 55; half of 89 sellable is 44, of which 10 are claimed.
    expect(items[0]).toMatchObject({
      status: 'NOT_AVAILABLE',
      available: 34,
      explanation: [
        {
          sku: 'RULED',
          atp: 75,
          available: 75,
          ats: 34,
          nodes: [{ node: 'N1', onHand: 100, reserved: 10, missing: 1, atp: 75 }],
          rules: [
            { name: 'counter', kind: 'BUFFER', before: 75, after: 55 },
            { name: 'half', kind: 'SHARE', before: 55, after: 34, says: '50 % of 89 is 44, 10 are claimed' },
          ],
        },
      ],
    });
    expect(items[0]?.explanation?.[0]?.nodes[0]?.sum).toBe(
      '100 on-hand − 10 reserved − 1 missing − 5 quality hold − 3 safety stock − 2 threshold − 4 earmarked, ' +
        'never below 0, = 75 ATP',
    );
  });

  it('counts what is announced until a date, less what waiting orders lack', async () => {
    await seedSupply(pool, 'SOON', 'N1', 10, instantIn(2));
    await seedSupply(pool, 'SOON', 'N2', 5, instantIn(4));
    await pool.query(`insert into channel_demand (sku, channel, waiting) values ('SOON', 'market', 7)`);
    const { items } = await check([
      { sku: 'SOON' },
      { sku: 'SOON', date: dateIn(1) },
      { sku: 'SOON', quantity: 3, date: dateIn(3) },
      { sku: 'SOON', quantity: 8, date: dateIn(9) },
      { sku: 'SOON', quantity: 9, date: dateIn(9) },
    ]);
    expect(items.map(({ status, byDate }) => [status, byDate?.available])).toEqual([
      ['NOT_AVAILABLE', undefined],
      ['NOT_AVAILABLE', 0],
      ['BY_DATE', 3],
      ['BY_DATE', 8],
      ['NOT_AVAILABLE', 8],
    ]);
    expect(items.map(({ availableFrom }) => availableFrom?.slice(0, 10))).toEqual([
      undefined,
      undefined,
      dateIn(2),
      dateIn(4),
      undefined,
    ]);
  });

  it('takes what is overdue as coming at once', async () => {
    await seedSupply(pool, 'LATE', 'N1', 6, instantIn(-2));
    const { items } = await check([{ sku: 'LATE', quantity: 6, date: dateIn(0) }]);
    expect(items[0]).toMatchObject({ status: 'BY_DATE', available: 0, byDate: { date: dateIn(0), available: 6 } });
  });

  it('sells nothing before its release, but where it may be ordered ahead', async () => {
    await seedSupply(pool, 'NEW', 'N1', 4, instantIn(1));
    await seedSupply(pool, 'NEW', 'N1', 50, instantIn(30));
    expect(await told([{ sku: 'NEW' }])).toEqual(['NOT_AVAILABLE 0']);
    const { items } = await check([{ sku: 'NEW', quantity: 7 }], { channel: 'ahead' });
    expect(items[0]).toMatchObject({ status: 'BY_DATE', available: 7, releaseAt: items[0]?.availableFrom });
    expect(await told([{ sku: 'NEW', quantity: 8 }], { channel: 'ahead' })).toEqual(['NOT_AVAILABLE 7']);
    expect(await told([{ sku: 'NEW', date: dateIn(40) }])).toEqual(['BY_DATE 0']);
  });

  it('says where it names what there is not', async () => {
    const asked = check([{ sku: 'A' }, { sku: 'NONE' }, { listingSku: 'L-NONE' }, { sku: 'A', node: 'NOWHERE' }], {});
    await expect(asked).rejects.toMatchObject({
      code: 'UNKNOWN_IN_REQUEST',
      errors: [
        { pointer: '/items/1/sku', detail: 'There is no item "NONE".' },
        { pointer: '/items/2/listingSku' },
        { pointer: '/items/3/node', detail: 'There is no node "NOWHERE".' },
      ],
    });
    await expect(check([{ sku: 'A' }], { channel: 'nobody' })).rejects.toMatchObject({
      errors: [{ pointer: '/channel' }],
    });
  });

  it('shares its reads with the checks that come at the same time', async () => {
    let reads = 0;
    const counting = {
      query: (...given: Parameters<pg.Pool['query']>) => {
        if ((given[0] as unknown as { name?: string }).name === 'selling-stock.read') reads += 1;
        return pool.query(...given);
      },
    } as unknown as pg.Pool;
    const shared = new Availability(counting, catalog, new SourcingPolicies(pool));
    const answers = await Promise.all(
      Array.from({ length: 60 }, () =>
        shared.check({ channel: 'shop', explain: false, items: [{ sku: 'A', quantity: 1 }] }),
      ),
    );
    expect(new Set(answers.map(({ items }) => items[0]?.available))).toEqual(new Set([13]));
    expect(reads).toBeLessThanOrEqual(4);
  });
});

describe('the quantities of listings', () => {
  it('are those of the checks, for many at once; unknown ones are absent', async () => {
    const keys = ['L-A', 'L-PACK', 'L-KIT', 'L-NEW', 'L-NONE'].map((listingSku) => ({ channel: 'shop', listingSku }));
    const found = await availability.ofListings(pool, [...keys, { channel: 'ahead', listingSku: 'P-NEW' }]);
    expect(found.map(({ listingSku, quantity }) => `${listingSku} ${quantity}`)).toEqual([
      'L-A 13',
      'L-PACK 4',
      'L-KIT 2',
      'L-NEW 0',
      'P-NEW 7',
    ]);
    expect(found.find(({ listingSku }) => listingSku === 'L-NEW')?.reviewAt).toMatch(/Z$/);
  });

  it('are reviewed when a rule ends, and follow what a node can still take today', async () => {
    const endsAt = instantIn(1);
    const rule = await seedRule(pool, {
      channel: 'market',
      kind: 'EXCLUSIVE',
      sku: 'B',
      units: 2,
      mode: 'EXPIRING',
      endsAt,
    });
    await pool.query(`update node set units_per_day = 6 where id = 'N2'`);
    await pool.query(`insert into node_load values ('N2', (now() at time zone 'UTC')::date, 1)`);
    const fresh = new Availability(pool, await seedChannels(pool, { shop: {} }), new SourcingPolicies(pool));
    const [a] = await fresh.ofListings(pool, [{ channel: 'shop', listingSku: 'L-A' }]);
    // 4 at N1 and, of 9 at N2, the 5 that it still takes.
    expect(a?.quantity).toBe(9);
    expect(Date.parse(a?.reviewAt ?? '')).toBeLessThan(Date.now() + 6 * 60_000);
    const { items } = await fresh.check({ channel: 'shop', explain: true, items: [{ sku: 'B', quantity: 1 }] });
    expect(items[0]).toMatchObject({ available: 3, explanation: [{ rules: [{ ruleId: rule, after: 3 }] }] });
  });
});
