import { declarePolicies, type OperationPolicy, type PolicyChange } from '../operation-policy.js';

/** For specs: an outside system of three operations. */
export function bankPolicies(own: Partial<OperationPolicy> = {}): readonly OperationPolicy[] {
  return declarePolicies(
    {
      system: 'bank',
      tier: 3,
      timeoutMs: 5_000,
      concurrencyMax: 2,
      breaker: { failures: 3, openMs: 10_000 },
      retry: { limit: 3, delayS: 1, delaySMax: 4 },
      source: 'this spec',
      ...own,
    },
    {
      'Accounts.create': { write: true, uses: ['openAccount'] },
      'Accounts.read': { write: false, uses: ['openAccount', 'readAccount'] },
      'Statement.get': { write: false, uses: ['readStatement'] },
    },
  );
}

export function changeOf(operation: string, change: Partial<PolicyChange> = {}): PolicyChange {
  return {
    system: 'bank',
    operation,
    changes: {},
    paused: false,
    changedBy: 'ops',
    changedAt: '2026-01-01T00:00:00.000Z',
    ...change,
  };
}
