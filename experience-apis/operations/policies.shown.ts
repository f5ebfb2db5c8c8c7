import type { BudgetInForce, OperationPolicy, PolicyInForce } from '../../src/platform/outside/operation-policy.js';
import type { ToldBreaker } from '../../src/platform/outside/policy-store.js';

type Numbers = Pick<OperationPolicy, 'timeoutMs' | 'concurrencyMax' | 'breaker'>;

type ShownBudget = Omit<BudgetInForce, 'ofVendor'>;

/** One operation as operators see it. */
export interface ShownOperation extends Pick<
  OperationPolicy,
  'system' | 'operation' | 'tier' | 'write' | 'source' | 'retry'
> {
  readonly uses: readonly string[];
  readonly declared: Numbers & Pick<OperationPolicy, 'rate'>;
  readonly inForce: Numbers & { readonly budgets: readonly ShownBudget[] };
  /** Who paused it and why. */
  readonly paused?: string;
  /** As the processes that called it told within the last minute. */
  readonly breakers: readonly Omit<ToldBreaker, 'system' | 'operation'>[];
}

export function showOperation(
  declared: OperationPolicy,
  { policy, budgets, paused }: PolicyInForce,
  breakers: readonly ToldBreaker[],
): ShownOperation {
  const { system, operation, tier, write, source, retry, uses = [], rate } = declared;
  return {
    system,
    operation,
    tier,
    write,
    source,
    retry,
    uses,
    declared: { ...numbersOf(declared), ...(rate === undefined ? {} : { rate }) },
    inForce: { ...numbersOf(policy), budgets: budgets.map(showBudget) },
    ...(paused === undefined ? {} : { paused }),
    breakers: breakers
      .filter((breaker) => breaker.system === system && breaker.operation === operation)
      .map(({ process, state, since, lastError }) => ({
        process,
        state,
        since,
        ...(lastError === undefined ? {} : { lastError }),
      })),
  };
}

function numbersOf({ timeoutMs, concurrencyMax, breaker }: OperationPolicy): Numbers {
  return { timeoutMs, concurrencyMax, breaker };
}

function showBudget({ name, perSecond, perSecondMax, burst, waitMsMax, perAccount }: BudgetInForce): ShownBudget {
  const most = perSecondMax === undefined ? {} : { perSecondMax };
  return { name, perSecond, ...most, burst, waitMsMax, perAccount };
}
