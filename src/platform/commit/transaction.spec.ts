import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { findFacts, insertFacts } from './fact.sql.js';
import { ConcurrentChangeError, inRetriedTransaction, inTransaction } from './transaction.js';

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

function fact(id: string): { readonly id: string; readonly outcome: object } {
  return { id, outcome: { result: 'APPLIED' } };
}

describe('a transaction', () => {
  it('is rolled back when its work fails, and its connection stays usable', async () => {
    const failed = inTransaction(pool, async (tx) => {
      await insertFacts(tx, [fact('undone')]);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect((await inTransaction(pool, (tx) => findFacts(tx, ['undone']))).size).toBe(0);
  });

  it('gives up a connection that was lost, and does not hand it out again', async () => {
    const lost = inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await tx.query('select 1');
    });
    // Which of the client's errors it is depends on what it notices first.
    await expect(lost).rejects.toBeInstanceOf(Error);
    expect(await inTransaction(pool, (tx) => tx.query('select 1 as one'))).toMatchObject({ rows: [{ one: 1 }] });
  });
});

describe('a transaction that is tried again', () => {
  it('runs anew when another writer took the same key first, and then sees what that one wrote', async () => {
    let tries = 0;
    const seen = await inRetriedTransaction(pool, async (tx) => {
      tries += 1;
      const known = await findFacts(tx, ['raced']);
      if (known.size > 0) return 'known';
      await inTransaction(pool, (other) => insertFacts(other, [fact('raced')]));
      await insertFacts(tx, [fact('raced')]);
      return 'taken';
    });
    expect([seen, tries]).toEqual(['known', 2]);
  });

  it.each([
    ['a row that changed since it was read', 5, new ConcurrentChangeError('changed')],
    ['a deadlock', 5, Object.assign(new Error('deadlock detected'), { code: '40P01' })],
    ['anything else', 1, new Error('a bug')],
  ])('after %s has %i tries', async (_, expected, error) => {
    let tries = 0;
    const failed = inRetriedTransaction(pool, () => {
      tries += 1;
      return Promise.reject(error);
    });
    await expect(failed).rejects.toBe(error);
    expect(tries).toBe(expected);
  });
});
