import { afterEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { PublishQuantity } from '../channel-kit/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { AdminOperation } from './shopify-admin.wire.js';
import { INVENTORY_SET } from './shopify-admin.wire.js';
import { ShopifyFulfillments } from './shopify-fulfillments.js';
import { ShopifyInventory } from './shopify-inventory.js';
import { ShopifyClient } from './shopify.client.js';
import { ShopifyConnector } from './shopify.connector.js';
import { startShopifySandbox, type ShopifySandbox, type ShopifySandboxOptions } from './sandbox/shopify-sandbox.js';
import { ACCOUNT, failureOf, ITEMS, SECRETS, twoLineDraft } from './spec-support.js';

let sandbox: ShopifySandbox;
let client: ShopifyClient;
let connector: ShopifyConnector;
let account: ChannelAccount;

async function start(options: Partial<ShopifySandboxOptions> = {}): Promise<void> {
  sandbox = await startShopifySandbox({
    shopDomain: 'example.myshopify.com',
    accessToken: 'token-value',
    webhookSecret: 'hook-new',
    items: ITEMS,
    ...options,
  });
  client = new ShopifyClient(SECRETS);
  connector = new ShopifyConnector(new ShopifyFulfillments(client), new ShopifyInventory(client));
  account = { ...ACCOUNT, settings: { ...ACCOUNT.settings, apiUrl: sandbox.url } };
}

afterEach(async () => {
  await client.onApplicationShutdown();
  await sandbox.close();
});

function quantityOf(
  listingSku: string,
  inventoryItemId: string,
  locationId: string,
  quantity: number,
): PublishQuantity {
  return { listingSku, quantity, listingKeys: { inventoryItemId, locationId } };
}

describe('publishing quantities', () => {
  it('sets them at each location; the same again changes nothing', async () => {
    await start();
    const quantities = [quantityOf('A', '101', '1', 7), quantityOf('B', 'gid://shopify/InventoryItem/102', '2', 0)];
    for (let time = 0; time < 2; time += 1) {
      const results = await connector.publishQuantities(account, quantities);
      expect(results.map(({ outcome }) => outcome)).toEqual(['ACCEPTED', 'ACCEPTED']);
      expect(sandbox.quantities().map(({ available }) => available)).toEqual([7, 0]);
    }
  });

  it('a quantity comes back to an earlier value, which a key made of the content would have swallowed', async () => {
    await start();
    for (const quantity of [7, 8, 7, 8])
      await connector.publishQuantities(account, [quantityOf('A', '101', '1', quantity)]);
    expect(sandbox.quantities()[0]?.available).toBe(8);
  });

  it('refuses single listings with the reason and sets the others', async () => {
    await start();
    const results = await connector.publishQuantities(account, [
      quantityOf('NO-KEYS', '', '', 1),
      quantityOf('NOT-STOCKED', '101', '9', 1),
      quantityOf('NEGATIVE', '102', '2', -1),
      quantityOf('A', '101', '1', 3),
    ]);
    expect(Object.fromEntries(results.map((result) => [result.listingSku, result.outcome]))).toEqual({
      'NO-KEYS': 'REFUSED',
      'NOT-STOCKED': 'REFUSED',
      NEGATIVE: 'REFUSED',
      A: 'ACCEPTED',
    });
    expect(sandbox.quantities().map(({ available }) => available)).toEqual([3, 50]);
  });

  it('that moved between look and set fails alone: the other items of the batch are set', async () => {
    await start({ items: [...ITEMS, { sku: 'C', inventoryItemId: 103, locationId: 1, available: 5 }] });
    const selling = new SellsMeanwhile(() => sandbox.placeOrder(twoLineDraft()));
    const inventory = new ShopifyInventory(selling);
    const results = await inventory.publish(account, [quantityOf('A', '101', '1', 9), quantityOf('C', '103', '1', 9)]);
    expect(results).toEqual([
      { listingSku: 'A', outcome: 'FAILED', reason: expect.stringContaining('moved') as string },
      { listingSku: 'C', outcome: 'ACCEPTED' },
    ]);
    expect(availableBySku()).toEqual({ A: 47, B: 48, C: 9 });
    await selling.onApplicationShutdown();
  });

  it('while Shopify is down throws: the whole page is told again', async () => {
    await start();
    sandbox.setDown(true);
    const publishing = connector.publishQuantities(account, [{ ...quantityOf('A', '101', '1', 9), last: 50 }]);
    expect((await failureOf(publishing)).kind).toBe('transient');
  });
});

function availableBySku(): Readonly<Record<string, number>> {
  return Object.fromEntries(sandbox.quantities().map(({ sku, available }) => [sku, available]));
}

/** A quantity for one of the items that every sandbox here starts with. */
function toldBefore(listingSku: 'A' | 'B', last: number, quantity: number): PublishQuantity {
  const [item, location] = listingSku === 'A' ? ['101', '1'] : ['102', '2'];
  return { ...quantityOf(listingSku, item, location, quantity), last };
}

describe('publishing from what was last told', () => {
  it('takes one call over all locations while Shopify still shows it', async () => {
    await start();
    const counting = new CountsCalls();
    const results = await new ShopifyInventory(counting).publish(account, [
      toldBefore('A', 50, 7),
      toldBefore('B', 50, 8),
    ]);
    expect(results).toEqual([
      { listingSku: 'A', outcome: 'ACCEPTED' },
      { listingSku: 'B', outcome: 'ACCEPTED' },
    ]);
    expect(availableBySku()).toEqual({ A: 7, B: 8 });
    expect(counting.calls).toEqual([INVENTORY_SET.name]);
    await counting.onApplicationShutdown();
  });

  it('overwrites what someone changed outside, and says what stood there', async () => {
    await start();
    sandbox.changeQuantity(101, 1, 33);
    const results = await connector.publishQuantities(account, [toldBefore('A', 50, 7), toldBefore('B', 50, 8)]);
    expect(results.toSorted(bySku)).toEqual([
      { listingSku: 'A', outcome: 'ACCEPTED', overwrote: 33 },
      { listingSku: 'B', outcome: 'ACCEPTED' },
    ]);
    expect(availableBySku()).toEqual({ A: 7, B: 8 });
  });

  it('overwrites nothing where Shopify sold just what the hub now tells', async () => {
    await start();
    sandbox.placeOrder(twoLineDraft());
    const results = await connector.publishQuantities(account, [toldBefore('A', 50, 47)]);
    expect(results).toEqual([{ listingSku: 'A', outcome: 'ACCEPTED' }]);
  });

  it('whose answer was lost is told again without harm', async () => {
    await start();
    sandbox.failNext({ operation: 'inventorySetQuantities', times: 1, mode: 'after' });
    await failureOf(connector.publishQuantities(account, [toldBefore('A', 50, 7)]));
    const again = await connector.publishQuantities(account, [toldBefore('A', 50, 7)]);
    expect(again).toEqual([{ listingSku: 'A', outcome: 'ACCEPTED' }]);
    expect(availableBySku()).toEqual({ A: 7, B: 50 });
  });

  it('keeps what was accepted when the others cannot be read', async () => {
    await start();
    sandbox.failNext({ operation: 'nodes', times: 1, mode: 'before' });
    const results = await connector.publishQuantities(account, [
      toldBefore('A', 50, 7),
      quantityOf('B', '102', '2', 8),
    ]);
    expect(results).toEqual([
      { listingSku: 'A', outcome: 'ACCEPTED' },
      { listingSku: 'B', outcome: 'FAILED', reason: expect.stringContaining('503') as string },
    ]);
  });

  it('takes 250 at once, and not one more', async () => {
    const items = Array.from({ length: 250 }, (_, index) => {
      return { sku: `S${index}`, inventoryItemId: 1000 + index, locationId: 1, available: index };
    });
    await start({ items });
    const quantities = items.map(({ sku, inventoryItemId, available }) => {
      return { ...quantityOf(sku, String(inventoryItemId), '1', 4), ...(available % 2 === 0 ? { last: 0 } : {}) };
    });
    const results = await connector.publishQuantities(account, quantities);
    expect(results.map(({ outcome }) => outcome)).toEqual(items.map(() => 'ACCEPTED'));
    expect(new Set(Object.values(availableBySku()))).toEqual(new Set([4]));
    const tooMany = [...quantities, quantityOf('X', '1', '1', 1)];
    expect((await failureOf(connector.publishQuantities(account, tooMany))).kind).toBe('contract');
  });
});

describe('reading quantities', () => {
  it('gives what is available at each location, below zero too, and null for what Shopify does not stock there', async () => {
    await start();
    sandbox.changeQuantity(101, 1, 1);
    sandbox.placeOrder(twoLineDraft());
    const listings = [
      ['A', '101', '1'],
      ['B', 'gid://shopify/InventoryItem/102', '2'],
      ['A-ELSEWHERE', '101', '2'],
      ['NONE', '999', '1'],
      ['NO-KEYS', '', ''],
    ] as const;
    const read = await connector.readQuantities(
      account,
      listings.map(([sku, item, location]) => quantityOf(sku, item, location, 0)),
    );
    expect(read.map(({ listingSku, quantity }) => [listingSku, quantity])).toEqual([
      ['A', -2],
      ['B', 48],
      ['A-ELSEWHERE', null],
      ['NONE', null],
      ['NO-KEYS', null],
    ]);
    expect(Date.parse(read[0]?.readAt ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it('takes 50 at once, and throws while Shopify is down', async () => {
    await start();
    const many = Array.from({ length: 51 }, () => quantityOf('A', '101', '1', 0));
    await expect(connector.readQuantities(account, many)).rejects.toBeInstanceOf(RangeError);
    sandbox.setDown(true);
    expect((await failureOf(connector.readQuantities(account, many.slice(1)))).kind).toBe('transient');
  });
});

function bySku(one: { readonly listingSku: string }, other: { readonly listingSku: string }): number {
  return one.listingSku < other.listingSku ? -1 : 1;
}

/** The real client, and what it was asked. */
class CountsCalls extends ShopifyClient {
  readonly calls: string[] = [];

  constructor() {
    super(SECRETS);
  }

  override run<T extends z.ZodType>(
    at: ChannelAccount,
    operation: AdminOperation<T>,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<z.output<T>> {
    this.calls.push(operation.name);
    return super.run(at, operation, variables);
  }
}

/** The real client, with a sale at the shop between the look and the first set. */
class SellsMeanwhile extends ShopifyClient {
  private sold = false;

  constructor(private readonly sell: () => void) {
    super(SECRETS);
  }

  override run<T extends z.ZodType>(
    at: ChannelAccount,
    operation: AdminOperation<T>,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<z.output<T>> {
    if (operation.name === INVENTORY_SET.name && !this.sold) {
      this.sold = true;
      this.sell();
    }
    return super.run(at, operation, variables);
  }
}
