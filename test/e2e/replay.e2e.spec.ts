import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import { replay } from '../../src/replay.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { BOTH_NODES } from '../support/place-orders.js';
import { expectStockAddsUp } from '../support/stock-check.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let sut: HubUnderTest;

beforeAll(async () => {
  database = await createTestDatabase();
  sut = await startHubUnderTest({ database });
});
afterAll(() => sut.close());

describe('an order whose webhook is lost', () => {
  it('arrives all the same, and is shipped once', async () => {
    await sut.pool.query(
      `update channel_account set settings = settings || '{"compareIntervalMs": 1000, "compareGraceMs": 0}' where id = $1`,
      [SHOPIFY_ACCOUNT],
    );
    sut.world.shopify.setSubscribed(false);
    const reference = String(sut.placeShopify([{ sku: BOTH_NODES, quantity: 1 }]));
    const done = await sut.waitForOrder(SHOPIFY_ACCOUNT, reference, ({ completedAt }) => completedAt !== null);
    expect(done).toMatchObject({ status: 'SHIPPED' });
    expectOnceOutside(sut.world, done);
    sut.world.shopify.setSubscribed(true);
    expect(sut.logged.join('\n')).toContain('had never come');
  }, 90_000);
});

describe('all messages of a channel, run again on a hub that works', () => {
  it('change nothing, inside or outside; an order is what its events say', async () => {
    const reference = String(sut.placeShopify([{ sku: BOTH_NODES, quantity: 2 }]));
    const done = await sut.waitForOrder(SHOPIFY_ACCOUNT, reference, ({ completedAt }) => completedAt !== null);
    const out: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    vi.stubEnv('DATABASE_URL', database.url);
    try {
      expect(await replay(['--channel', SHOPIFY_ACCOUNT, '--run', '--rate', '200'])).toBe(0);
      expect(await replay(['--channel', SHOPIFY_ACCOUNT, '--reference', reference])).toBe(0);
    } finally {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    }
    expect(out.join('\n')).toMatch(/ 0 changed, [1-9]\d* as before, 0 refused\nDone\./);
    expect(out.at(-1)).toContain('1 looked at, 0 would change, 1 as before');
    expectOnceOutside(sut.world, done);
    await expectStockAddsUp(sut.pool);
  }, 90_000);
});
