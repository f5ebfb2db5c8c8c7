import { randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import type { StockFact } from '../../src/model/stock.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { findUnexplainedPositions, readPositions } from './position.sql.js';
import { StockBook } from './stock-book.js';
import { STOCK_FACTS_MAX, StockIntake } from './stock-intake.js';
import { seedStock } from './testing/seed.js';

let database: TestDatabase;
let pool: pg.Pool;
let intake: StockIntake;
let commits = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 12);
  intake = new StockIntake(pool, () => {
    commits += 1;
  });
  await seedStock(pool, ['A', 'B', 'C', 'D'], { 'A@N1': 10, 'C@N1': 10 });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function fact(id: string, given: Partial<StockFact>): StockFact {
  return {
    id: `wms:${id}`,
    source: 'wms',
    kind: 'RECEIVED',
    sku: 'A',
    node: 'N1',
    quantity: 1,
    occurredAt: '2026-01-01T00:00:00.000Z',
    ...given,
  };
}

async function reserve(sku: string, units: number): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const book = await StockBook.lock(tx, [sku]);
    book.apply([{ sku, node: 'N1', bucket: 'reserved', delta: units, reason: 'RESERVE' }], randomUUIDv7(), 1);
    await book.flush(tx);
  });
}

async function unitsOf(sku: string): Promise<readonly (readonly [string, number, number])[]> {
  return (await readPositions(pool, [sku])).map(({ node, onHand, reserved }) => [node, onHand, reserved]);
}

describe('stock intake', () => {
  it('adds what is received, with its event and movement, and tells of the commit', async () => {
    const before = commits;
    expect(await intake.receive([fact('r-1', { quantity: 5 }), fact('r-2', { node: 'N2', quantity: 3 })])).toBe(2);
    expect(await unitsOf('A')).toEqual([
      ['N1', 15, 0],
      ['N2', 3, 0],
    ]);
    expect(commits).toBe(before + 1);
    const { rows } = await pool.query<{ type: string; data: object }>(
      `select type, data from event_log where fact_id = 'wms:r-1'`,
    );
    expect(rows).toEqual([
      { type: 'StockReceived', data: { source: 'wms', stock: [{ sku: 'A', node: 'N1', quantity: 5 }] } },
    ]);
  });

  it('takes a fact once: twice in one call, again later, and ten times at once for an item that is new to the node', async () => {
    const received = fact('r-3', { sku: 'B', quantity: 4 });
    const taken = await Promise.all(Array.from({ length: 10 }, () => intake.receive([received, received])));
    expect(taken.filter((count) => count === 1)).toHaveLength(1);
    expect(taken.filter((count) => count === 0)).toHaveLength(9);
    expect(await intake.receive([received])).toBe(0);
    expect(await unitsOf('B')).toEqual([['N1', 4, 0]]);
  });

  it('takes a count as what is there, up and down', async () => {
    await intake.receive([fact('c-1', { kind: 'COUNTED', sku: 'C', quantity: 7 })]);
    expect(await unitsOf('C')).toEqual([['N1', 7, 0]]);
    await intake.receive([fact('c-2', { kind: 'COUNTED', sku: 'C', quantity: 12 })]);
    expect(await unitsOf('C')).toEqual([['N1', 12, 0]]);
  });

  it('takes a count below the claims of orders down to the claims only', async () => {
    await reserve('C', 5);
    await intake.receive([fact('c-3', { kind: 'COUNTED', sku: 'C', quantity: 2 })]);
    expect(await unitsOf('C')).toEqual([['N1', 5, 5]]);
  });

  it('adds up facts about one position in one call', async () => {
    const facts = Array.from({ length: 50 }, (_, index) => fact(`d-${index}`, { sku: 'D', quantity: 2 }));
    expect(await intake.receive(facts)).toBe(50);
    expect(await unitsOf('D')).toEqual([['N1', 100, 0]]);
  });

  it('does not deadlock when callers name items in different orders', async () => {
    const skus = ['A', 'B', 'C', 'D'];
    const calls = Array.from({ length: 40 }, (_, call) => {
      const order = call % 2 === 0 ? skus : skus.toReversed();
      return intake.receive(order.map((sku) => fact(`x-${call}-${sku}`, { sku, node: 'N2' })));
    });
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 40 }, () => 4));
    expect(await unitsOf('D')).toEqual([
      ['N1', 100, 0],
      ['N2', 40, 0],
    ]);
  });

  it('refuses more facts than one transaction should hold', async () => {
    const facts = Array.from({ length: STOCK_FACTS_MAX + 1 }, (_, index) => fact(`y-${index}`, {}));
    await expect(intake.receive(facts)).rejects.toThrow(RangeError);
  });

  it('leaves every position explained by its movements', async () => {
    expect(await findUnexplainedPositions(pool)).toEqual([]);
  });
});
