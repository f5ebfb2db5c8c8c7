import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { SourcingPolicies } from './sourcing-policies.js';
import { DEFAULT_SOURCING_POLICY, SourcingPolicyError, type SourcingPolicy } from './sourcing-policy.js';

const SPLIT: SourcingPolicy = { ...DEFAULT_SOURCING_POLICY, maxNodes: 2 };
const ALONE: SourcingPolicy = { ...DEFAULT_SOURCING_POLICY, maxNodes: 1 };

let database: TestDatabase;
let pool: pg.Pool;
let policies: SourcingPolicies;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  await pool.query(`insert into node (id, name) values ('N1', 'North'), ('N2', 'South')`);
  await pool.query(
    `insert into channel_account (id, kind, name) values ('shop', 'shopify', 'Shop'), ('b2b', 'partner', 'B2B')`,
  );
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  vi.useRealTimers();
  await pool.query('delete from sourcing_policy');
  policies = new SourcingPolicies(pool);
});

async function errorsOf(saving: Promise<void>) {
  const error: unknown = await saving.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof SourcingPolicyError ? error.errors : error;
}

describe('sourcing policies', () => {
  it("are the channel's own, else that of every channel, else the default", async () => {
    expect(await policies.of('shop')).toEqual(DEFAULT_SOURCING_POLICY);
    await policies.save('*', SPLIT);
    expect(await policies.of('shop')).toEqual(SPLIT);
    await policies.save('shop', ALONE);
    const of = await policies.forDecision();
    expect([of('shop'), of('b2b'), of('not there')]).toEqual([ALONE, SPLIT, SPLIT]);
  });

  it('come back whole, with the time they were saved', async () => {
    const zones = [
      { name: 'DE', country: 'DE', postalZones: ['1'], latitude: 52.52, longitude: 13.405, nodes: { N1: 1, N2: 2 } },
    ];
    const full: SourcingPolicy = { ...ALONE, criteria: ['ZONE', 'COST'], excludedNodes: ['N2'], zones };
    const before = Date.now();
    await policies.save('shop', full);
    await policies.save('*', SPLIT);
    const all = await policies.all();
    expect(all.map(({ channel, policy }) => [channel, policy])).toEqual([
      ['*', SPLIT],
      ['shop', full],
    ]);
    for (const { updatedAt } of all) expect(Math.abs(Date.parse(updatedAt) - before)).toBeLessThan(60_000);
  });

  it('replace what was there, and saving the same again changes nothing', async () => {
    await policies.save('shop', SPLIT);
    await policies.save('shop', ALONE);
    await policies.save('shop', ALONE);
    expect((await policies.all()).map(({ policy }) => policy)).toEqual([ALONE]);
  });

  it('are not saved when they name a node that is not there', async () => {
    const zones = [{ name: 'DE', country: 'DE', nodes: { N1: 1, 'N/9': 2 } }];
    expect(await errorsOf(policies.save('shop', { ...SPLIT, excludedNodes: ['N2', 'N8'], zones }))).toEqual([
      { pointer: '/excludedNodes/1', detail: 'There is no node "N8": create it first, or correct its id.' },
      { pointer: '/zones/0/nodes/N~19', detail: 'There is no node "N/9": create it first, or correct its id.' },
    ]);
    expect(await policies.all()).toEqual([]);
  });

  it('are not saved for a channel that is not there, nor when they do not fit', async () => {
    expect(await errorsOf(policies.save('shoop', SPLIT))).toEqual([
      { pointer: '', detail: expect.stringContaining('There is no channel account "shoop"') as string },
    ]);
    expect(await errorsOf(policies.save('shop', { ...SPLIT, maxNodes: 99 }))).toMatchObject([{ pointer: '/maxNodes' }]);
    expect(await policies.all()).toEqual([]);
  });

  it('are read once for many callers, and again after 10 seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const query = vi.spyOn(pool, 'query');
    await Promise.all([policies.of('shop'), policies.of('b2b'), policies.forDecision()]);
    await policies.of('shop');
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();

    await new SourcingPolicies(pool).save('shop', ALONE);
    vi.setSystemTime(Date.now() + 9_900);
    expect(await policies.of('shop')).toEqual(DEFAULT_SOURCING_POLICY);
    vi.setSystemTime(Date.now() + 100);
    expect(await policies.of('shop')).toEqual(ALONE);
  });

  it('that cannot be read stop the channels that they are for, and say why', async () => {
    await policies.save('shop', ALONE);
    await pool.query(`insert into sourcing_policy (channel, policy) values ('*', '{"criteria": ["LUCK"]}')`);
    const of = await new SourcingPolicies(pool).forDecision();
    expect(of('shop')).toEqual(ALONE);
    expect(() => of('b2b')).toThrow(/^The sourcing policy of "\*" cannot be used\. \/criteria\/0: /);
    await expect(policies.all()).rejects.toThrow(SourcingPolicyError);
  });

  it('are asked for again after a read that failed', async () => {
    const broken = openTestPool(database.url, 1);
    const later = new SourcingPolicies(broken);
    const query = vi.spyOn(broken, 'query').mockImplementationOnce(() => {
      throw new Error('connection lost');
    });
    await expect(later.of('shop')).rejects.toThrow('connection lost');
    expect(await later.of('shop')).toEqual(DEFAULT_SOURCING_POLICY);
    query.mockRestore();
    await broken.end();
  });
});
