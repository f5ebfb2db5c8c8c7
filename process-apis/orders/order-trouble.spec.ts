import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import type { OrderParties } from '../../src/model/channel-order.js';
import type { Order } from '../../src/model/order.js';
import { seedStock } from '../availability/testing/seed.js';
import { HoldRules, type HoldRule } from './hold-rules.js';
import type { OrderFactBody, SubmitOutcome } from './orders.facts.js';
import { storeDueAt } from './due-at.sql.js';
import { sqlSlaClocks } from './sla-clocks.js';
import { CHANNEL, channelOrder, versionAt } from './testing/channel-orders.js';
import { TestHub } from './testing/hub.js';

const HOUR_MS = 3_600_000;
const RULE: HoldRule = {
  id: '00000000-0000-7000-8000-000000000001',
  name: 'dear orders',
  kind: 'HIGH_VALUE',
  totalMin: 100_000,
  currency: 'EUR',
  reason: 'Orders of 1000 EUR and more are looked at.',
  active: true,
};
const STREET = 'Secret Street 7';

let database: TestDatabase;
let hub: TestHub;
let facts = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await TestHub.start(database.url);
  await seedStock(hub.pool, ['A', 'B'], { 'A@N1': 1_000, 'B@N1': 1_000 });
  await hub.pool.query(`insert into channel_account (id, kind, name) values ($1, 'partner', 'Shop')`, [CHANNEL]);
  await hub.pool.query(
    `insert into listing (channel, listing_sku, sku) select $1, 'L-' || sku, sku from unnest(array['A', 'B']) as sku`,
    [CHANNEL],
  );
});

afterAll(async () => {
  await hub.stop();
  await database.drop();
});

async function tell(reference: string, body: OrderFactBody): Promise<SubmitOutcome> {
  facts += 1;
  const [outcome] = await hub.orders.submit([
    {
      id: `fact-${facts}`,
      source: 'test',
      occurredAt: new Date().toISOString(),
      address: { by: 'REFERENCE', channel: CHANNEL, reference },
      body,
    },
  ]);
  if (outcome === undefined) throw new Error('the fact had no outcome');
  return outcome;
}

async function accept(reference: string, given: Parameters<typeof channelOrder>[0] = {}): Promise<Order> {
  await tell(reference, { kind: 'ChannelOrderReceived', order: channelOrder({ reference, ...given }) });
  return stored(reference);
}

