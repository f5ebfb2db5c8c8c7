import { Logger } from '@nestjs/common';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../test/support/until.js';
import { ReceivedOrders } from '../../process-apis/intake/index.js';
import { openIntake } from '../../process-apis/intake/testing/open-intake.js';
import { SqlCatalog } from '../../process-apis/catalog/index.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { SqlCursorStore } from '../../src/platform/db/sql-cursor-store.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import type { RestOrder } from './sandbox/rest-order.js';
import { startShopifySandbox, type ShopifySandbox } from './sandbox/shopify-sandbox.js';
import { ShopifyMissedOrders } from './shopify-missed-orders.js';
import { ShopifyClient } from './shopify.client.js';
import { interpretWebhook } from './shopify.mapper.js';
import { ACCOUNT, ITEMS, SECRETS, toBody, twoLineDraft } from './spec-support.js';

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let sandbox: ShopifySandbox;
let client: ShopifyClient;
let intake: ReturnType<typeof openIntake>['intake'];
let missed: ShopifyMissedOrders;
let account: ChannelAccount;
let now: number;
let shops = 0;

beforeAll(async () => {
  vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  orders = await SeededOrders.open(pool);
});

beforeEach(async () => {
  now = Date.now() - 3_600_000;
  sandbox = await startShopifySandbox({
    shopDomain: 'example.myshopify.com',
    accessToken: 'token-value',
    webhookSecret: 'hook-new',
    items: ITEMS,
    now: () => new Date(now),
  });
  sandbox.setSubscribed(false);
  const settings = { ...ACCOUNT.settings, apiUrl: sandbox.url, compareIntervalMs: 1_000, compareGraceMs: 0 };
  // Each shop begins with the same ids.
  shops += 1;
  account = { ...ACCOUNT, id: `shop-${shops}`, settings };
  const catalog = new SqlCatalog(pool, () => undefined);
  await catalog.saveAccounts([account]);
  client = new ShopifyClient(SECRETS);
  const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));
  ({ intake } = openIntake(pool, orders.commit, cipher, catalog));
  intake.register('shopify', interpretWebhook);
  missed = new ShopifyMissedOrders(pool, catalog, intake, new ReceivedOrders(pool), new SqlCursorStore(pool), client);
});

afterEach(async () => {
  await client.onApplicationShutdown();
  await sandbox.close();
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await database.drop();
  vi.restoreAllMocks();
});

function missedOrders(): ShopifyMissedOrders {
  const catalog = new SqlCatalog(pool, () => undefined);
  return new ShopifyMissedOrders(pool, catalog, intake, new ReceivedOrders(pool), new SqlCursorStore(pool), client);
}

/** A second later, as Shopify's clock counts. */
function place(): RestOrder {
  now += 1_000;
  return sandbox.placeOrder(twoLineDraft());
}

function webhook(order: RestOrder): Promise<unknown> {
  const messageId = `hook-${order.id}-${order.updated_at}`;
  return intake.receive({ account, topic: 'orders/updated', messageId, body: toBody(order) });
}

async function known(order: RestOrder): Promise<boolean> {
  return (await orders.reader.byReference(account.id, String(order.id))) !== undefined;
}

describe('orders whose webhooks never came', () => {
  it('are read and taken, once; what came is not read again', async () => {
    const [came, lost, alsoLost] = [place(), place(), place()];
    await webhook(came);
    expect(await missed.compareAlone(account)).toEqual({ lookedAt: 3, missing: 2, outdated: 0, more: false });
    expect(await Promise.all([lost, alsoLost].map(known))).toEqual([true, true]);
    expect(await missed.compareAlone(account)).toMatchObject({ missing: 0, outdated: 0 });
    // The webhook that comes late after all says nothing new.
    await webhook(lost);
    const { rows } = await pool.query(`select 1 from orders where channel = $1 and reference = $2`, [
      account.id,
      String(lost.id),
    ]);
    expect(rows).toHaveLength(1);
  });

  it('are seen in their latest version: a lost cancellation, and a change that changed nothing for the hub', async () => {
    const order = place();
    await webhook(order);
    now += 5_000;
    sandbox.cancelOrder(order.id);
    expect(await missed.compareAlone(account)).toMatchObject({ missing: 0, outdated: 1 });
    const stored = await orders.order(account.id, String(order.id));
    expect(stored.lines.every(({ quantities }) => quantities.open + quantities.reserved === 0)).toBe(true);
    expect(await missed.compareAlone(account)).toMatchObject({ outdated: 0 });
  });

  it('come page by page, and from where the last comparison ended', async () => {
    const placed = Array.from({ length: 230 }, place);
    const lost = placed.filter((_, index) => index % 23 === 0);
    await Promise.all(placed.filter((order) => !lost.includes(order)).map(webhook));
    expect(await missed.compareAlone(account)).toEqual({ lookedAt: 230, missing: 10, outdated: 0, more: false });
    expect(await Promise.all(lost.map(known))).not.toContain(false);
    now = Date.now();
    const late = place();
    expect((await missed.compareAlone(account))?.lookedAt).toBeLessThan(5);
    now = Date.now() + 3_000;
    await eventually(async () => {
      await missed.compareAlone(account);
      expect(await known(late)).toBe(true);
    });
  }, 60_000);

  it('are looked for again after an outage, and by one process at a time', async () => {
    const order = place();
    sandbox.setDown(true);
    await expect(missed.compareAlone(account)).rejects.toMatchObject({ kind: 'transient' });
    sandbox.setDown(false);
    const other = missedOrders();
    const both = await Promise.all([missed.compareAlone(account), other.compareAlone(account)]);
    expect(both.filter((found) => found?.missing === 1)).toHaveLength(1);
    expect(await known(order)).toBe(true);
    const { rows } = await pool.query(`select 1 from orders where channel = $1`, [account.id]);
    expect(rows).toHaveLength(1);
  });

  it('are found by the sweep when it is time', async () => {
    const order = place();
    await eventually(async () => {
      await missed.sweep();
      expect(await known(order)).toBe(true);
    });
  });
});

describe('an order that is read', () => {
  it('keeps all digits of its ids, and is undefined where there is none', async () => {
    const order = place();
    const body = await client.readOrder(account, String(order.id));
    expect(JSON.parse(body?.toString() ?? '')).toEqual(JSON.parse(JSON.stringify(sandbox.order(order.id))));
    expect(await client.readOrder(account, '1')).toBeUndefined();
  });
});
