import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import type { AmazonClient } from './amazon.client.js';
import { AmazonClients } from './amazon.clients.js';
import { startAmazonSandbox, type AmazonSandbox, type AmazonSandboxOptions } from './sandbox/amazon-sandbox.js';
import { accountAt, MemorySecrets } from './testing/memory-hub.js';
import { orderFrom, ordersFrom } from './testing/orders.js';

const LONG_AGO = '2020-01-01T00:00:00Z';

describe('the SP-API client', () => {
  let sandbox: AmazonSandbox;
  let clients: AmazonClients;

  async function start(options: AmazonSandboxOptions = {}): Promise<void> {
    sandbox = await startAmazonSandbox({ rateFactor: 100_000, ...options });
  }
  function client(settings: Readonly<Record<string, unknown>> = {}): AmazonClient {
    return clients.of(accountAt(sandbox, settings));
  }

  beforeEach(() => {
    clients = new AmazonClients(new MemorySecrets());
  });
  afterEach(async () => {
    await clients.onApplicationShutdown();
    await sandbox.close();
  });

  it('pages through all orders', async () => {
    await start();
    const placed = ordersFrom(1, 25);
    for (const order of placed) sandbox.placeOrder(order);
    const seen: unknown[] = [];
    let token: string | undefined;
    do {
      const page = await client().searchOrders({
        lastUpdatedAfter: LONG_AGO,
        maxResultsPerPage: 10,
        ...(token === undefined ? {} : { paginationToken: token }),
      });
      expect(page.orders.length).toBeLessThanOrEqual(10);
      seen.push(...page.orders);
      token = page.nextToken;
    } while (token !== undefined);
    expect(seen.map((order) => (order as { orderId: string }).orderId)).toEqual(placed.map(({ orderId }) => orderId));
  });

  it('gets a whole order, with every section it asked for', async () => {
    await start();
    const order = orderFrom(3);
    sandbox.placeOrder(order);
    const read = await client().getOrder(order.orderId);
    expect(read).toEqual({ ...order, lastUpdatedTime: expect.any(String) as string });
  });

  it('fetches one token for callers at once', async () => {
    await start();
    const order = orderFrom(2);
    sandbox.placeOrder(order);
    const amazon = client();
    const calls = Array.from({ length: 5 }, () => amazon.getOrder(order.orderId));
    await expect(Promise.all(calls)).resolves.toHaveLength(5);
    expect(sandbox.tokensGranted()).toBe(1);
  });

  it('goes on with a fresh token when Amazon no longer takes the old one', async () => {
    await start();
    const order = orderFrom(2);
    sandbox.placeOrder(order);
    await client().getOrder(order.orderId);
    sandbox.revokeTokens();
    await expect(client().getOrder(order.orderId)).resolves.toBeDefined();
    expect(sandbox.tokensGranted()).toBe(2);
  });

  it('renews a token before it expires', async () => {
    await start({ tokenSeconds: 1 });
    const order = orderFrom(2);
    sandbox.placeOrder(order);
    for (let call = 0; call < 4; call += 1) {
      await client().getOrder(order.orderId);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    expect(sandbox.tokensGranted()).toBeGreaterThan(1);
    expect(sandbox.refusals()).toBe(0);
  });

  it('tells wrong credentials as such', async () => {
    await start({ credentials: { clientId: 'a', clientSecret: 'b', refreshToken: 'c' } });
    expect((await failure(client().getOrder('1'))).kind).toBe('authentication');
    const error = await failure(client({ clientIdSecret: 'NOT_SET' }).getOrder('1'));
    expect(error).toMatchObject({ kind: 'authentication', message: 'the secret NOT_SET is not set' });
  });

  it('obeys a 429 with Retry-After: nothing goes out before', async () => {
    await start();
    const order = orderFrom(2);
    sandbox.placeOrder(order);
    sandbox.failNext({ operation: 'getOrder', times: 1, mode: 'before', status: 429, retryAfter: 1 });
    const error = await failure(client().getOrder(order.orderId));
    expect(error).toMatchObject({ kind: 'throttled', details: { status: 429, retryAfterMs: 1000 } });
    expect(error.message).toContain('QuotaExceeded');
    const from = Date.now();
    await client().getOrder(order.orderId);
    expect(Date.now() - from).toBeGreaterThanOrEqual(950);
  });

  it('meets the limits of Amazon and does not wait minutes for them', async () => {
    await start({ rateFactor: 1 });
    const amazon = client({ rateFactor: 1 });
    const searches = Array.from({ length: 20 }, () => amazon.searchOrders({ lastUpdatedAfter: LONG_AGO }));
    await expect(Promise.all(searches)).resolves.toHaveLength(20);
    const error = await failure(amazon.searchOrders({ lastUpdatedAfter: LONG_AGO }));
    expect(error.kind).toBe('throttled');
    expect(error.details.retryAfterMs).toBeGreaterThan(170_000);
    expect(error.details.status).toBeUndefined();
  });

  it('learns the rate that Amazon tells', async () => {
    await start({ rateFactor: 0.001 });
    const amazon = client();
    const tell = () => amazon.patchListingsItem('SKU', ['A1F83G8C2ARO7P'], quantityPatch(1));
    await tell();
    const refused = [await failure(tell()), await failure(tell()), await failure(tell())];
    expect(refused.map(({ kind }) => kind)).toEqual(['throttled', 'throttled', 'throttled']);
    // The first refusal is Amazon's; from then on the client does not even ask.
    expect(refused.map(({ details }) => details.status)).toEqual([429, undefined, undefined]);
  });

  it.each([
    ['before', undefined, true],
    ['after', 500, true],
    ['before', 503, true],
  ] as const)('a fault %s the work (%s) leaves the outcome unknown', async (mode, status, outcomeUnknown) => {
    await start();
    const order = orderFrom(2);
    sandbox.placeOrder(order);
    await client().getOrder(order.orderId);
    sandbox.failNext({ operation: 'confirmShipment', times: 1, mode, ...(status === undefined ? {} : { status }) });
    const error = await failure(
      client().confirmShipment(order.orderId, confirmation(order.orderItems[0]?.orderItemId)),
    );
    expect(error).toMatchObject({ kind: 'transient', details: { outcomeUnknown } });
  });

  it('gives the words of Amazon when it says no', async () => {
    await start();
    const error = await failure(client().getOrder('000-0000000-0000000'));
    expect(error).toMatchObject({ kind: 'rejected', details: { status: 404 } });
    expect(error.message).toContain('NotFound');
  });
});

function quantityPatch(quantity: number) {
  const value = [{ fulfillment_channel_code: 'DEFAULT', quantity }];
  return {
    productType: 'PRODUCT',
    patches: [{ op: 'merge' as const, path: '/attributes/fulfillment_availability', value }],
  };
}

function confirmation(orderItemId = '') {
  return {
    marketplaceId: 'A1F83G8C2ARO7P',
    packageDetail: {
      packageReferenceId: '1',
      carrierCode: 'DPD',
      trackingNumber: 'T1',
      shipDate: '2026-03-02T10:00:00.000Z',
      orderItems: [{ orderItemId, quantity: 1 }],
    },
  };
}

async function failure(call: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OutsideError)) throw new Error('the call was to fail with an OutsideError');
  return error;
}
