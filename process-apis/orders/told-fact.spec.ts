import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import type pg from 'pg';
import type { ToldFact } from '../../src/platform/commit/index.js';
import type { OrderFact, OrderFactBody } from './orders.facts.js';
import { factOf } from './told-fact.js';

const SHOP = 'shop-eu';

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  orders = await SeededOrders.open(pool);
  await orders.accept(SHOP, ['F-1']);
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await database.drop();
});

async function factAbout(id: string, source: string, body: OrderFactBody): Promise<OrderFact> {
  const { id: orderId } = await orders.order(SHOP, 'F-1');
  return { id, source, occurredAt: '2026-03-01T12:00:00.000Z', address: { by: 'ID', orderId }, body };
}

interface Row {
  readonly outcome: { readonly result: string };
  readonly subject: string | null;
  readonly source: string | null;
  readonly kind: string | null;
  readonly body: ToldFact['body'] | null;
}

async function row(id: string): Promise<Row | undefined> {
  const { rows } = await pool.query<Row>(
    'select outcome, subject_id as subject, source, kind, body from fact where id = $1',
    [id],
  );
  return rows[0];
}

describe('what is kept of a fact', () => {
  it('is what it said, where no message keeps it: it can be run again from there', async () => {
    const fact = await factAbout('kept-1', 'sap-s4hana', { kind: 'SalesOrderConfirmed', salesOrder: 'NONE' });
    await orders.commit.submit([fact]);
    const kept = await row('kept-1');
    expect(kept).toMatchObject({ source: 'sap-s4hana', kind: 'SalesOrderConfirmed' });
    expect(kept?.subject).toBe((await orders.order(SHOP, 'F-1')).id);
    const told = { source: fact.source, kind: fact.body.kind, occurredAt: fact.occurredAt, body: kept?.body ?? {} };
    expect(factOf(fact.id, told)).toEqual(fact);
  });

  it('is where it belongs, and no word of it, where a message keeps it', async () => {
    const { id } = await orders.order(SHOP, 'F-1');
    expect(await row(`${SHOP}:F-1:1`)).toMatchObject({
      subject: id,
      source: SHOP,
      kind: 'ChannelOrderReceived',
      body: null,
    });
  });

  it('is no personal data', async () => {
    const shipTo = {
      name: 'Grace Hopper',
      line1: 'Secret Street 1',
      city: 'Berlin',
      postalCode: '10115',
      country: 'DE',
    };
    await orders.commit.submit([await factAbout('address', 'hub', { kind: 'AddressCorrected', shipTo, by: 'op' })]);
    expect(await row('address')).toMatchObject({ kind: 'AddressCorrected', body: null });
    const { rows } = await pool.query(`select 1 from fact where body::text ~ 'Hopper|Secret|Lovelace'`);
    expect(rows).toEqual([]);
  });
});

describe('a fact that was refused', () => {
  it('gets its first answer again, unless it is decided on anew: then the new outcome is kept', async () => {
    const { fulfillmentOrders } = await orders.order(SHOP, 'F-1');
    const [fo] = fulfillmentOrders;
    if (fo === undefined) throw new Error('nothing was reserved');
    const lines = fo.lines.map(({ lineId }) => ({ lineId, quantity: 1 }));
    const body = { kind: 'FulfillmentPicked', fulfillmentOrderId: fo.id, lines } as const;
    const picked = await factAbout('picked', 'wms', body);
    expect(await orders.commit.submit([picked])).toMatchObject([{ result: 'REJECTED' }]);
    const order = await orders.order(SHOP, 'F-1');
    const at = { by: 'ID', orderId: order.id } as const;
    const items = Object.fromEntries(order.lines.map((line) => [line.id, String(line.number * 10)]));
    await orders.tell('sap', at, { kind: 'SalesOrderPosted', salesOrder: 'SO', items });
    await orders.tell('sap', at, { kind: 'SalesOrderConfirmed', salesOrder: 'SO' });
    await orders.tell('wms', at, { kind: 'FulfillmentReleased', fulfillmentOrderId: fo.id, wmsReference: 'W' });

    expect(await orders.commit.submit([picked])).toMatchObject([{ result: 'REJECTED', duplicate: true }]);
    const preview = await orders.commit.preview([picked], { again: true });
    expect(preview.outcomes).toMatchObject([{ result: 'APPLIED', duplicate: false }]);
    expect((await row('picked'))?.outcome.result).toBe('REJECTED');

    const tries = await Promise.all([1, 2, 3].map(() => orders.commit.submit([picked], { again: true })));
    expect(tries.flat().filter(({ duplicate }) => !duplicate)).toMatchObject([{ result: 'APPLIED' }]);
    expect((await row('picked'))?.outcome.result).toBe('APPLIED');
    expect(await orders.commit.submit([picked], { again: true })).toMatchObject([
      { result: 'APPLIED', duplicate: true },
    ]);
  });
});
