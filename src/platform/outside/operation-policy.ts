import type { RetryPolicy, Tier } from '../jobs/index.js';

/** A vendor's limit: `burst` calls at once, then `perSecond`. Shared by all processes. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
  /** Each operation has its own, or all of an account share one. */
  readonly of: 'OPERATION' | 'ACCOUNT';
  /** A call waits so long in the process at most; a longer wait is the task queue's. */
  readonly waitMsMax: number;
  /** Each answer tells the rate in force by this header, in calls per second. */
  readonly header?: string;
}

/** How the hub makes one operation's calls. Declared beside the adapter; operators may change numbers at run time. */
export interface OperationPolicy {
  readonly system: string;
  /** In the vendor's words, as it stands in errors and metrics: `Accounts.create`. */
  readonly operation: string;
  /** Which calls of the port lead to it: tasks of that use wait while it is paused or its breaker is open. */
  readonly uses?: readonly string[];
  readonly tier: Tier;
  /** It changes something outside. */
  readonly write: boolean;
  /** Time to the whole answer. */
  readonly timeoutMs: number;
  /** Calls at once, in each process. */
  readonly concurrencyMax: number;
  readonly rate?: RateLimit;
  /** So many failures in a row (no answer, 5xx) open it; a single call tries again after `openMs`. */
  readonly breaker: BreakerPolicy;
  /** Of tasks that lead to this operation. */
  readonly retry: RetryPolicy;
  /** What is said holds credentials or signed addresses: no evidence is kept of it. */
  readonly confidential?: true;
  /** Where the vendor says so, for docs/policies.md. */
  readonly source: string;
}

export interface BreakerPolicy {
  readonly failures: number;
  readonly openMs: number;
}

/** What an adapter says of all its operations but the few that differ. */
export type OperationDefaults = Omit<OperationPolicy, 'operation' | 'source' | 'write'>;

/** The policies of one vendor: each operation's own parts over what holds for all. */
export function declarePolicies(
  defaults: OperationDefaults & { readonly source: string },
  operations: Readonly<Record<string, Partial<OperationPolicy> & Pick<OperationPolicy, 'write'>>>,
): readonly OperationPolicy[] {
  return Object.entries(operations).map(([operation, own]) => ({ ...defaults, ...own, operation }));
}

export const ALL_OPERATIONS = '*';
export const ALL_WRITES = 'writes';

/** What an operator changed of one operation, or of all or all writing ones of a system. Absent: as declared. */
export interface PolicyChanges {
  readonly timeoutMs?: number;
  readonly concurrencyMax?: number;
  /** Of a group: one limit for all of it together, besides each operation's own. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
  readonly breaker?: Partial<BreakerPolicy>;
}

export interface PolicyChange {
  readonly system: string;
  readonly operation: string;
  readonly changes: PolicyChanges;
  readonly paused: boolean;
  readonly reason?: string;
  readonly changedBy: string;
  readonly changedAt: string;
}

/** One budget that a call must have a token of. */
export interface BudgetInForce {
  /** Without the account. */
  readonly name: string;
  /** The vendor's own; a group's limit is the operator's. */
  readonly ofVendor: boolean;
  readonly perSecond: number;
  /** No more than this, whatever the vendor tells. */
  readonly perSecondMax?: number;
  readonly burst: number;
  readonly waitMsMax: number;
  readonly perAccount: boolean;
}

export interface PolicyInForce {
  readonly policy: OperationPolicy;
  readonly budgets: readonly BudgetInForce[];
  /** Who paused it and why. */
  readonly paused?: string;
}

const GROUP_WAIT_MS_MAX = 10_000;

/** The groups that an operation is in and itself, the widest first: a narrower change wins. */
export function scopesOf({ operation, write }: OperationPolicy): readonly string[] {
  return [ALL_OPERATIONS, ...(write ? [ALL_WRITES] : []), operation];
}

/** What holds for an operation after the operator's changes. */
export function inForce(declared: OperationPolicy, changes: ReadonlyMap<string, PolicyChange>): PolicyInForce {
  const found = scopesOf(declared).flatMap((scope) => changes.get(scope) ?? []);
  let { timeoutMs, concurrencyMax, breaker } = declared;
  const groups: BudgetInForce[] = [];
  let own: PolicyChanges['rate'];
  for (const { operation, changes: of } of found) {
    timeoutMs = of.timeoutMs ?? timeoutMs;
    concurrencyMax = of.concurrencyMax ?? concurrencyMax;
    breaker = {
      failures: of.breaker?.failures ?? breaker.failures,
      openMs: of.breaker?.openMs ?? breaker.openMs,
    };
    if (of.rate === undefined) continue;
    if (operation === declared.operation) own = of.rate;
    else groups.push(groupBudget(declared.system, operation, of.rate));
  }
  const pause = found.find((change) => change.paused);
  return {
    policy: found.length === 0 ? declared : { ...declared, timeoutMs, concurrencyMax, breaker },
    budgets: [...groups, ...ownBudget(declared, own)],
    ...(pause === undefined ? {} : { paused: pauseSentence(pause) }),
  };
}

function groupBudget(system: string, group: string, rate: NonNullable<PolicyChanges['rate']>): BudgetInForce {
  return { name: `${system}/${group}`, ofVendor: false, ...rate, waitMsMax: GROUP_WAIT_MS_MAX, perAccount: false };
}

/** What an operator says holds instead of what is declared, and is the most that the vendor's own word may make it. */
function ownBudget({ system, operation, rate }: OperationPolicy, changed: PolicyChanges['rate']): BudgetInForce[] {
  if (rate === undefined)
    return changed === undefined ? [] : [{ ...groupBudget(system, operation, changed), ofVendor: true }];
  const { perSecond, burst, of, waitMsMax } = rate;
  return [
    {
      name: of === 'ACCOUNT' ? `${system}/account` : `${system}/${operation}`,
      ofVendor: true,
      perSecond: changed?.perSecond ?? perSecond,
      burst: changed?.burst ?? burst,
      waitMsMax,
      perAccount: true,
      ...(changed === undefined ? {} : { perSecondMax: changed.perSecond }),
    },
  ];
}

function pauseSentence({ system, operation, changedBy, reason }: PolicyChange): string {
  const what = operation === ALL_OPERATIONS ? system : `${system} ${operation}`;
  return `${what} is paused by ${changedBy}: ${reason ?? 'no reason given'}`;
}