async function stored(reference: string): Promise<Order> {
  const { rows } = await hub.pool.query<{ state: Order }>('select state from orders where reference = $1', [reference]);
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no order ${reference}`);
  return row.state;
}

async function standing(orderId: string): Promise<readonly string[]> {
  const { rows } = await hub.pool.query<{ category: string }>(
    `select category from exception where order_id = $1 and status = 'OPEN' order by category`,
    [orderId],
  );
  return rows.map(({ category }) => category);
}

async function partiesOf(orderId: string): Promise<OrderParties> {
  const { rows } = await hub.pool.query<{ sealed: Buffer }>('select sealed from order_parties where order_id = $1', [
    orderId,
  ]);
  return JSON.parse(hub.cipher.open(rows[0]?.sealed ?? Buffer.alloc(0), `order:${orderId}`).toString()) as OrderParties;
}

async function count(sql: string, ...values: readonly unknown[]): Promise<number> {
  const { rows } = await hub.pool.query<{ count: number }>(`select count(*)::int as count from ${sql}`, [...values]);
  return rows[0]?.count ?? 0;
}

describe('a hold rule', () => {
  it('holds the orders that it is for; the exception stands and ends in the commits of the order', async () => {
    const rules = new HoldRules(hub.pool);
    await rules.save(RULE);
    expect(await rules.all()).toEqual([RULE]);
    const order = await accept('DEAR', { grandTotal: { minor: 100_000, currency: 'EUR' } });
    expect(order.holds).toMatchObject([{ kind: 'HIGH_VALUE', placedBy: 'rule:dear orders' }]);
    expect(await standing(order.id)).toEqual(['ORDER_HELD']);
    expect(await count(`pgboss.job where data -> 'payload' ->> 'orderId' = $1`, order.id)).toBe(0);
    const holdId = order.holds?.[0]?.id ?? '';
    await tell('DEAR', { kind: 'HoldReleased', holdId, by: 'operator:ada', reason: 'known buyer' });
    expect(await standing(order.id)).toEqual([]);
    expect(await count(`pgboss.job where data -> 'payload' ->> 'orderId' = $1`, order.id)).toBe(1);
    expect(await rules.remove(RULE.id)).toBe(true);
    expect(await rules.remove(RULE.id)).toBe(false);
  });

  it.each([
    ['without a condition', { totalMin: undefined, currency: undefined }],
    ['with a total of no currency', { currency: undefined }],
    ['of an item that is not there', { sku: 'NOWHERE' }],
  ])('%s is not saved', async (_, given) => {
    const rule = Object.fromEntries(Object.entries({ ...RULE, ...given }).filter(([, value]) => value !== undefined));
    await expect(new HoldRules(hub.pool).save(rule as unknown as HoldRule)).rejects.toThrow(/violates/);
  });
});

describe('a corrected address', () => {
  it('is sealed with the order and stands nowhere else; the rest of the parties stays', async () => {
    const { id } = await accept('MOVED', {
      parties: { buyer: { email: 'ada@example.com' }, shipTo: { line1: 'Old 1', country: 'DE' } },
    });
    const shipTo = { line1: STREET, country: 'AT' };
    expect((await tell('MOVED', { kind: 'AddressCorrected', shipTo, by: 'operator:ada' })).result).toBe('APPLIED');
    expect(await partiesOf(id)).toEqual({
      buyer: { email: 'ada@example.com' },
      shipTo,
      shipToAsTold: { line1: 'Old 1', country: 'DE' },
    });
    await accept('MOVED', { version: versionAt(2), parties: { shipTo: { line1: 'Old 1', country: 'DE' } } });
    expect((await partiesOf(id)).shipTo).toEqual(shipTo);
    const like = `%${STREET}%`;
    expect(await count('orders where state::text like $1', like)).toBe(0);
    expect(await count('event_log where data::text like $1', like)).toBe(0);
    expect(await count('fact where body::text like $1 or outcome::text like $1', like)).toBe(0);
  });
});

describe('the SLA clocks', () => {
  it('tell of a step that is late, once, and ask for it again where nothing works on it any more', async () => {
    const order = await accept('LATE');
    const { rows } = await hub.pool.query<{ due: Date }>('select next_due_at as due from orders where id = $1', [
      order.id,
    ]);
    expect(rows[0]?.due.getTime()).toBe(Date.parse(order.waits[0]?.since ?? '') + HOUR_MS / 2);
    const clocks = sqlSlaClocks(hub.pool, hub.orders, () => new Date(Date.now() + HOUR_MS).toISOString());
    await clocks.sweep();
    expect(await standing(order.id)).toEqual(['LATE']);
    const ofOrder = `pgboss.job where data -> 'payload' ->> 'orderId' = $1`;
    expect(await count(ofOrder, order.id)).toBe(1);
    expect(await count('orders where id = $1 and next_due_at is null', order.id)).toBe(1);

    const lost = await accept('LOST');
    await hub.pool.query(`delete from ${ofOrder}`, [lost.id]);
    await clocks.sweep();
    expect(await count(`${ofOrder} and data -> 'payload' ->> 'again' = 'true'`, lost.id)).toBe(1);
    expect(await clocks.sweep()).toBe(false);
    expect(await count('event_log where stream_id = $1 and type = $2', order.id, 'WaitBecameOverdue')).toBe(1);
  });

  it('ask again for the one task of an order that is gone, and not for the others', async () => {
    const { id } = await accept('RELEASED');
    await tell('RELEASED', { kind: 'SalesOrderPosted', salesOrder: 'SO-7', items: {} });
    await tell('RELEASED', { kind: 'SalesOrderConfirmed', salesOrder: 'SO-7' });
    const clocks = sqlSlaClocks(hub.pool, hub.orders, () => new Date(Date.now() + HOUR_MS).toISOString());
    const releases = `pgboss.job where name = 'wms.release' and data -> 'payload' ->> 'orderId' = $1`;
    const again = `${releases} and data -> 'payload' ->> 'again' = 'true'`;
    await clocks.sweep();
    expect([await count(releases, id), await count(again, id)]).toEqual([1, 0]);
    // As if the other release of an order at two nodes were all that is left.
    await hub.pool.query(
      `update orders set state = jsonb_set(state::jsonb #- '{waits,0,overdueSince}', '{fulfillmentOrders,0,id}', to_jsonb($2::text))::json,
         next_due_at = now() where id = $1`,
      [id, randomUUID()],
    );
    await clocks.sweep();
    expect(await count(again, id)).toBe(1);
  });

  it('that ran otherwise, or not at all, when an order was stored are made good', async () => {
    const order = await accept('EARLY');
    const due = async (): Promise<unknown> => {
      const { rows } = await hub.pool.query('select next_due_at as due from orders where id = $1', [order.id]);
      return rows[0];
    };
    const right = await due();
    const clocks = sqlSlaClocks(hub.pool, hub.orders);
    await hub.pool.query(`update orders set next_due_at = '2020-01-01' where id = $1`, [order.id]);
    await clocks.sweep();
    expect(await due()).toEqual(right);
    await hub.pool.query('update orders set next_due_at = null where id = $1', [order.id]);
    expect(await storeDueAt(hub.pool, [{ ...order, version: order.version - 1 }])).toBe(0);
    expect(await storeDueAt(hub.pool, [order])).toBe(1);
    expect(await due()).toEqual(right);
    expect(await storeDueAt(hub.pool, [order])).toBe(0);
    expect(await standing(order.id)).toEqual([]);
  });
});

describe('an order of before', () => {
  it('without holds, returns and what the channel wanted, goes on', async () => {
    const { id } = await accept('OLD');
    await hub.pool.query(
      `update orders set state = (state::jsonb - 'holds' - 'returns' #- '{lines,0,told}' #- '{lines,1,told}')::json where id = $1`,
      [id],
    );
    expect(await stored('OLD')).not.toHaveProperty('holds');
    await tell('OLD', { kind: 'HoldPlaced', hold: 'MANUAL', reason: 'wait', by: 'operator:ada' });
    await accept('OLD', { version: versionAt(2) });
    expect(await standing(id)).toEqual(['ORDER_HELD']);
    expect((await stored('OLD')).lines.map(({ ordered, told }) => [ordered, told])).toEqual([
      [3, 3],
      [2, 2],
    ]);
  });
});
