import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { jsonArray, jsonTexts, plainArray } from './set-parameters.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 1);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('parameters of whole columns', () => {
  it('carry any JSON, with quotes, separators and emoji in it', async () => {
    const values = [{ text: 'a "quoted" \u001e {brace}, \\ and 👍\n' }, [1, null], 'x', 0];
    const { rows } = await pool.query<{ value: unknown }>(
      `select value from unnest(${jsonArray('$1')}) with ordinality as v (value, n) order by n`,
      [jsonTexts(values)],
    );
    expect(rows.map(({ value }) => value)).toEqual(values);
  });

  it('carry plain values and nothing else', async () => {
    const { rows } = await pool.query<{ n: number | null; at: Date }>(
      'select n, at from unnest($1::int[], $2::timestamptz[]) as v (n, at)',
      [plainArray([1, null, -3]), plainArray(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', null])],
    );
    expect(rows.map(({ n }) => n)).toEqual([1, null, -3]);
    expect(rows.map(({ at }) => at?.toISOString())).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-02T00:00:00.000Z',
      undefined,
    ]);
  });

  it.each(['a b', '"', '{', 'a\\b', "o'clock"])('refuse %s', (value) => {
    expect(() => plainArray([value])).toThrow('needs quotes');
  });
});
