import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { OrderEvent } from '../../src/model/events.js';
import { decodeCursor, readEventsAfter } from '../../src/platform/event-log/index.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { BOTH_NODES, NORTH_ONLY, SOUTH_ONLY } from '../support/place-orders.js';
import { until } from '../support/until.js';

const TIMEOUT_MS = 20_000;
const ORDERS = 6;
/** Steps after which the client is dropped, and steps that it misses at least; six orders have more than a hundred. */
const MIDDLE = 40;
const MISSED = 15;

interface Seen {
  readonly cursor: string;
  readonly event: { readonly type: OrderEvent['type']; readonly version: number };
  readonly order: { readonly id: string; readonly version: number } | null;
  readonly shipment?: { readonly reference: string } | null;
}

/** A client that notes all it is told, until it is dropped. */
class Watcher {
  readonly seen: Seen[] = [];
  private readonly client: Client;

  constructor(sut: HubUnderTest, field: 'orderChanged' | 'shipmentUpdated', channel: string, after?: string) {
    this.client = sut.connect();
    const shipment = field === 'shipmentUpdated' ? 'shipment { reference }' : '';
    this.client.subscribe<Record<string, Seen>>(
      {
        query: `subscription ($channel: String, $after: Cursor) {
          ${field}(channel: $channel, after: $after) { cursor event { type version } order { id version } ${shipment} }
        }`,
        variables: { channel, after },
      },
      {
        next: ({ data }) => {
          const told = data?.[field];
          if (told !== undefined) this.seen.push(told);
        },
        error: () => undefined,
        complete: () => undefined,
      },
    );
  }

  async drop(): Promise<void> {
    await this.client.dispose();
  }
}

let sut: HubUnderTest;

beforeAll(async () => {
  sut = await startHubUnderTest({ variation: { severalPackages: 1 } });
});
afterAll(() => sut.close());

it('tells every step of every order once and in order, also to a client that was gone in the middle', async () => {
  const beginning = await cursorOfSomeOrder();
  const steady = new Watcher(sut, 'orderChanged', SHOPIFY_ACCOUNT, beginning);
  const before = new Watcher(sut, 'orderChanged', SHOPIFY_ACCOUNT, beginning);
  const lines = [NORTH_ONLY, SOUTH_ONLY, BOTH_NODES].map((sku) => ({ sku, quantity: 2 }));
  const placed = Array.from({ length: ORDERS }, () => ({
    channel: SHOPIFY_ACCOUNT,
    reference: String(sut.placeShopify(lines)),
  }));
  await until(
    () => before.seen.length,
    (seen) => seen >= MIDDLE,
    { what: 'the middle of the work', timeoutMs: TIMEOUT_MS },
  );
  await before.drop();
  const kept = [...before.seen];
  await until(
    () => steady.seen.length,
    (seen) => seen >= kept.length + MISSED,
    { what: 'steps that the dropped client misses', timeoutMs: TIMEOUT_MS },
  );
  const after = new Watcher(sut, 'orderChanged', SHOPIFY_ACCOUNT, kept.at(-1)?.cursor);
  await sut.waitForAll(placed, ({ completedAt }) => completedAt !== null);
  const log = await until(
    () => logAfter(beginning),
    ({ length }) => length === steady.seen.length && length === kept.length + after.seen.length,
    { what: 'all steps on both streams', timeoutMs: TIMEOUT_MS },
  );
  expect(steady.seen.map(nameOf)).toEqual(log);
  expect([...kept, ...after.seen].map(nameOf)).toEqual(log);
  for (const { order, event } of steady.seen) expect(order?.version).toBeGreaterThanOrEqual(event.version);
  await Promise.all([steady.drop(), after.drop()]);
});

it('tells what happens to shipments alone, with the shipment', async () => {
  const watcher = new Watcher(sut, 'shipmentUpdated', PARTNER_ACCOUNT, await cursorOfSomeOrder());
  const reference = await sut.placePartner([{ sku: BOTH_NODES, quantity: 1 }]);
  const order = await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ completedAt }) => completedAt !== null);
  // The stream follows the log by a moment: the last step may be told after the order shows it.
  await until(
    () => watcher.seen.filter((seen) => seen.order?.id === order.id).length,
    (steps) => steps >= 4,
    { what: 'the steps of a shipment', timeoutMs: TIMEOUT_MS },
  );
  const told = watcher.seen.filter((seen) => seen.order?.id === order.id);
  expect(new Set(told.map(({ event }) => event.type))).toEqual(
    new Set(['ShipmentConfirmed', 'ChannelShipmentConfirmed', 'GoodsIssuePosted', 'InvoicePosted']),
  );
  expect(told).toHaveLength(4);
  for (const { shipment } of told) expect(shipment?.reference).toBe(order.shipments[0]?.reference);
  await watcher.drop();
});

/** A place in the log from which streams can begin: without one a stream begins when the server has taken it. */
async function cursorOfSomeOrder(): Promise<string> {
  const watcher = new Watcher(sut, 'orderChanged', SHOPIFY_ACCOUNT);
  await until(
    async () => {
      const reference = String(sut.placeShopify([{ sku: BOTH_NODES, quantity: 1 }]));
      await sut.waitForOrder(SHOPIFY_ACCOUNT, reference, ({ completedAt }) => completedAt !== null);
      return watcher.seen.length;
    },
    (seen) => seen > 0,
    { what: 'the first step on a stream', timeoutMs: TIMEOUT_MS },
  );
  await watcher.drop();
  return watcher.seen.at(-1)?.cursor ?? '';
}

function nameOf({ order, event }: Seen): string {
  return `${order?.id} ${event.version} ${event.type}`;
}

/** What the log holds of the shop's orders, in its order. */
async function logAfter(cursor: string): Promise<readonly string[]> {
  const events = await readEventsAfter(sut.pool, decodeCursor(cursor), 1_000, { scope: SHOPIFY_ACCOUNT });
  // What the channel may sell is another stream of the same scope.
  const ofOrders = events.filter(({ streamType }) => streamType === 'order');
  return ofOrders.map(({ streamId, streamVersion, type }) => `${streamId} ${streamVersion} ${type}`);
}
