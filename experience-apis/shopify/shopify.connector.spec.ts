import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ConfirmPackage, PublishQuantity } from '../channel-kit/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { OutsideError } from '../../src/platform/http/outside-error.js';
import type { AdminOperation } from './shopify-admin.wire.js';
import { INVENTORY_SET } from './shopify-admin.wire.js';
import { ShopifyFulfillments } from './shopify-fulfillments.js';
import { ShopifyInventory } from './shopify-inventory.js';
import { ShopifyClient } from './shopify.client.js';
import { ShopifyConnector } from './shopify.connector.js';
import { buildOrder } from './sandbox/order-samples.js';
import type { RestOrder } from './sandbox/rest-order.js';
import { startShopifySandbox, type ShopifySandbox, type ShopifySandboxOptions } from './sandbox/shopify-sandbox.js';
import { ACCOUNT, FixedSecrets, onlyOrder, toBody } from './spec-support.js';

const ITEMS = [
  { sku: 'A', inventoryItemId: 101, locationId: 1, available: 50 },
  { sku: 'B', inventoryItemId: 102, locationId: 2, available: 50 },
];

const SECRETS = new FixedSecrets({ TOKEN: 'token-value' });

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

/** An order of 3 A (location 1) and 2 B (location 2). */
function place(): RestOrder {
  const draft = buildOrder({
    random: () => 0,
    items: [{ sku: 'A', title: 'A', price: 1000 }],
    now: new Date('2026-04-01T00:00:00Z'),
  });
  const [line] = draft.line_items;
  if (line === undefined) throw new Error('no line');
  const lineOf = (sku: string, quantity: number) => {
    return { ...line, sku, quantity, current_quantity: quantity, fulfillable_quantity: quantity };
  };
  return sandbox.placeOrder({ ...draft, line_items: [lineOf('A', 3), lineOf('B', 2)] });
}

function packageOf(order: RestOrder, units: readonly number[], changes: Partial<ConfirmPackage> = {}): ConfirmPackage {
  return {
    idempotencyKey: 'key-1',
    orderReference: String(order.id),
    packageNumber: 1,
    carrier: 'UPS_GROUND',
    trackingNumber: '1Z999',
    trackingUrl: 'https://example.com/1Z999',
    shippedAt: '2026-04-02T00:00:00.000Z',
    items: units.flatMap((quantity, index) => {
      const line = order.line_items[index];
      return line === undefined || quantity === 0 ? [] : [{ lineReference: String(line.id), quantity, serials: [] }];
    }),
    mayExist: false,
    attributes: {},
    ...changes,
  };
}

async function failureOf(work: Promise<unknown>): Promise<OutsideError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof OutsideError)) throw new Error(`no OutsideError: ${String(error)}`);
  return error;
}

