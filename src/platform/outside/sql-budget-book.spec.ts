import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { Budgets, BudgetSpentError, type BudgetCall } from './budgets.js';
import { SqlBudgetBook } from './sql-budget-book.js';

const CALLERS = 200;

let database: TestDatabase;
let pools: readonly pg.Pool[];

beforeAll(async () => {
  database = await createTestDatabase();
  pools = [openTestPool(database.url, 4), openTestPool(database.url, 4)];
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});

/** The budgets of as many processes, over one database. */
function processes(): readonly Budgets[] {
  return pools.map((pool) => new Budgets(new SqlBudgetBook(pool), Date.now, (ms) => pause(ms)));
}

function callOf(name: string, own: Partial<BudgetCall> = {}): BudgetCall {
  return { name, perSecond: 40, burst: 10, cost: 1, waitMsMax: 60_000, ...own };
}

async function spent(budgets: Budgets, call: BudgetCall): Promise<BudgetSpentError> {
  const error: unknown = await budgets.take(call).catch((thrown: unknown) => thrown);
  if (error instanceof BudgetSpentError) return error;
  throw new Error('a BudgetSpentError was expected', { cause: error });
}

describe('a budget that processes share', () => {
  it('lets no more through than the limit, whatever each process asks', async () => {
    const started = performance.now();
    const passedAt: number[] = [];
    await Promise.all(
      processes().flatMap((budgets) =>
        Array.from({ length: CALLERS / 2 }, async () => {
          await budgets.take(callOf('bank/shared'));
          passedAt.push((performance.now() - started) / 1_000);
        }),
      ),
    );
    expect(passedAt).toHaveLength(CALLERS);
    // At each moment: the burst, and what has refilled since.
    const tooEarly = passedAt.toSorted((a, b) => a - b).filter((at, index) => index + 1 > 10 + 40 * at + 1);
    expect(tooEarly).toEqual([]);
    expect(passedAt.at(-1)).toBeLessThan((2 * CALLERS) / 40);
  }, 30_000);

  it('stops all processes when the vendor says stop, and gives no burst after it', async () => {
    const [one, other] = processes();
    await one?.take(callOf('bank/paused'));
    await one?.pause('bank/paused', 5_000);
    const error = await spent(other as Budgets, callOf('bank/paused', { waitMsMax: 100 }));
    expect(error.waitMs).toBeGreaterThan(4_000);
    await pools[0]?.query(`update rate_budget set paused_until = now() - interval '1 hour',
      refilled_at = now() where name = 'bank/paused'`);
    expect((await spent(other as Budgets, callOf('bank/paused', { waitMsMax: 0 }))).waitMs).toBeLessThan(26);
  });

  it('takes the rate that the vendor told any of them, but no more than the operator allows', async () => {
    const [one, other] = processes();
    const call = callOf('bank/told', { burst: 1, waitMsMax: 0 });
    await one?.take(call);
    await one?.told('bank/told', { perSecond: 0.1 });
    const { waitMs } = await spent(other as Budgets, call);
    expect(waitMs).toBeGreaterThan(9_000);
    expect(waitMs).toBeLessThan(10_001);
    expect((await spent(other as Budgets, { ...call, perSecondMax: 0.05 })).waitMs).toBeGreaterThan(19_000);
  });

  it('counts what a call costs, and takes the vendor’s word for what is left', async () => {
    const [one, other] = processes();
    const call = callOf('bank/points', { perSecond: 1, burst: 1_000, cost: 400, waitMsMax: 0 });
    await one?.take(call);
    await other?.take(call);
    expect((await spent(one as Budgets, call)).waitMs).toBeGreaterThan(190_000);
    await other?.told('bank/points', { tokens: 900 });
    await one?.take(call);
    expect((await spent(other as Budgets, { ...call, cost: 2_000 })).waitMs).toBeGreaterThan(490_000);
  });
});
