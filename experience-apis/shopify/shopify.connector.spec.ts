import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { ConfirmPackage } from '../channel-kit/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { OutsideGate } from '../../src/platform/outside/outside-gate.js';
import { FULFILLMENT_CREATE, FULFILLMENTS, INVENTORY_SET } from './shopify-admin.wire.js';
import { ShopifyFulfillments } from './shopify-fulfillments.js';
import { ShopifyInventory } from './shopify-inventory.js';
import { ShopifyClient } from './shopify.client.js';
import { ShopifyConnector } from './shopify.connector.js';
import type { RestOrder } from './sandbox/rest-order.js';
import { startShopifySandbox, type ShopifySandbox, type ShopifySandboxOptions } from './sandbox/shopify-sandbox.js';
import { ACCOUNT, failureOf, FixedSecrets, ITEMS, onlyOrder, SECRETS, toBody, twoLineDraft } from './spec-support.js';

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

function place(): RestOrder {
  return sandbox.placeOrder(twoLineDraft());
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

  it('of which the hub kept back the second location counts as tried', async () => {
    await start();
    const order = place();
    const gate = new OutsideGate();
    const paused = new ShopifyClient(SECRETS, gate);
    const pause = { changes: {}, paused: true, changedBy: 'ops', changedAt: '2026-01-01T00:00:00.000Z' };
    gate.onCall(({ operation }) => {
      if (operation === 'fulfillmentCreate')
        gate.policies.replaceChanges([{ system: 'shopify', operation: 'writes', ...pause }]);
    });
    const held = await failureOf(new ShopifyFulfillments(paused).confirm(account, packageOf(order, [3, 2])));
    await paused.onApplicationShutdown();
    expect(held).toMatchObject({ kind: 'transient', details: { notSent: false, outcomeUnknown: true } });
    expect(sandbox.fulfillments(order.id)).toHaveLength(1);
    await connector.confirmPackage(account, packageOf(order, [3, 2], { mayExist: true }));
    expect(sandbox.fulfillments(order.id)).toHaveLength(2);
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

  it('of an order that the shop cancels at that moment is not wanted either', async () => {
    await start();
    const order = place();
    const run = client.run.bind(client);
    vi.spyOn(client, 'run').mockImplementation((...call) => {
      if (call[1] === FULFILLMENT_CREATE) sandbox.cancelOrder(order.id);
      return run(...call);
    });
    const answer = await connector.confirmPackage(account, packageOf(order, [2]));
    expect(answer).toEqual({ notWanted: 'the shop cancelled the order' });
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

describe('the client', () => {
  it('asks no more of a bucket that it knows to be empty', async () => {
    await start({ throttle: { maximumAvailable: 790, restoreRate: 1 } });
    const order = place();
    await connector.confirmPackage(account, packageOf(order, [1]));
    const known = await failureOf(connector.confirmPackage(account, packageOf(order, [1])));
    expect(known).toMatchObject({ kind: 'throttled' });
    expect(known.message).toContain('nothing was sent');
  });

  it('waits for points that will be there soon', async () => {
    await start({ throttle: { maximumAvailable: 790, restoreRate: 400 } });
    const order = place();
    for (const trackingNumber of ['1Z1', '1Z2', '1Z3'])
      await connector.confirmPackage(
        account,
        packageOf(order, [1], { trackingNumber, idempotencyKey: trackingNumber }),
      );
    expect(sandbox.fulfillments(order.id)).toHaveLength(3);
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
    const wrong = {
      name: FULFILLMENTS.name,
      query: '{ order(id: "gid://shopify/Order/1") { colour } }',
      data: z.unknown(),
    };
    const error = await failureOf(client.run(account, wrong, {}));
    expect(error.kind).toBe('contract');
    expect(error.message).toContain('colour');
  });

  it('must send the idempotency directive and the compared quantity, as of 2026-04', async () => {
    await start();
    const input = { name: 'available', reason: 'correction', quantities: [] };
    const bare = {
      name: INVENTORY_SET.name,
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
