import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { salesOrderKey } from '../../process-apis/orders/index.js';
import { writeBackup } from '../../src/backup/backup.js';
import { restoreBackup } from '../../src/backup/restore.js';
import { AMAZON_ACCOUNT, NODES, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import { seed } from '../../src/demo/seed.js';
import { startWorld, type World } from '../../src/demo/world.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { encodeCursor, readLogEnd } from '../../src/platform/event-log/index.js';
import { sapKey } from '../../system-apis/erp/sap-s4hana/sap-s4hana.mapper.js';
import type { GraphOrder } from '../support/graph-order.js';
import { startHubOnDatabase, type HubOnDatabase } from '../support/hub-on-database.js';
import { expectOnceOutside, toldPackages } from '../support/outside-check.js';
import { NORTH_ONLY, partnerOrder, SERIALISED, SOUTH_ONLY, type PlacedOrder } from '../support/place-orders.js';
import { startScratchPostgres, type ScratchPostgres } from '../support/scratch-postgres.js';
import { expectStockAddsUp } from '../support/stock-check.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const UNITS = 1_000;
const KEYS = generateKeyRing('drill');
const LINES = [
  { sku: NORTH_ONLY, quantity: 2 },
  { sku: SOUTH_ONLY, quantity: 1 },
  { sku: SERIALISED, quantity: 1 },
];
const WAIT_MS = 90_000;
/** A whole life, and half of a second one. */
const DRILL_MS = 300_000;
const quiet = (): void => undefined;

let folder: string;
let world: World;
let lost: TestDatabase;
let fresh: ScratchPostgres;
let hub: HubOnDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entrepot-restore-'));
  lost = await createTestDatabase();
  fresh = await startScratchPostgres();
  world = await startWorld({
    openingUnits: UNITS,
    wms: {
      pickMs: 20,
      packMs: 20,
      shipMs: 20,
      variation: { partialShipments: 0, severalPackages: 1, shortPicks: 0, rejections: 0 },
    },
    sap: { decisionDelayMs: 30, billingDelayMs: 30 },
  });
  const pool = new pg.Pool({ connectionString: lost.url, max: 2 });
  await seed(pool, world.accounts.map(comparedOften), UNITS);
  await pool.end();
  hub = await startHubOnDatabase({ world, databaseUrl: lost.url, dataDir: folder, keys: KEYS });
});

afterAll(async () => {
  await hub.close();
  await world.close();
  await fresh.remove();
  await rm(folder, { recursive: true, force: true });
});

/** A shop tells by webhook, once: what the lost hub had answered for is found by comparing. */
function comparedOften(account: ChannelAccount): ChannelAccount {
  if (account.id !== SHOPIFY_ACCOUNT) return account;
  return { ...account, settings: { ...account.settings, compareIntervalMs: 2_000, compareGraceMs: 0 } };
}

const isDone = ({ completedAt }: GraphOrder): boolean => completedAt !== null;
const isReleased = ({ fulfillmentOrders }: GraphOrder): boolean =>
  fulfillmentOrders.length > 0 && fulfillmentOrders.every(({ status }) => status === 'RELEASED');
const isPosting = ({ waitingOn }: GraphOrder): boolean => waitingOn.some(({ key }) => key === 'ERP:POSTING');

/** Sends a partner's order, as often as the partner likes. */
async function sendPartner(order: ReturnType<typeof partnerOrder>): Promise<PlacedOrder> {
  await hub
    .http()
    .post(`/channels/${PARTNER_ACCOUNT}/v1/orders`)
    .set({ authorization: `Bearer ${hub.bearer}`, 'idempotency-key': randomUUID() })
    .send(order)
    .expect(201);
  return { channel: PARTNER_ACCOUNT, reference: order.reference };
}

const placeAtMarkets = (): readonly PlacedOrder[] => [
  { channel: AMAZON_ACCOUNT, reference: hub.placeAmazon(LINES) },
  { channel: SHOPIFY_ACCOUNT, reference: String(hub.placeShopify(LINES)) },
];

const waitForAll = (
  placed: readonly PlacedOrder[],
  wanted: (order: GraphOrder) => boolean,
): Promise<readonly GraphOrder[]> =>
  Promise.all(placed.map(({ channel, reference }) => hub.waitForOrder(channel, reference, wanted, WAIT_MS)));

/** What systems outside hold of an order, whatever the hub says. */
function heldOutside(order: GraphOrder): object {
  const { id, channel } = order;
  const held = world.sap.salesOrdersByPurchaseOrder(sapKey(salesOrderKey(id, 1)));
  const numbers = new Set(held.map(({ salesOrder }) => salesOrder));
  return {
    salesOrders: held.length,
    deliveries: world.sap.deliveries().filter(({ items }) => items.some((item) => numbers.has(item.salesOrder))).length,
    packages: channel === PARTNER_ACCOUNT ? [] : toldPackages(world, order),
  };
}

