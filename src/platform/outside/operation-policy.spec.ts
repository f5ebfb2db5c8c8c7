import { describe, expect, it } from 'vitest';
import type { PolicyChange } from './operation-policy.js';
import { OutsidePolicies } from './outside-policies.js';
import { bankPolicies, changeOf } from './testing/bank.js';

function policies(...changes: readonly PolicyChange[]): OutsidePolicies {
  const found = new OutsidePolicies();
  found.declare(bankPolicies({ rate: { perSecond: 4, burst: 8, of: 'OPERATION', waitMsMax: 1_000 } }));
  found.replaceChanges(changes);
  return found;
}

describe('the policies of outside calls', () => {
  it('know nothing of an operation that no adapter declared', () => {
    expect(() => policies().of('bank', 'Accounts.close')).toThrow('bank Accounts.close is not declared');
  });

  it('are declared once', () => {
    const found = new OutsidePolicies();
    const bank = bankPolicies();
    found.declare(bank);
    found.declare(bank);
    expect(() => found.declare(bankPolicies())).toThrow('declared twice');
  });

  it('take the narrowest change', () => {
    const found = policies(
      changeOf('*', { changes: { timeoutMs: 100, concurrencyMax: 1 } }),
      changeOf('writes', { changes: { timeoutMs: 200 } }),
      changeOf('Accounts.create', { changes: { breaker: { failures: 9 } } }),
    );
    expect(found.of('bank', 'Accounts.create').policy).toMatchObject({
      timeoutMs: 200,
      concurrencyMax: 1,
      breaker: { failures: 9, openMs: 10_000 },
    });
    expect(found.of('bank', 'Accounts.read').policy).toMatchObject({ timeoutMs: 100, breaker: { failures: 3 } });
    expect(found.isChanged('bank', 'Accounts.read', 'timeoutMs')).toBe(true);
    expect(found.isChanged('bank', 'Accounts.read', 'rate')).toBe(false);
  });

  it('pause one operation, all that write, or the whole system, and say who did', () => {
    const one = policies(changeOf('Accounts.read', { paused: true, reason: 'month end' }));
    expect(one.of('bank', 'Accounts.read').paused).toBe('bank Accounts.read is paused by ops: month end');
    expect(one.of('bank', 'Accounts.create').paused).toBeUndefined();
    const writes = policies(changeOf('writes', { paused: true, reason: 'month end' }));
    expect(writes.of('bank', 'Accounts.create').paused).toBeDefined();
    expect(writes.of('bank', 'Accounts.read').paused).toBeUndefined();
    const all = policies(changeOf('*', { paused: true, reason: 'month end' }));
    expect(all.of('bank', 'Statement.get').paused).toBe('bank is paused by ops: month end');
  });

  it('hold a group to one rate besides each operation’s own', () => {
    const found = policies(
      changeOf('writes', { changes: { rate: { perSecond: 1, burst: 2 } } }),
      changeOf('Accounts.create', { changes: { rate: { perSecond: 2, burst: 3 } } }),
    );
    expect(found.of('bank', 'Accounts.create').budgets).toMatchObject([
      { name: 'bank/writes', perSecond: 1, burst: 2, ofVendor: false },
      { name: 'bank/Accounts.create', perSecond: 2, perSecondMax: 2, burst: 3, ofVendor: true },
    ]);
    expect(found.of('bank', 'Accounts.read').budgets).toMatchObject([{ name: 'bank/Accounts.read', perSecond: 4 }]);
  });

  it('are the same object as long as the numbers are', () => {
    const found = policies(changeOf('Accounts.read', { changes: { timeoutMs: 9 } }));
    const before = found.of('bank', 'Accounts.read').policy;
    found.replaceChanges([changeOf('Accounts.read', { changes: { timeoutMs: 9 }, paused: true })]);
    expect(found.of('bank', 'Accounts.read').policy).toBe(before);
    found.replaceChanges([changeOf('Accounts.read', { changes: { timeoutMs: 8 } })]);
    expect(found.of('bank', 'Accounts.read').policy).not.toBe(before);
  });
});
