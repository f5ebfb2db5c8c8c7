import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { until } from '../../../test/support/until.js';
import { inTransaction } from '../commit/index.js';
import { SqlCursorStore } from '../db/sql-cursor-store.js';
import { appendEvents, encodeCursor, LOG_START, readConsumerLag, readEventsAfter, readLogEnd } from './index.js';

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

it('tells how long each consumer of the log leaves events lying', async () => {
  const event = { streamType: 'account', streamVersion: 1, type: 'AccountOpened', schemaVersion: 1, scope: '' };
  const fact = { source: 'bank', occurredAt: '2026-01-01T00:00:00.000Z', data: {} };
  for (const factId of ['1', '2'])
    await inTransaction(pool, (tx) => appendEvents(tx, [{ ...event, ...fact, factId, streamId: randomUUID() }]));
  await pool.query("update event_log set recorded_at = now() - interval '90 seconds' where fact_id = '1'");
  // The horizon stays behind transactions of other tests on the same server.
  await until(
    () => readEventsAfter(pool, LOG_START, 10),
    (events) => events.length === 2,
    { what: 'both events are settled', timeoutMs: 30_000 },
  );
  const cursors = new SqlCursorStore(pool);
  await cursors.set('behind', encodeCursor(LOG_START));
  await cursors.set('done', encodeCursor(await readLogEnd(pool)));
  await cursors.set('pages of a list', '{"page":"7"}');
  const lag = await readConsumerLag(pool, 10);
  expect(lag.map(({ consumer }) => consumer)).toEqual(['behind', 'done']);
  expect(lag[0]?.seconds).toBeGreaterThan(89);
  expect(lag[1]?.seconds).toBe(0);
});