describe('confirming a package', () => {
  it('makes one fulfillment with the carrier’s name, the tracking and the units', async () => {
    await start();
    const order = place();
    const { channelReference } = await connector.confirmPackage(account, packageOf(order, [2]));
    const [made] = sandbox.fulfillments(order.id);
    expect(made).toMatchObject({ id: Number(channelReference), tracking_company: 'UPS', tracking_number: '1Z999' });
    expect(made?.line_items.map(({ sku, quantity }) => [sku, quantity])).toEqual([['A', 2]]);
    expect(sandbox.order(order.id)?.fulfillment_status).toBe('partial');
    const echo = onlyOrder(connector.interpret(account, 'orders/updated', toBody(sandbox.order(order.id))));
    expect(echo.lines.map(({ fulfilledQuantity }) => fulfilledQuantity)).toEqual([2, 0]);
    // orders/create, and the echo: fulfillments/create and orders/updated.
    expect(sandbox.webhooks().pending).toBe(3);
  });

  it('makes one fulfillment per location that Shopify planned the units for', async () => {
    await start();
    const order = place();
    await connector.confirmPackage(account, packageOf(order, [3, 2]));
    expect(sandbox.fulfillments(order.id)).toHaveLength(2);
    expect(sandbox.order(order.id)?.fulfillment_status).toBe('fulfilled');
  });

  it('that may exist already finds it and makes no other', async () => {
    await start();
    const order = place();
    sandbox.failNext({ operation: 'fulfillmentCreate', times: 1, mode: 'after' });
    const lost = await failureOf(connector.confirmPackage(account, packageOf(order, [2])));
    expect(lost).toMatchObject({ kind: 'transient', details: { outcomeUnknown: true } });
    const found = await connector.confirmPackage(account, packageOf(order, [2], { mayExist: true }));
    expect(sandbox.fulfillments(order.id).map(({ id }) => String(id))).toEqual([found.channelReference]);
  });

  it('that half exists, over two locations, is completed and not repeated', async () => {
    await start();
    const order = place();
    sandbox.failNext({ operation: 'fulfillmentCreate', times: 1, mode: 'after' });
    await failureOf(connector.confirmPackage(account, packageOf(order, [3, 2])));
    expect(sandbox.fulfillments(order.id)).toHaveLength(1);
    const again = packageOf(order, [3, 2], { mayExist: true });
    await connector.confirmPackage(account, again);
    await connector.confirmPackage(account, again);
    expect(sandbox.fulfillments(order.id)).toHaveLength(2);
  });

  it('that may exist and does not is made', async () => {
    await start();
    const order = place();
    await connector.confirmPackage(account, packageOf(order, [1], { mayExist: true }));
    expect(sandbox.fulfillments(order.id)).toHaveLength(1);
  });

  it('of an order with more lines and fulfillment orders than one page holds', async () => {
    const items = Array.from({ length: 120 }, (_, index) => {
      // Lines 0–109 at location 1, which is more than two pages of lines; ten more locations are three pages of orders.
      const locationId = index < 110 ? 1 : index;
      return { sku: `S${index}`, inventoryItemId: 1000 + index, locationId, available: 5 };
    });
    await start({ items });
    const draft = place();
    const [like] = draft.line_items;
    if (like === undefined) throw new Error('no line');
    const order = sandbox.placeOrder({ ...draft, line_items: items.map(({ sku }) => ({ ...like, sku, quantity: 1 })) });
    await connector.confirmPackage(
      account,
      packageOf(
        order,
        items.map(() => 1),
      ),
    );
    expect(sandbox.fulfillments(order.id)).toHaveLength(11);
  });

  it('for units that Shopify has no work for is rejected with the line named', async () => {
    await start();
    const order = place();
    const error = await failureOf(connector.confirmPackage(account, packageOf(order, [99])));
    expect(error.kind).toBe('rejected');
    expect(error.message).toContain(`of line ${order.line_items[0]?.id}`);
  });

  it('of an order that the shop cancelled after its goods had left is not wanted', async () => {
    await start();
    const order = place();
    sandbox.cancelOrder(order.id);
    const answer = await connector.confirmPackage(account, packageOf(order, [2]));
    expect(answer).toEqual({ notWanted: 'the shop cancelled the order' });
    expect(sandbox.fulfillments(order.id)).toEqual([]);
  });

  it('of an unknown order is rejected; with a wrong token it is a matter of credentials', async () => {
    await start();
    const order = place();
    const unknown = packageOf(order, [1], { orderReference: '42' });
    expect((await failureOf(connector.confirmPackage(account, unknown))).kind).toBe('rejected');
    const stranger = new ShopifyClient(new FixedSecrets({ TOKEN: 'other' }));
    const error = await failureOf(new ShopifyFulfillments(stranger).confirm(account, packageOf(order, [1])));
    expect(error).toMatchObject({ kind: 'authentication', details: { status: 401 } });
    await stranger.onApplicationShutdown();
  });

  it('while Shopify is down is transient', async () => {
    await start();
    const order = place();
    sandbox.setDown(true);
    expect((await failureOf(connector.confirmPackage(account, packageOf(order, [1])))).kind).toBe('transient');
    sandbox.setDown(false);
    await connector.confirmPackage(account, packageOf(order, [1]));
    expect(sandbox.fulfillments(order.id)).toHaveLength(1);
  });
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
    const selling = new SellsMeanwhile(() => place());
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

describe('publishing from what was last told', () => {
  const told = (listingSku: 'A' | 'B', last: number, quantity: number): PublishQuantity => {
    const [item, location] = listingSku === 'A' ? ['101', '1'] : ['102', '2'];
    return { ...quantityOf(listingSku, item, location, quantity), last };
  };

  it('takes one call over all locations while Shopify still shows it', async () => {
    await start();
    const counting = new CountsCalls();
    const results = await new ShopifyInventory(counting).publish(account, [told('A', 50, 7), told('B', 50, 8)]);
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
    const results = await connector.publishQuantities(account, [told('A', 50, 7), told('B', 50, 8)]);
    expect(results.toSorted(bySku)).toEqual([
      { listingSku: 'A', outcome: 'ACCEPTED', overwrote: 33 },
      { listingSku: 'B', outcome: 'ACCEPTED' },
    ]);
    expect(availableBySku()).toEqual({ A: 7, B: 8 });
  });

  it('overwrites nothing where Shopify sold just what the hub now tells', async () => {
    await start();
    place();
    const results = await connector.publishQuantities(account, [told('A', 50, 47)]);
    expect(results).toEqual([{ listingSku: 'A', outcome: 'ACCEPTED' }]);
  });

  it('whose answer was lost is told again without harm', async () => {
    await start();
    sandbox.failNext({ operation: 'inventorySetQuantities', times: 1, mode: 'after' });
    await failureOf(connector.publishQuantities(account, [told('A', 50, 7)]));
    const again = await connector.publishQuantities(account, [told('A', 50, 7)]);
    expect(again).toEqual([{ listingSku: 'A', outcome: 'ACCEPTED' }]);
    expect(availableBySku()).toEqual({ A: 7, B: 50 });
  });

  it('keeps what was accepted when the others cannot be read', async () => {
    await start();
    sandbox.failNext({ operation: 'nodes', times: 1, mode: 'before' });
    const results = await connector.publishQuantities(account, [told('A', 50, 7), quantityOf('B', '102', '2', 8)]);
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
    place();
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

describe('the client', () => {
  it('asks no more of a bucket that it knows to be empty', async () => {
    await start({ throttle: { maximumAvailable: 790, restoreRate: 1 } });
    const order = place();
    await connector.confirmPackage(account, packageOf(order, [1]));
    const known = await failureOf(connector.confirmPackage(account, packageOf(order, [1])));
    expect(known).toMatchObject({ kind: 'throttled' });
    expect(known.message).toContain('nothing was sent');
  });

  it('works out from Shopify’s own refusal how long the bucket needs', async () => {
    await start({ throttle: { maximumAvailable: 790, restoreRate: 10 } });
    const order = place();
    await connector.confirmPackage(account, packageOf(order, [1]));
    const fresh = new ShopifyClient(SECRETS);
    const told = await failureOf(new ShopifyFulfillments(fresh).confirm(account, packageOf(order, [1])));
    await fresh.onApplicationShutdown();
    expect(told).toMatchObject({ kind: 'throttled', details: { status: 200 } });
    expect(told.message).toContain('THROTTLED');
    expect(told.details.retryAfterMs).toBeGreaterThan(0);
    expect(told.details.retryAfterMs).toBeLessThan(10_000);
  });

  it('calls a query that Shopify’s schema does not know a broken contract', async () => {
    await start();
    const wrong = { name: 'wrong', query: '{ order(id: "gid://shopify/Order/1") { colour } }', data: z.unknown() };
    const error = await failureOf(client.run(account, wrong, {}));
    expect(error.kind).toBe('contract');
    expect(error.message).toContain('colour');
  });

  it('must send the idempotency directive and the compared quantity, as of 2026-04', async () => {
    await start();
    const input = { name: 'available', reason: 'correction', quantities: [] };
    const bare = {
      name: 'bare',
      query: `mutation Bare($input: InventorySetQuantitiesInput!) {
        inventorySetQuantities(input: $input) { userErrors { message } }
      }`,
      data: z.unknown(),
    };
    expect((await failureOf(client.run(account, bare, { input }))).message).toContain('@idempotent');
    const quantities = [
      { inventoryItemId: 'gid://shopify/InventoryItem/101', locationId: 'gid://shopify/Location/1', quantity: 1 },
    ];
    const uncompared = client.run(account, INVENTORY_SET, { input: { ...input, quantities }, key: 'k' });
    expect((await failureOf(uncompared)).message).toContain('changeFromQuantity');
  });
});
