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
    const missingSnapshots = vi.fn<() => Promise<number>>().mockResolvedValue(2);
    const tell = vi.fn<(sentence: string) => void>();
    const reconciliation = { wantSnapshots, missingSnapshots };
    const recovery = new AfterLoss({ pool, publishing: { tellAllAgain }, reconciliation, tell });
    await ensureLogEpoch(database.url);
    await recovery.sweep();
    expect(tellAllAgain).not.toHaveBeenCalled();
    expect(await readRecovery(pool)).toBeUndefined();

    await inTransaction(pool, (tx) => beginEpoch(tx, 'RESTORED'));
    await recovery.sweep();
    await recovery.sweep();
    // As long as stock is that of the backup, no channel is told of it.
    expect(wantSnapshots).toHaveBeenCalledTimes(1);
    expect(tellAllAgain).not.toHaveBeenCalled();
    missingSnapshots.mockResolvedValue(0);
    tellAllAgain.mockRejectedValueOnce(new Error('the process died here'));
    await expect(recovery.sweep()).rejects.toThrow('died here');
    expect(await findOpenLoss(pool)).toMatchObject({ because: 'RESTORED' });
    await recovery.sweep();
    await recovery.sweep();
    expect(tellAllAgain).toHaveBeenCalledTimes(2);
    expect(tell).toHaveBeenCalledExactlyOnceWith(
      'After a restore: 2 of 2 snapshots of stock were read, and 7 quantities are told anew.',
    );
    expect(await findOpenLoss(pool)).toBeUndefined();
    expect((await readRecovery(pool))?.sinceMs).toBeGreaterThan(Date.now() - 60_000);
    expect(await readRecovery(pool, Date.now() + 25 * 3_600_000)).toBeUndefined();
  });

  it('channels are told without the snapshot of a warehouse that is away for long', async () => {
    const tellAllAgain = vi.fn<() => Promise<number>>().mockResolvedValue(7);
    const tell = vi.fn<(sentence: string) => void>();
    const reconciliation = { wantSnapshots: () => Promise.resolve(2), missingSnapshots: () => Promise.resolve(1) };
    let nowMs = 0;
    const recovery = new AfterLoss({
      pool,
      publishing: { tellAllAgain },
      reconciliation,
      tell,
      now: () => nowMs,
    });
    await inTransaction(pool, (tx) => beginEpoch(tx, 'MOVED'));
    await recovery.sweep();
    nowMs += 9 * 60_000;
    await recovery.sweep();
    expect(tellAllAgain).not.toHaveBeenCalled();
    nowMs += 60_000;
    await recovery.sweep();
    expect(tell).toHaveBeenCalledExactlyOnceWith(
      'After a move of the database: 1 of 2 snapshots of stock were read, and 7 quantities are told anew.',
    );
    expect(await findOpenLoss(pool)).toBeUndefined();
  });
});
