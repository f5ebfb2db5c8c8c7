import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seed } from '../../src/demo/seed.js';
import { startWorld, type World } from '../../src/demo/world.js';
import { generateKeyRing } from '../../src/platform/crypto/key-ring.js';
import { startHubOnDatabase, type HubOnDatabase } from '../support/hub-on-database.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { BOTH_NODES, NORTH_ONLY, SERIALISED, SOUTH_ONLY, type PlacedOrder } from '../support/place-orders.js';
import { expectStockAddsUp } from '../support/stock-check.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { openTestPool } from '../support/test-pool.js';
import { until } from '../support/until.js';

const UNITS = 1_000;
const KEYS = generateKeyRing('restart');
const LINES = [
  { sku: NORTH_ONLY, quantity: 2 },
  { sku: SOUTH_ONLY, quantity: 1 },
  { sku: BOTH_NODES, quantity: 1 },
  { sku: SERIALISED, quantity: 1 },
];
const ORDERS_OF_EACH = 4;
const WAIT_MS = 90_000;
const TEST_MS = 240_000;

let folder: string;
let database: TestDatabase;
let pool: Pool;
let world: World;
let hub: HubOnDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-restart-'));
  database = await createTestDatabase();
  pool = openTestPool(database.url, 2);
});

afterAll(async () => {
  await end();
  await pool.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** Everything outside and the hub, over one folder and one database: all addresses and secrets are new each time. */
async function start(): Promise<void> {
  world = await startWorld({
    journalDir: join(folder, 'sandboxes'),
    openingUnits: UNITS,
    wms: { pickMs: 150, packMs: 150, shipMs: 150 },
    sap: { decisionDelayMs: 100, billingDelayMs: 300 },
    carrier: { stepMs: 200, journeys: { secondTries: 0, returns: 0 } },
  });
  await seed(pool, world.accounts, UNITS);
  hub = await startHubOnDatabase({ world, databaseUrl: database.url, dataDir: folder, keys: KEYS });
}

/** All at once, whatever is under way: a journal is then as a kill leaves it. */
async function end(): Promise<void> {
  await Promise.all([world.close(), hub.close()]);
}

async function place(): Promise<readonly PlacedOrder[]> {
  const placed: PlacedOrder[] = [];
  for (let n = 0; n < ORDERS_OF_EACH; n += 1) placed.push(...(await hub.placeEverywhere(LINES)));
  return placed;
}

async function count(sql: string): Promise<number> {
  const { rows } = await pool.query<{ found: string }>(`select count(*) as found from ${sql}`);
  return Number(rows[0]?.found);
}

async function untilSome(what: string, sql: string): Promise<void> {
  await until(
    () => count(sql),
    (found) => found > 0,
    { what, timeoutMs: WAIT_MS },
  );
}

async function openExceptions(): Promise<readonly string[]> {
  const { rows } = await pool.query<{ sentence: string }>(`select sentence from exception where status = 'OPEN'`);
  return rows.map(({ sentence }) => sentence);
}

describe('a world that is started again over what it remembers', () => {
  it(
    'goes on with the orders of all its lives: each completes, is told once, and leaves no exception',
    async () => {
      await start();
      const first = await place();
      await untilSome('releases at the warehouse', `event_log where type = 'FulfillmentReleased'`);
      await end();

      await start();
      const second = await place();
      await untilSome('shipments', `event_log where type = 'ShipmentConfirmed'`);
      await end();

      await start();
      const third = await place();
      const placed = [...first, ...second, ...third];
      const orders = await Promise.all(
        placed.map(({ channel, reference }) =>
          hub.waitForOrder(channel, reference, ({ completedAt }) => completedAt !== null, WAIT_MS),
        ),
      );
      for (const order of orders) {
        expect(order.status).toBe('SHIPPED');
        expectOnceOutside(world, order);
      }
      await until(
        () => count(`event_log where type = 'PackageDelivered'`),
        (delivered) => delivered === orders.flatMap(packagesOf).length,
        { what: 'the delivery of all packages', timeoutMs: WAIT_MS },
      );
      expect(await openExceptions()).toEqual([]);
      expect(await count('orders')).toBe(placed.length);
      await expectStockAddsUp(pool);
    },
    TEST_MS,
  );
});

function packagesOf({ shipments }: Awaited<ReturnType<HubOnDatabase['waitForOrder']>>): readonly unknown[] {
  return shipments.flatMap(({ packages }) => packages);
}
