import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { figuresOfDrift } from './other-sources.js';
import { KpiProjection } from './projection.js';

let database: TestDatabase;
let pool: pg.Pool;
let projection: KpiProjection;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  projection = new KpiProjection({
    pool,
    onFailure: (sentence) => {
      throw new Error(sentence);
    },
  });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const TELL = `insert into told_quantity (channel, listing_sku, quantity, told_at, cause, outcome, wanted_since)
  values ('shop-eu', 'L-1', 1, $1, 'c', 'ACCEPTED', $2)`;

async function delays(): Promise<readonly number[]> {
  const { rows } = await pool.query<{ count: number }>(
    `select count::int as count from kpi_day where kpi = 'INVENTORY_UPDATE_DELAY' order by day`,
  );
  return rows.map(({ count }) => count);
}

async function accuracy(): Promise<readonly string[]> {
  const { rows } = await pool.query<{ of: string }>(
    `select concat_ws(' ', day, channel || node, numerator, denominator) as of from kpi_day
     where kpi = 'INVENTORY_ACCURACY' order by 1`,
  );
  return rows.map(({ of }) => of);
}

describe('tellings', () => {
  it('wait behind one that may have others with a smaller number under way', async () => {
    await pool.query(TELL, ['2026-03-01T10:00:05.000Z', '2026-03-01T10:00:00.000Z']);
    await pool.query(TELL, [new Date().toISOString(), new Date().toISOString()]);
    await pool.query(TELL, ['2026-03-02T10:00:05.000Z', '2026-03-02T10:00:00.000Z']);
    expect(await projection.sweepTellings()).toBe(false);
    expect(await delays()).toEqual([1]);
    await projection.sweepTellings(0);
    await projection.sweepTellings(0);
    expect(await delays()).toEqual([1, 1, 1]);
  });
});

describe('comparisons', () => {
  const RUN = `insert into drift_run (id, system, subject, trigger, started_at, finished_at, compared, equal, units_compared, units_off)
    values (gen_random_uuid(), $1, $2, 'SCHEDULE', $3, $3, 10, 9, 100, 4)`;

  it('are counted from the first day on, and one that began yesterday and ends today counts to yesterday', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
    const before = new Date(Date.parse(today) - 3 * 86_400_000).toISOString().slice(0, 10);
    await pool.query(RUN, ['WMS', 'dc-north', `${before}T01:00:00.000Z`]);
    await pool.query(RUN, ['CHANNEL', 'shop-eu', `${yesterday}T23:00:00.000Z`]);
    while (await projection.sweepDrift());
    expect(await accuracy()).toEqual([`${before} dc-north 9 10`, `${yesterday} shop-eu 9 10`]);
    await pool.query(RUN, ['CHANNEL', 'shop-eu', `${yesterday}T23:30:00.000Z`]);
    // Yesterday, then today.
    await projection.sweepDrift();
    await projection.sweepDrift();
    expect(await accuracy()).toEqual([`${before} dc-north 9 10`, `${yesterday} shop-eu 18 20`]);
  });

  it('are no figures where nothing was ever compared', async () => {
    const empty = await createTestDatabase();
    const client = new pg.Client({ connectionString: empty.url });
    await client.connect();
    const { replaced, more } = await figuresOfDrift(client as unknown as pg.PoolClient);
    expect({ replaced, more }).toEqual({ replaced: [], more: false });
    await client.end();
    await empty.drop();
  });
});
