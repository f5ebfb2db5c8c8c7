import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { isUnstorableValue } from './unstorable.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 1);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const errorOf = (sql: string, ...values: readonly unknown[]): Promise<unknown> =>
  pool.query(sql, [...values]).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a value that PostgreSQL cannot hold', () => {
  it.each([
    ['a NUL in a text', 'select $1::text', 'a\u0000b'],
    ['a time beyond the calendar', 'select $1::timestamptz', '294277-01-01T00:00:00Z'],
  ])('is known by its refusal: %s', async (_, sql, value) => {
    expect(isUnstorableValue(await errorOf(sql, value))).toBe(true);
  });

  it('is not what any other error is about', async () => {
    expect(isUnstorableValue(await errorOf('select 1 / 0'))).toBe(false);
    expect(isUnstorableValue(await errorOf('select nothing'))).toBe(false);
    expect(isUnstorableValue(new Error('22021'))).toBe(false);
  });
});
