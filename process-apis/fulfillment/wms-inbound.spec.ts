import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import type { WmsFact } from '../../system-apis/wms/wms.port.js';
import { readPositions, StockIntake } from '../availability/index.js';
import { listMessages } from '../intake/index.js';
import { WmsInbound } from './wms-inbound.js';

const WMS = 'wms';
const occurredAt = '2026-03-02T08:00:00.000Z';

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let inbound: WmsInbound;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  orders = await SeededOrders.open(pool);
  const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));
  inbound = new WmsInbound(pool, orders.commit, new StockIntake(pool, () => undefined), cipher);
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await database.drop();
});

function received(id: string, sku: string, node: string): WmsFact {
  return { kind: 'STOCK_RECEIVED', id, occurredAt, sku, node, quantity: 5 };
}

async function onHand(sku: string): Promise<number | undefined> {
  return (await readPositions(pool, [sku])).find(({ node }) => node === 'dc-north')?.onHand;
}

async function refused(): Promise<readonly (readonly [string, string | undefined])[]> {
  const messages = await listMessages(pool, 'REFUSED', undefined, 10);
  // Newest first, but those of one call in no order.
  return messages
    .map(({ externalId, reason }) => [externalId, reason] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

describe('what a warehouse tells and the hub cannot take', () => {
  it('is kept with its reason, once, and holds up nothing beside it', async () => {
    const before = (await onHand('SKU-1')) ?? 0;
    const facts: readonly WmsFact[] = [
      received('s-1', 'SKU-1', 'dc-north'),
      received('s-2', 'NO-SUCH-ITEM', 'dc-north'),
      received('s-3', 'SKU-1', 'no-such-node'),
      { kind: 'PICKED', id: 'p-1', occurredAt, fulfillmentOrderId: 'no-such-work', lines: [] },
    ];
    await inbound.receive(WMS, facts);
    await inbound.receive(WMS, facts);
    expect(await onHand('SKU-1')).toBe(before + 5);
    expect(await refused()).toEqual([
      [`fact:${WMS}/p-1`, 'UNKNOWN_ORDER'],
      [`fact:${WMS}/s-2`, 'UNKNOWN_POSITION'],
      [`fact:${WMS}/s-3`, 'UNKNOWN_POSITION'],
    ]);
  });

  it('is kept when it is against the rules of its order', async () => {
    await orders.accept('shop-eu', ['W-1']);
    const { fulfillmentOrders } = await orders.order('shop-eu', 'W-1');
    const [planned] = fulfillmentOrders;
    if (planned === undefined) throw new Error('nothing was reserved');
    const lines = planned.lines.map(({ lineId }) => ({ lineId, quantity: 1 }));
    await inbound.receive(WMS, [{ kind: 'PICKED', id: 'p-2', occurredAt, fulfillmentOrderId: planned.id, lines }]);
    expect(await refused()).toContainEqual([`fact:${WMS}/p-2`, 'AGAINST_THE_RULES']);
  });
});
