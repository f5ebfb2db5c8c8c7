import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { Publishing } from './publishing.service.js';

const SKU = 'A';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  await pool.query(`insert into item (sku, title) values ($1, $1)`, [SKU]);
  await pool.query(
    `insert into channel_account (id, kind, name) values ('up', 'test', 'up'), ('down', 'test', 'down')`,
  );
  await pool.query(`insert into listing (channel, listing_sku, sku) values ('up', 'L', $1), ('down', 'L', $1)`, [SKU]);
  await wanted(5);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function wanted(units: number): Promise<void> {
  await pool.query(
    `insert into publication (channel, listing_sku, wanted, cause) select id, 'L', $1, '' from channel_account
     on conflict (channel, listing_sku) do update set wanted = excluded.wanted, refused_reason = null`,
    [units],
  );
}

async function told(): Promise<Readonly<Record<string, number | null>>> {
  const { rows } = await pool.query<{ channel: string; told: number | null }>('select channel, told from publication');
  return Object.fromEntries(rows.map((row) => [row.channel, row.told]));
}

it('a channel that fails rests for a while; the others are told at once', async () => {
  const tries: string[] = [];
  const failures: string[] = [];
  const publishing = new Publishing(pool, (sentence) => failures.push(sentence));
  publishing.register((channel, due) => {
    tries.push(channel);
    return channel === 'down' ? Promise.reject(new Error('no answer')) : Promise.resolve(due);
  });
  await publishing.sweepDue();
  await wanted(3);
  await publishing.sweepDue();
  expect(await told()).toEqual({ up: 3, down: null });
  expect(tries.toSorted()).toEqual(['down', 'up', 'up']);
  expect(failures).toEqual([expect.stringMatching(/^telling down its quantities goes on in 1 s: no answer$/)]);
});

it('a quantity that changed while the channel was told stays due, and so does one behind a late refusal', async () => {
  const publishing = new Publishing(pool, () => undefined);
  await wanted(7);
  const bothRead = meetingOf(2);
  publishing.register(async (_channel, due) => {
    await bothRead();
    await wanted(8);
    return due.map((row) => ({ ...row, refusedReason: 'too many' }));
  });
  await publishing.sweepDue();
  const bothReadAgain = meetingOf(2);
  publishing.register(async (_channel, due) => {
    await bothReadAgain();
    await wanted(9);
    return due;
  });
  await publishing.sweepDue();
  expect(await told()).toEqual({ up: 8, down: 8 });
  publishing.register((_channel, due) => Promise.resolve(due));
  await publishing.sweepDue();
  expect(await told()).toEqual({ up: 9, down: 9 });
});

/** Holds its callers until so many are there: both channels have read what is due before anything changes. */
function meetingOf(callers: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = callers;
  return () => {
    missing -= 1;
    if (missing === 0) resolve();
    return promise;
  };
}
