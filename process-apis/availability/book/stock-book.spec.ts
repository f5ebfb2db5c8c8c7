import { randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import type { Movement } from '../../../src/model/stock.js';
import { inTransaction } from '../../../src/platform/commit/index.js';
import { findUnexplainedPositions } from './position.sql.js';
import { readPositions } from './stock.sql.js';
import { StockBook, type BookedCause } from './stock-book.js';
import { StockInvariantError } from './stock-state.js';
import { seedStock } from '../testing/seed.js';

const CAUSE = randomUUIDv7();

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 12);
  await seedStock(pool, ['A', 'B', 'HOT'], { 'A@N1': 10, 'B@N1': 5, 'HOT@N1': 50 });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function cause(version: number): BookedCause {
  return { stream: CAUSE, version, occurredAt: '2026-01-01T00:00:00.000Z' };
}

function move(sku: string, bucket: Movement['bucket'], delta: number, node = 'N1'): Movement {
  return { sku, node, bucket, delta, reason: 'RESERVE' };
}

describe('a stock book', () => {
  it('writes what it changed once, with a movement for each change', async () => {
    await inTransaction(pool, async (tx) => {
      const book = await StockBook.lock(tx, ['A', 'B']);
      book.book([move('A', 'reserved', 3)], cause(1));
      book.book([move('A', 'reserved', -1), move('A', 'onHand', -1), move('B', 'reserved', 0)], cause(2));
      expect(book.position('A', 'N1')).toMatchObject({ onHand: 9, reserved: 2 });
      await book.flush(tx);
    });
    expect(await readPositions(pool, ['A'])).toMatchObject([{ onHand: 9, reserved: 2 }]);
    const { rows } = await pool.query(
      'select bucket, delta, cause_version from movement where cause_stream = $1 order by id',
      [CAUSE],
    );
    expect(rows).toEqual([
      { bucket: 'reserved', delta: 3, cause_version: 1 },
      { bucket: 'reserved', delta: -1, cause_version: 2 },
      { bucket: 'onHand', delta: -1, cause_version: 2 },
    ]);
    expect(await findUnexplainedPositions(pool)).toEqual([]);
  });

  it('makes the position of an item that was never at a node', async () => {
    await inTransaction(pool, async (tx) => {
      const book = await StockBook.lock(tx, ['B']);
      book.book([move('B', 'onHand', 4, 'N2')], cause(3));
      await book.flush(tx);
    });
    expect(await readPositions(pool, ['B'])).toMatchObject([{ node: 'N1' }, { node: 'N2', onHand: 4 }]);
    expect(await findUnexplainedPositions(pool)).toEqual([]);
  });

  it.each([
    ['takes more than is there', [move('A', 'onHand', -99)]],
    ['reserves more than is on hand', [move('A', 'reserved', 99)]],
    ['frees what was not claimed', [move('A', 'reserved', -99)]],
  ])('refuses a movement that %s, and nothing is written', async (_, movements) => {
    const before = await readPositions(pool, ['A']);
    const refused = inTransaction(pool, async (tx) => {
      const book = await StockBook.lock(tx, ['A']);
      book.book(movements, cause(4));
      await book.flush(tx);
    });
    await expect(refused).rejects.toThrow(StockInvariantError);
    expect(await readPositions(pool, ['A'])).toEqual(before);
  });

  it('is guarded by the table, whatever the code above it does', async () => {
    await expect(pool.query(`update position set reserved = on_hand + 1 where sku = 'A'`)).rejects.toThrow(
      'never_oversold',
    );
  });

  it('serialises claims on a hot item, whatever the order in which callers name their items', async () => {
    const claim = (index: number): Promise<boolean> =>
      inTransaction(pool, async (tx) => {
        const book = await StockBook.lock(tx, index % 2 === 0 ? ['HOT', 'A'] : ['A', 'HOT']);
        const at = book.position('HOT', 'N1');
        if (at === undefined || at.onHand === at.reserved) return false;
        book.book([move('HOT', 'reserved', 1)], { ...cause(1), stream: randomUUIDv7() });
        await book.flush(tx);
        return true;
      });
    const claimed = await Promise.all(Array.from({ length: 80 }, (_, index) => claim(index)));
    expect(claimed.filter(Boolean)).toHaveLength(50);
    expect(await readPositions(pool, ['HOT'])).toMatchObject([{ onHand: 50, reserved: 50 }]);
    expect(await findUnexplainedPositions(pool)).toEqual([]);
  });

  it('finds a position that its movements do not explain', async () => {
    await pool.query(`update position set on_hand = on_hand + 7 where sku = 'B' and node = 'N1'`);
    expect(await findUnexplainedPositions(pool)).toEqual([
      { sku: 'B', node: 'N1', bucket: 'onHand', position: 12, movements: 5 },
    ]);
    await pool.query(`update position set on_hand = on_hand - 7 where sku = 'B' and node = 'N1'`);
  });
});
