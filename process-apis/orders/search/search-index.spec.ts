import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededOrders } from '../../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { until } from '../../../test/support/until.js';
import { FieldCipher } from '../../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../../src/platform/crypto/key-ring.js';
import { OrderReader } from '../order-reader.js';
import { SearchIndex } from './search-index.js';

const [OLD, NEW] = [generateKeyRing('old'), generateKeyRing('new')];
const WAIT_MS = 30_000;
const WAITING_FOR_LOCKS = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let told: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 6);
  orders = await SeededOrders.open(pool, KeyRing.parse(OLD));
  await orders.accept('shop-eu', ['X-1', 'X-2']);
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await database.drop();
});

function indexOf(ring: string): SearchIndex {
  told = [];
  return new SearchIndex(pool, new FieldCipher(KeyRing.parse(ring)), (sentence) => told.push(sentence));
}

async function sweepAll(index: SearchIndex): Promise<void> {
  while (await index.sweep());
}

async function found(text: string, ring = OLD): Promise<readonly unknown[]> {
  const reader = new OrderReader(pool, new FieldCipher(KeyRing.parse(ring)));
  const { hits } = await reader.search({ text, items: false, first: 20 });
  return hits.map(({ kind, exact, subject }) => [kind, exact, subject]);
}

async function content(): Promise<unknown> {
  const { rows } = await pool.query(
    `select (select json_agg(t order by t.order_id, t.kind, t.term) from search_term t) as terms,
            (select json_agg(l order by l.order_id) from listed_order l) as listed,
            (select json_agg(e order by e.order_id) from search_email e) as emails`,
  );
  return rows[0];
}

async function walk(): Promise<string | undefined> {
  const { rows } = await pool.query<{ value: string }>(`select value from cursor where name = 'search/walk'`);
  return rows[0]?.value;
}

describe('what orders are found by', () => {
  it('holds at first all orders that are there', async () => {
    await sweepAll(indexOf(OLD));
    const { id } = await orders.order('shop-eu', 'X-1');
    expect(await found('X-1')).toEqual([['ORDER_NUMBER', true, { orderId: id }]]);
    expect(await found('ada@example.org')).toHaveLength(2);
  });

  it('follows what happens, and is the same when it is made again', async () => {
    await orders.fulfill('shop-eu', 'X-1');
    await orders.accept('shop-eu', ['X-3']);
    const index = indexOf(OLD);
    // The log is read behind what other tests have open on the same server.
    await until(
      async () => {
        await sweepAll(index);
        return [await found('I-X-1'), await found('X-3')];
      },
      ([invoice, order]) => invoice?.length === 1 && order?.length === 1,
      { what: 'what happened', timeoutMs: WAIT_MS },
    );
    const before = await content();
    await index.rebuild();
    await sweepAll(index);
    expect(await content()).toEqual(before);
    await pool.query('truncate search_term, search_email, listed_order');
    await index.rebuild();
    await sweepAll(index);
    expect(await content()).toEqual(before);
    await pool.query(`delete from cursor where name like 'search%'`);
    // Also by a process that runs already.
    await index.sweep();
    await sweepAll(index);
    expect(await content()).toEqual(before);
  });

  it('is made again from the first order on when that is asked for in the middle of a walk', async () => {
    const index = indexOf(OLD);
    await index.rebuild();
    const asked = await pool.connect();
    try {
      await asked.query('begin');
      await asked.query(`update cursor set value = '00000000-0000-0000-0000-000000000001' where name = 'search/walk'`);
      const walking = index.sweep();
      // The walk has read where it was, and waits for its cursor.
      await until(
        async () => (await pool.query(WAITING_FOR_LOCKS)).rowCount ?? 0,
        (waiting) => waiting > 0,
        { what: 'the walk waits', timeoutMs: WAIT_MS },
      );
      await asked.query('commit');
      await walking;
    } finally {
      asked.release();
    }
    expect(await walk()).toBe('00000000-0000-0000-0000-000000000001');
    await sweepAll(index);
    expect(await walk()).toBe('done');
  });

  it('forgets the numbers that an order has no more', async () => {
    await pool.query(
      `insert into search_term (order_id, kind, term, shown, channel)
       select order_id, 'ORDER_NUMBER', 'not-mine', 'not-mine', channel from listed_order where reference = 'X-2'`,
    );
    expect(await found('not-mine')).toHaveLength(1);
    const index = indexOf(OLD);
    await index.rebuild();
    await sweepAll(index);
    expect(await found('not-mine')).toEqual([]);
  });

  it('is found by an address under each key of the ring, and written anew under a new one', async () => {
    const rotated = `${NEW},${OLD}`;
    expect(await found('ada@example.org', rotated)).toHaveLength(3);
    expect(await found('ada@example.org', NEW)).toEqual([]);
    await sweepAll(indexOf(rotated));
    expect(await found('ada@example.org', NEW)).toHaveLength(3);
    expect(await found('ada@example.org', OLD)).toEqual([]);
    expect(told).toEqual([]);
  });

  it('is not written back by a process that still runs with the old key', async () => {
    const older = indexOf(OLD);
    await sweepAll(older);
    expect(await found('ada@example.org', NEW)).toEqual([]);
    const newer = indexOf(`${NEW},${OLD}`);
    await sweepAll(newer);
    await newer.rebuild();
    await sweepAll(older);
    expect(await found('ada@example.org', NEW)).toHaveLength(3);
    // The walk is left to those who have the key.
    expect(await walk()).not.toBe('done');
    await sweepAll(newer);
    expect(await walk()).toBe('done');
  });

  it('goes on for all other numbers when an address cannot be read', async () => {
    const index = indexOf(NEW);
    await sweepAll(index);
    await index.rebuild();
    await sweepAll(index);
    expect(told).toHaveLength(3);
    expect(told.join(' ')).not.toMatch(/ada|example\.org/);
    expect(await found('X-3', NEW)).toHaveLength(1);
    // What is stored stays.
    expect(await found('ada@example.org', NEW)).toHaveLength(3);
  });
});
