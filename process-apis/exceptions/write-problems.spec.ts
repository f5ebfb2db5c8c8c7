import { randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../src/model/exception.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import type { ProblemChange } from './exceptions.types.js';
import { writeProblems } from './write-problems.js';

const NOON = '2027-03-01T12:00:00.000Z';
const LATER = '2027-03-01T12:05:00.000Z';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function unknownSku(orderId: string, more: Partial<Problem> = {}): Problem {
  return {
    key: `order/${orderId}/LISTING:shop-eu/TSHIRT`,
    category: 'UNKNOWN_SKU',
    sentence: 'Order 1001 of shop-eu sells "TSHIRT", which is no item of ours.',
    groupKey: 'LISTING:shop-eu/TSHIRT',
    subject: { orderId, channel: 'shop-eu', reference: '1001', listingSku: 'TSHIRT' },
    ...more,
  };
}

function write(change: Partial<ProblemChange>): Promise<void> {
  return inTransaction(pool, (tx) =>
    writeProblems(tx, [{ raised: [], ended: [], scope: 'shop-eu', now: NOON, ...change }]),
  );
}

async function rowsOf(orderId: string): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown>>(
    'select * from exception where order_id = $1 order by raised_at, id',
    [orderId],
  );
  return rows;
}

async function eventsOf(orderId: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ type: string }>(
    `select l.type from event_log l join exception e on e.id = l.stream_id where e.order_id = $1 order by l.id`,
    [orderId],
  );
  return rows.map(({ type }) => type);
}

describe('the register', () => {
  it('keeps a problem with its owner, its severity and the time by which it should be solved', async () => {
    const order = randomUUIDv7();
    await write({ raised: [unknownSku(order)] });
    expect(await rowsOf(order)).toMatchObject([
      {
        category: 'UNKNOWN_SKU',
        status: 'OPEN',
        owner: 'CATALOG',
        severity: 'HIGH',
        scope: 'shop-eu',
        due_at: new Date('2027-03-01T13:00:00.000Z'),
      },
    ]);
    expect(await eventsOf(order)).toEqual(['ExceptionRaised']);
  });

  it('is not touched by what it knows, and takes what is new of it', async () => {
    const order = randomUUIDv7();
    await write({ raised: [unknownSku(order)] });
    await write({ raised: [unknownSku(order)], now: LATER });
    expect(await rowsOf(order)).toMatchObject([{ version: 1, raised: 1 }]);
    await write({ raised: [unknownSku(order, { dueAt: '2027-03-01T12:30:00.000Z' })], now: LATER });
    expect(await rowsOf(order)).toMatchObject([{ version: 2, raised: 2, severity: 'CRITICAL' }]);
    expect(await eventsOf(order)).toEqual(['ExceptionRaised', 'ExceptionUpdated']);
  });

  it('ends what is no longer found, and begins anew when it comes back', async () => {
    const order = randomUUIDv7();
    const { key } = unknownSku(order);
    await write({ raised: [unknownSku(order)] });
    await write({ ended: [{ key, because: 'The listing is mapped.' }], now: LATER });
    await write({ ended: [{ key, because: 'Again.' }], now: LATER });
    await write({ raised: [unknownSku(order)], now: LATER });
    expect(await rowsOf(order)).toMatchObject([
      { status: 'RESOLVED', ended_by: 'hub', ended_because: 'The listing is mapped.' },
      { status: 'OPEN' },
    ]);
    expect(await eventsOf(order)).toEqual(['ExceptionRaised', 'ExceptionResolved', 'ExceptionRaised']);
  });

  it('keeps ignored what a person ignored, until it is another kind of problem', async () => {
    const order = randomUUIDv7();
    await write({ raised: [unknownSku(order)] });
    await pool.query(`update exception set status = 'IGNORED' where order_id = $1`, [order]);
    await write({ raised: [unknownSku(order, { sentence: 'Told again.' })] });
    expect(await rowsOf(order)).toMatchObject([{ status: 'IGNORED', sentence: 'Told again.' }]);
    await write({ raised: [unknownSku(order, { category: 'STOCK_SHORTAGE' })] });
    expect(await rowsOf(order)).toMatchObject([{ status: 'OPEN', owner: 'FULFILLMENT', severity: 'MEDIUM' }]);
  });

  it('says nothing of a problem that came and went in one commit', async () => {
    const order = randomUUIDv7();
    const ended = [{ key: unknownSku(order).key, because: 'It came.' }];
    await inTransaction(pool, (tx) =>
      writeProblems(tx, [
        { raised: [unknownSku(order)], ended: [], scope: 'shop-eu', now: NOON },
        { raised: [], ended, scope: 'shop-eu', now: NOON },
      ]),
    );
    expect(await rowsOf(order)).toEqual([]);
  });

  it('takes any text: of others, cut in the middle of an emoji, with NUL in it, or far too long', async () => {
    const order = randomUUIDv7();
    const sentence = `a\u0000b \ud83d ${'x'.repeat(5_000)}`;
    const key = `order/${order}/${'k'.repeat(5_000)}`;
    await write({ raised: [unknownSku(order, { sentence, key, subject: { orderId: order, sku: 'a\u0000\ud83d' } })] });
    const [row] = await rowsOf(order);
    expect(String(row?.['sentence'])).toHaveLength(1_000);
    expect(String(row?.['sentence']).startsWith('a\ufffdb \ufffd xxx')).toBe(true);
    await write({ ended: [{ key, because: 'It ended.' }] });
    expect(await rowsOf(order)).toMatchObject([{ status: 'RESOLVED' }]);
  });

  it('keeps no address of mail that another system quoted, in no record', async () => {
    const orderId = randomUUIDv7();
    await write({ raised: [unknownSku(orderId, { sentence: 'The ERP said: ada@example.org is blocked.' })] });
    expect(await rowsOf(orderId)).toMatchObject([{ sentence: 'The ERP said: a***@***.org is blocked.' }]);
    const { rows } = await pool.query(`select from event_log where data::text like '%ada@example%'`);
    expect(rows).toEqual([]);
  });

  it('asks the database nothing where there is no problem', async () => {
    await inTransaction(pool, async (tx) => {
      const asked = vi.spyOn(tx, 'query');
      await writeProblems(tx, []);
      expect(asked).not.toHaveBeenCalled();
      asked.mockRestore();
    });
  });

  it('takes many at once, in any order, from writers that work at the same time', async () => {
    const orders = Array.from({ length: 300 }, () => randomUUIDv7());
    await Promise.all(
      [orders, orders.toReversed()].map((page) => write({ raised: page.map((order) => unknownSku(order)) })),
    );
    const { rows } = await pool.query<{ count: string }>(
      `select count(*) from exception where order_id = any($1::uuid[]) and status = 'OPEN'`,
      [orders],
    );
    expect(rows).toEqual([{ count: '300' }]);
  });
});