describe('a hub that is lost with its database, under load', () => {
  it(
    'goes on from a backup on another server: nothing is lost, and nothing is done twice outside',
    { timeout: DRILL_MS },
    async () => {
      // Before the backup: done, with the warehouse, and not yet in the ERP.
      const done = await hub.placeEverywhere(LINES);
      await waitForAll(done, isDone);
      world.wms.pause();
      const withWarehouse = await hub.placeEverywhere(LINES);
      await waitForAll(withWarehouse, isReleased);
      world.sap.setDown(true);
      const unposted = await hub.placeEverywhere(LINES);
      await waitForAll(unposted, isPosting);
      const backup = join(folder, 'backup');
      await writeBackup({ url: lost.url, to: backup, tell: quiet });

      // After it: all of that goes to its end outside, and more comes in, to its end or half way.
      world.sap.setDown(false);
      world.wms.resume();
      const resent = [partnerOrder(LINES), partnerOrder(LINES)] as const;
      const later = [...placeAtMarkets(), await sendPartner(resent[0])];
      const before = await waitForAll([...withWarehouse, ...unposted, ...later], isDone);
      world.wms.pause();
      const halfWay = [...placeAtMarkets(), await sendPartner(resent[1])];
      const released = await waitForAll(halfWay, isReleased);
      const lostCursor = encodeCursor(await readLogEnd(hub.pool));
      const effects = new Map([...before, ...released].map((order) => [order.reference, heldOutside(order)]));
      const calls = world.wms.releases().length;

      await lost.drop();
      await hub.close().catch(quiet);
      const whileDown = placeAtMarkets();

      const keys = KeyRing.parse(KEYS);
      await restoreBackup({
        url: fresh.url,
        from: backup,
        force: false,
        keys,
        cipher: new FieldCipher(keys),
        tell: quiet,
      });
      hub = await startHubOnDatabase({ world, databaseUrl: fresh.url, dataDir: folder, keys: KEYS });
      world.wms.resume();

      // What was in the backup, and what the channel tells again when it is asked.
      const channelTells = [...later, ...halfWay].filter(({ channel }) => channel !== PARTNER_ACCOUNT);
      const known = await waitForAll([...done, ...withWarehouse, ...unposted, ...whileDown], isDone);
      for (const order of known) {
        expect(order).toMatchObject({ status: 'SHIPPED', waitingOn: [] });
        expectOnceOutside(world, order);
      }
      const readAgain = await waitForAll(channelTells, isDone);
      // What a partner told after the backup is the loss: the partner sends it once more, and it is the same order outside.
      const sentAgain = await waitForAll(await Promise.all(resent.map(sendPartner)), isDone);

      const ids = new Map([...before, ...released].map(({ reference, id }) => [reference, id]));
      for (const order of [...readAgain, ...sentAgain]) {
        expect(order.status).toBe('SHIPPED');
        expect(order.id).toBe(ids.get(order.reference));
      }
      for (const order of before) expect(heldOutside(order)).toEqual(effects.get(order.reference));
      for (const order of released) expect(heldOutside(order)).toMatchObject({ salesOrders: 1, deliveries: 2 });
      // Only the orders of the time without a hub brought new work.
      const work = known.slice(-whileDown.length).flatMap(({ fulfillmentOrders }) => fulfillmentOrders);
      expect(world.wms.releases()).toHaveLength(calls + work.length);

      await expectStockAddsUp(hub.pool);
      await expectStockIsTheWarehouses();
      await until(
        async () => hub.logged.join(''),
        (log) => log.includes('After a restore'),
        { what: 'that what the loss left open is done', timeoutMs: WAIT_MS },
      );
      await expectLostCursorIsRefused(lostCursor);
    },
  );
});

/** The counts that were read after the restore, and what left since. */
async function expectStockIsTheWarehouses(): Promise<void> {
  for (const { id: node } of NODES) {
    const held = world.wms.stock(node).positions.filter(({ onHand }) => onHand > 0);
    const expected = Object.fromEntries(held.map(({ sku, onHand }) => [sku, onHand]));
    await until(
      async () => {
        const { rows } = await hub.pool.query<{ sku: string; units: number }>(
          'select sku, on_hand as units from position where node = $1 and on_hand > 0 order by sku',
          [node],
        );
        return Object.fromEntries(rows.map(({ sku, units }) => [sku, units]));
      },
      (ours) => isDeepStrictEqual(ours, expected),
      { what: `the stock of ${node} (${JSON.stringify(expected)})`, timeoutMs: WAIT_MS },
    );
  }
}

async function expectLostCursorIsRefused(cursor: string): Promise<void> {
  const client = hub.connect();
  const errors = await new Promise<unknown>((resolve, reject) => {
    client.subscribe(
      { query: `subscription { orderChanged(after: "${cursor}") { event { type } } }` },
      { next: (value) => resolve(value), error: resolve, complete: () => reject(new Error('it ended')) },
    );
  });
  await client.dispose();
  expect(JSON.stringify(errors)).toContain('CURSOR_NOT_READABLE');
}
