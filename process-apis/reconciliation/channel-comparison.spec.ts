import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reconciliation } from './reconciliation.service.js';
import { DriftHouse } from './testing/drift-house.js';

const SHOP = { system: 'CHANNEL', subject: 'shop' } as const;

let house: DriftHouse;
let hub: Reconciliation;
/** What the shop shows. */
let shown: Map<string, number | null>;
let onRead: () => Promise<unknown>;

beforeEach(async () => {
  house = await DriftHouse.open(['A', 'B', 'C']);
  await house.catalog.saveAccounts([{ id: 'shop', kind: 'test', name: 'shop', active: true, settings: {} }]);
  await house.catalog.saveListings(
    ['A', 'B', 'C'].map((sku) => ({ channel: 'shop', listingSku: sku, sku, listingKeys: { key: sku } })),
  );
  await house.pool.query(
    `insert into publication (channel, listing_sku, wanted, cause, told, told_at)
     select 'shop', sku, 10, 'c', 10, now() from item`,
  );
  shown = new Map([
    ['A', 10],
    ['B', 10],
    ['C', 10],
  ]);
  onRead = () => Promise.resolve();
  hub = house.reconciliation();
  hub.register({
    pageMax: 2,
    channels: () => Promise.resolve(['shop']),
    read: async (_, listings) => {
      await onRead();
      // By the channel's own key.
      return listings.map(({ listingSku, listingKeys }) => ({
        listingSku,
        quantity: shown.get(listingKeys['key'] ?? '') ?? null,
      }));
    },
  });
});
afterEach(() => house.close());

const compare = () => house.compare(SHOP, hub);

function change(sku: string, columns: string): Promise<unknown> {
  return house.pool.query(`update publication set ${columns} where listing_sku = $1`, [sku]);
}

describe('comparing what a channel shows with what it was told', () => {
  it('finds nothing where it shows what it was told', async () => {
    const { run, found } = await compare();
    expect([found, house.toldAgain]).toEqual([[], []]);
    expect(run).toMatchObject({ compared: 3, equal: 3, unitsCompared: 30, unitsOff: 0 });
  });

  it('tells it again at once where it shows more, and people when that does not last', async () => {
    shown.set('B', 25);
    expect((await compare()).found).toEqual(['B 10/25 CHANGED_OUTSIDE TOLD_AGAIN']);
    expect(house.toldAgain).toEqual(['B']);
    shown.set('B', 26);
    expect((await compare()).found).toEqual(['B 10/26 CHANGED_OUTSIDE EXCEPTION']);
    expect([house.toldAgain, await house.exceptions()]).toEqual([['B', 'B'], ['CHANNEL B 10/26']]);
  });

  it('waits for the order where it shows less', async () => {
    shown.set('C', 9);
    const { run, found } = await compare();
    expect(found).toEqual(['C 10/9 IN_FLIGHT SNAPSHOT_ASKED']);
    expect(run).toMatchObject({ equal: 3, unitsOff: 0 });
    await house.pool.query(`update drift_run set started_at = now() - interval '10 minutes'`);
    expect((await compare()).found).toEqual(['C 10/9 CHANGED_OUTSIDE TOLD_AGAIN']);
    expect(house.toldAgain).toEqual(['C']);
  });

  it('leaves alone what is being told', async () => {
    shown = new Map([
      ['A', 4],
      ['B', 4],
      ['C', 4],
    ]);
    await change('A', 'wanted = 4');
    await change('B', `submission = 'S', submitted = 4`);
    await change('C', 'told = null');
    expect((await compare()).found).toEqual([
      'A 10/4 IN_FLIGHT NONE',
      'B 10/4 IN_FLIGHT NONE',
      'C 10/4 IN_FLIGHT NONE',
    ]);
    expect(house.toldAgain).toEqual([]);
  });

  it('leaves alone what was told while it was read', async () => {
    let reads = 0;
    onRead = async () => {
      reads += 1;
      await change('A', `told = ${20 + reads}, wanted = ${20 + reads}`);
    };
    expect((await compare()).found).toEqual(['A 23/10 IN_FLIGHT NONE']);
  });

  it('compares a quantity that the channel refused with the one before', async () => {
    await change('A', `wanted = 3, refused_reason = 'no'`);
    shown.set('A', 12);
    expect((await compare()).found).toEqual(['A 10/12 CHANGED_OUTSIDE TOLD_AGAIN']);
  });

  it('tells people of a listing that the channel does not know, once', async () => {
    shown.set('A', null);
    expect((await compare()).found).toEqual(['A 10/null UNKNOWN EXCEPTION']);
    await compare();
    expect(await house.exceptions()).toEqual(['CHANNEL A 10/']);
  });

  it('remembers what was changed between two runs and is told over already', async () => {
    await compare();
    const tell = (sku: string, quantity: number, overwrote: number | null): Promise<unknown> =>
      house.pool.query(
        `insert into told_quantity (channel, listing_sku, quantity, cause, outcome, overwrote)
         values ('shop', $1, $2, 'c', 'ACCEPTED', $3)`,
        [sku, quantity, overwrote],
      );
    await tell('A', 12, null);
    await tell('A', 10, 90);
    // Less than told: the shop sold them.
    await tell('B', 12, null);
    await tell('B', 10, 9);
    expect((await compare()).found).toEqual(['A 12/90 CHANGED_OUTSIDE TOLD_AGAIN']);
    expect(house.toldAgain).toEqual([]);
    expect((await compare()).found).toEqual([]);
  });
});
