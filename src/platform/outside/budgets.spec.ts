import { describe, expect, it } from 'vitest';
import { MemoryBudgetBook } from './budget-book.js';
import { Budgets, BudgetSpentError, type BudgetCall } from './budgets.js';

const CALL: BudgetCall = { name: 'bank/line', perSecond: 1, burst: 100, cost: 1, waitMsMax: 0 };
/** Steps of promises between the moment in which a caller is served and the one in which its line has ended. */
const STEPS_MAX = 30;

describe('the line of a budget', () => {
  it('serves who comes in any moment in which it is about to end', async () => {
    for (let steps = 0; steps < STEPS_MAX; steps += 1) {
      const budgets = new Budgets(new MemoryBudgetBook(), Date.now, () => Promise.resolve());
      let served = false;
      const first = budgets.take(CALL);
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      const second = budgets.take(CALL).then(() => (served = true));
      await first;
      await new Promise((resolve) => setImmediate(resolve));
      expect([steps, served]).toEqual([steps, true]);
      await second;
    }
  });

  it('turns nobody away whom the vendor, who allows more than was declared, would serve at once', async () => {
    const calls = 20;
    const budgets = new Budgets(new MemoryBudgetBook(), Date.now, () => Promise.resolve());
    await budgets.told(CALL.name, { perSecond: 1, tokens: calls, burst: calls });
    const small = { ...CALL, burst: 2 };
    await Promise.all(Array.from({ length: calls }, () => budgets.take(small)));
    await expect(budgets.take(small)).rejects.toThrow(BudgetSpentError);
  });
});
