import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import type { WmsFact, WmsStockFact, WmsStockKind } from '../../system-apis/wms/wms.port.js';
import { readPositions, StockIntake } from '../availability/index.js';
import { keepNotTaken, keptFacts, listMessages } from '../intake/index.js';
import { openIntake } from '../intake/testing/open-intake.js';
import { fulfillmentOrderIdOf, orderIdOf } from '../orders/order-ids.js';
import type { OrderFact } from '../orders/index.js';
import { WmsInbound } from './wms-inbound.js';

const WMS = 'wms';
const occurredAt = '2026-03-02T08:00:00.000Z';

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let inbound: WmsInbound;
const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  orders = await SeededOrders.open(pool);
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

async function refused(
  status: 'REFUSED' | 'PARKED' = 'REFUSED',
): Promise<readonly (readonly [string, string | undefined])[]> {
  const messages = await listMessages(pool, status, undefined, 10);
  // Newest first, but those of one call in no order.
  return messages
    .map(({ externalId, reason }) => [externalId, reason] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function position(sku: string, node: string): Promise<object | undefined> {
  return (await readPositions(pool, [sku])).find((candidate) => candidate.node === node);
}

function told(kind: WmsStockKind, id: string, given: Partial<WmsStockFact>): WmsFact {
  return { kind, id, occurredAt, sku: 'SKU-2', node: 'dc-south', quantity: 1, ...given };
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
      [`fact:${WMS}/s-2`, 'UNKNOWN_ITEM'],
      [`fact:${WMS}/s-3`, 'UNKNOWN_NODE'],
    ]);
    expect(await refused('PARKED')).toEqual([[`fact:${WMS}/p-1`, 'UNKNOWN_ORDER']]);
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

describe('what a warehouse tells of work that the hub does not know', () => {
  it('is parked, and taken when the order is there: as after a restore', async () => {
    const { messages } = openIntake(pool, orders.commit, cipher, { account: async () => undefined });
    messages.register(inbound);
    const work = fulfillmentOrderIdOf(orderIdOf('shop-eu', 'W-2', '2026-03-01T09:59:00.000Z'), 1);
    const released: OrderFact = {
      id: `${WMS}/release-w-2`,
      source: WMS,
      occurredAt,
      address: { by: 'FULFILLMENT_ORDER', fulfillmentOrderId: work },
      body: { kind: 'FulfillmentReleased', fulfillmentOrderId: work, wmsReference: 'W-2' },
    };
    await keepNotTaken(
      pool,
      keptFacts(cipher, WMS, 'events', [{ fact: released, reason: 'UNKNOWN_ORDER', detail: '' }]),
    );
    await messages.sweepParked();
    expect(await refused('PARKED')).toContainEqual([`fact:${WMS}/release-w-2`, 'UNKNOWN_ORDER']);
    await orders.accept('shop-eu', ['W-2']);
    await messages.sweepParked();
    expect(await refused('PARKED')).not.toContainEqual([`fact:${WMS}/release-w-2`, 'UNKNOWN_ORDER']);
    const [fo] = (await orders.order('shop-eu', 'W-2')).fulfillmentOrders;
    expect(fo?.id).toBe(work);
  });

  it('is read again as a whole message, when the reader of the contract was mended', async () => {
    const { messages } = openIntake(pool, orders.commit, cipher, { account: async () => undefined });
    messages.register(inbound);
    await inbound.keepRefused(WMS, 'whole', Buffer.from('five more'), 'CONTRACT_MISMATCH: /events');
    const before = (await onHand('SKU-1')) ?? 0;
    inbound.register(WMS, (body) =>
      body.toString() === 'five more'
        ? { outcome: 'FACTS', facts: [received('whole-1', 'SKU-1', 'dc-north')] }
        : { outcome: 'REFUSED', reason: 'BODY_NOT_READABLE', detail: '' },
    );
    const { rows } = await pool.query<{ id: string }>(`select id from message where external_id like 'whole/%'`);
    const id = rows[0]?.id ?? '';
    expect(await messages.preview(id)).toMatchObject({
      stock: [{ result: 'TAKEN' }],
      verdict: { status: 'COMMITTED' },
    });
    expect(await onHand('SKU-1')).toBe(before);
    for (let times = 0; times < 2; times += 1)
      expect((await messages.reprocess(id)).verdict).toMatchObject({ status: 'COMMITTED' });
    expect(await onHand('SKU-1')).toBe(before + 5);
  });
});

describe('what a warehouse tells of stock', () => {
  it('moves each bucket in its own way', async () => {
    await pool.query(`insert into node (id, name, priority) values ('dc-south', 'South', 2)`);
    await inbound.receive(WMS, [
      told('STOCK_RECEIVED', 'k-1', { quantity: 10, sequence: 1 }),
      told('STOCK_ADJUSTED', 'k-2', { quantity: -2, reason: 'damage', sequence: 2 }),
      told('STOCK_HELD', 'k-3', { quantity: 3, sequence: 3 }),
      told('STOCK_HOLD_LIFTED', 'k-4', { quantity: 1, sequence: 4 }),
      told('STOCK_ANNOUNCED', 'k-5', { quantity: 6, document: 'ASN-1', expectedAt: '2026-03-09T00:00:00.000Z' }),
      told('STOCK_ANNOUNCEMENT_CANCELLED', 'k-6', { quantity: 2, document: 'ASN-1' }),
      told('TRANSFER_SHIPPED', 'k-7', { quantity: 4, document: 'T-1', otherNode: 'dc-north' }),
      told('TRANSFER_RECEIVED', 'k-8', { quantity: 3, document: 'T-1', node: 'dc-north', otherNode: 'dc-south' }),
      told('TRANSFER_SHIPPED', 'k-9', { quantity: 4, document: 'T-2' }),
    ]);
    expect(await position('SKU-2', 'dc-south')).toMatchObject({ onHand: 4, qualityHold: 2, incoming: 4 });
    expect(await position('SKU-2', 'dc-north')).toMatchObject({ inTransit: 1 });
    expect(await refused()).toContainEqual([`fact:${WMS}/k-9`, 'UNKNOWN_NODE']);
    await inbound.receive(WMS, [
      told('STOCK_COUNTED', 'k-10', { quantity: 5, occurredAt: '2026-03-02T09:00:00.000Z' }),
    ]);
    expect(await position('SKU-2', 'dc-south')).toMatchObject({ onHand: 5 });
    const { rows } = await pool.query<{ reason: string }>(
      `select reason from movement where sku = 'SKU-2' and delta = -2`,
    );
    expect(rows).toContainEqual({ reason: 'DAMAGE' });
  });
});
