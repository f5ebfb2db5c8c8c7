import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { recordTold, type ToldRow } from './publication.sql.js';
import { readSettledTellings } from './settled-tellings.sql.js';

const SINCE = '2026-03-01T10:00:00.000Z';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 2);
  await pool.query(`insert into channel_account (id, kind, name) values ('shop-eu', 'test', 'Shop')`);
  await pool.query(`insert into item (sku, title) values ('A', 'A')`);
  await pool.query(`insert into listing (channel, listing_sku, sku) values ('shop-eu', 'L-A', 'A')`);
  await pool.query(
    `insert into publication (channel, listing_sku, wanted, wanted_since, cause) values ('shop-eu', 'L-A', 7, $1, 'c')`,
    [SINCE],
  );
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('a telling', () => {
  it('keeps since when the channel showed another quantity than it should', async () => {
    const told: ToldRow = {
      listingSku: 'L-A',
      quantity: 7,
      cause: 'c',
      last: null,
      outcome: 'ACCEPTED',
      reason: null,
      submission: null,
      overwrote: null,
      retryAfterMs: null,
    };
    await recordTold(pool, 'shop-eu', { name: 'publishing/shop-eu', holder: randomUUID() }, [told]);
    const [first, ...more] = await readSettledTellings(pool, '0', 0, 10);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ channel: 'shop-eu', outcome: 'ACCEPTED', wantedSince: SINCE });
    expect(await readSettledTellings(pool, first?.id ?? '', 0, 10)).toEqual([]);
    expect(await readSettledTellings(pool, '0', 60_000, 10)).toEqual([]);
  });
});
