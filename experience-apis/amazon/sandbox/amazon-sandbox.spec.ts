import { afterEach, describe, expect, it } from 'vitest';
import { orderFrom, ordersFrom, singleLineOrder } from '../testing/orders.js';
import { startAmazonSandbox, type AmazonSandbox, type Journal } from './amazon-sandbox.js';

const AFTER = 'lastUpdatedAfter=2020-01-01T00:00:00Z';

describe("the sandbox of Amazon's APIs", () => {
  const running: AmazonSandbox[] = [];
  afterEach(async () => {
    for (const sandbox of running.splice(0)) await sandbox.close();
  });

  async function start(options: Parameters<typeof startAmazonSandbox>[0] = {}): Promise<AmazonSandbox> {
    const sandbox = await startAmazonSandbox({ rateFactor: 100, ...options });
    running.push(sandbox);
    return sandbox;
  }

  it('knows everything again after a restart', async () => {
    const journal = memoryJournal();
    const before = await start({ journal });
    const order = singleLineOrder(1, 2);
    const cancelled = orderFrom(2);
    before.placeOrder(order);
    before.placeOrder(cancelled);
    before.cancelOrder(cancelled.orderId);
    before.requestCancel(order.orderId);
    const after = await start({ journal });
    expect(after.orders()).toEqual(before.orders());
    expect(after.placeOrder(order)).toBe(false);
    expect(after.cancelOrder(cancelled.orderId)).toBe(false);
  });

  it('refuses calls without a good token', async () => {
    const sandbox = await start();
    const answer = await get(sandbox, `/orders/2026-01-01/orders?${AFTER}`, 'wrong');
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ errors: [{ code: 'Unauthorized' }] });
  });

  it('shows sections only to those who ask for them', async () => {
    const sandbox = await start();
    const order = orderFrom(1);
    sandbox.placeOrder(order);
    const answer = await get(sandbox, `/orders/2026-01-01/orders/${order.orderId}?includedData=BUYER`);
    const { order: shown } = (await answer.json()) as { order: Record<string, unknown> };
    expect(shown).toMatchObject({ buyer: order.buyer });
    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(['recipient']));
    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(['fulfillment']));
  });

  it("keeps Amazon's limits, and tells them", async () => {
    const sandbox = await start({ rateFactor: 1 });
    const accessToken = await token(sandbox);
    const search = () => get(sandbox, `/orders/2026-01-01/orders?${AFTER}`, accessToken);
    const first = await search();
    expect(first.headers.get('x-amzn-ratelimit-limit')).toBe('0.0056');
    const others = await Promise.all(Array.from({ length: 20 }, search));
    expect(others.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(await others.find(({ status }) => status === 429)?.json()).toMatchObject({
      errors: [{ code: 'QuotaExceeded' }],
    });
  });

  it.each(['', 'lastUpdatedAfter=yesterday', `${AFTER}&maxResultsPerPage=101`, `${AFTER}&includedData=EVERYTHING`])(
    'refuses the search "%s"',
    async (query) => {
      expect((await get(await start(), `/orders/2026-01-01/orders?${query}`)).status).toBe(400);
    },
  );

  it('shows changes after its lag', async () => {
    const sandbox = await start({ searchLagMs: 60_000 });
    sandbox.placeOrder(orderFrom(1));
    const answer = await get(sandbox, `/orders/2026-01-01/orders?${AFTER}`);
    expect(await answer.json()).toMatchObject({ orders: [] });
  });

  it('makes the same orders of the same seed, and different ones of another', () => {
    expect(ordersFrom(5, 20)).toEqual(ordersFrom(5, 20));
    expect(ordersFrom(5, 1)).not.toEqual(ordersFrom(6, 1));
  });

  it('varies its orders', () => {
    const orders = ordersFrom(5, 200);
    const items = orders.flatMap(({ orderItems }) => orderItems);
    expect(orders.some(({ orderItems }) => orderItems.length > 1)).toBe(true);
    expect(items.some(({ quantityOrdered }) => quantityOrdered > 1)).toBe(true);
    expect(items.some(({ fulfillment }) => fulfillment?.packing?.giftOption)).toBe(true);
    for (const type of ['ITEM', 'SHIPPING', 'GIFT_WRAP', 'DISCOUNT', 'TAX'])
      expect(items.some(({ proceeds }) => proceeds?.breakdowns?.some((breakdown) => breakdown.type === type))).toBe(
        true,
      );
  });
});

async function token(sandbox: AmazonSandbox): Promise<string> {
  const answer = await fetch(sandbox.lwaUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'amzn1.application-oa2-client.sandbox',
      client_secret: 'amzn1.oa2-cs.v1.sandbox',
      refresh_token: 'Atzr|sandbox',
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

function memoryJournal(): Journal {
  const lines: string[] = [];
  return {
    entries: () => lines.map((line) => JSON.parse(line) as unknown),
    append: (entry) => void lines.push(JSON.stringify(entry)),
  };
}

async function get(sandbox: AmazonSandbox, path: string, accessToken?: string): Promise<Response> {
  const headers = { 'x-amz-access-token': accessToken ?? (await token(sandbox)) };
  return await fetch(sandbox.url + path, { headers });
}
