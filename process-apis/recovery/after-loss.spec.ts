import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { beginEpoch, ensureLogEpoch, findOpenLoss, readRecovery } from '../../src/platform/event-log/index.js';
import { AfterLoss } from './after-loss.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 2);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('after a restore', () => {
  it('everything is told and read anew, once', async () => {
    const tellAllAgain = vi.fn<() => Promise<number>>().mockResolvedValue(7);
    const wantSnapshots = vi.fn<() => Promise<number>>().mockResolvedValue(2);
    const tell = vi.fn<(sentence: string) => void>();
    const recovery = new AfterLoss({ pool, publishing: { tellAllAgain }, reconciliation: { wantSnapshots }, tell });
    await ensureLogEpoch(database.url);
    await recovery.sweep();
    expect(tellAllAgain).not.toHaveBeenCalled();
    expect(await readRecovery(pool)).toBeUndefined();

    await inTransaction(pool, (tx) => beginEpoch(tx, 'RESTORED'));
    tellAllAgain.mockRejectedValueOnce(new Error('the process died here'));
    await expect(recovery.sweep()).rejects.toThrow('died here');
    expect(await findOpenLoss(pool)).toMatchObject({ because: 'RESTORED' });
    await recovery.sweep();
    await recovery.sweep();
    expect(tellAllAgain).toHaveBeenCalledTimes(2);
    expect(tell).toHaveBeenCalledExactlyOnceWith(
      'After a restore: 7 quantities are told anew, and 2 snapshots of stock are read.',
    );
    expect(await findOpenLoss(pool)).toBeUndefined();
    expect((await readRecovery(pool))?.sinceMs).toBeGreaterThan(Date.now() - 60_000);
    expect(await readRecovery(pool, Date.now() + 25 * 3_600_000)).toBeUndefined();
  });
});
