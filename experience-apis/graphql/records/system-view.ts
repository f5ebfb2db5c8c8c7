import type { OutsideSystem } from '../../../src/model/order.js';
import { maskText } from '../../../src/platform/crypto/masking.js';
import { systemHealth, type SystemHealth } from '../../../process-apis/systems/index.js';
import type { TaskBacklog } from '../../../src/platform/jobs/index.js';
import {
  scopesOf,
  type BudgetInForce,
  type OperationPolicy,
  type PolicyChange,
} from '../../../src/platform/outside/operation-policy.js';
import type { OutsidePolicies } from '../../../src/platform/outside/outside-policies.js';
import type { BudgetReading, ToldBreaker } from '../../../src/platform/outside/policy-store.js';
import { globalId } from './global-id.js';

/** The schema's `RateBudget`. */
export interface RateBudgetView extends Pick<BudgetInForce, 'name' | 'perSecond' | 'burst' | 'perAccount'> {
  readonly tokens: number | null;
  readonly pausedUntil: string | null;
}

/** The schema's `Breaker`. */
export interface BreakerView {
  readonly state: ToldBreaker['state'];
  readonly since: string | null;
  readonly lastError: string | null;
  readonly failures: number;
  readonly openMs: number;
}

/** The schema's `Operation`. */
export interface OperationView extends Pick<
  OperationPolicy,
  'system' | 'operation' | 'write' | 'tier' | 'timeoutMs' | 'concurrencyMax'
> {
  readonly id: string;
  readonly rate: RateBudgetView | null;
  readonly budgets: readonly RateBudgetView[];
  readonly breaker: BreakerView;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  readonly pausedAt: string | null;
  readonly changedBy: string | null;
  readonly changedAt: string | null;
}

/** The schema's `TaskBacklog`. */
export type TaskBacklogView = Omit<TaskBacklog, 'target'> & { readonly system: string | null };

/** The schema's `System`, without what is read for single fields. */
export interface SystemView extends SystemHealth {
  readonly name: string;
  readonly kind: OutsideSystem | null;
  readonly operations: readonly OperationView[];
  readonly waiting: readonly TaskBacklogView[];
}

/** What processes and operators told of all systems. */
export interface SystemReadings {
  readonly policies: Pick<OutsidePolicies, 'all' | 'of' | 'change'>;
  readonly breakers: readonly ToldBreaker[];
  readonly budgets: readonly BudgetReading[];
  readonly nowMs: number;
}

/** The worst comes first. */
const BREAKER_STATES: readonly ToldBreaker['state'][] = ['OPEN', 'HALF_OPEN', 'CLOSED'];

/** All operations that are declared, as they stand, by system and operation. Pure. */
export function operationViews(readings: SystemReadings): readonly OperationView[] {
  return readings.policies.all().map((declared) => operationView(declared, readings));
}

function operationView(
  declared: OperationPolicy,
  { policies, breakers, budgets, nowMs }: SystemReadings,
): OperationView {
  const { system, operation, write, tier } = declared;
  const { policy, budgets: inForce, paused } = policies.of(system, operation);
  const changes = scopesOf(declared).flatMap((scope) => policies.change(system, scope) ?? []);
  const last = latest(changes);
  const views = inForce.map((budget) => budgetView(budget, budgets, nowMs));
  return {
    id: globalId('Operation', system, operation),
    system,
    operation,
    write,
    tier,
    timeoutMs: policy.timeoutMs,
    concurrencyMax: policy.concurrencyMax,
    rate: views.find((_, index) => inForce[index]?.ofVendor === true) ?? null,
    budgets: views,
    breaker: breakerView(declared, policy, breakers),
    paused: paused !== undefined,
    pausedReason: paused ?? null,
    pausedAt: changes.find((change) => change.paused)?.changedAt ?? null,
    changedBy: last?.changedBy ?? null,
    changedAt: last?.changedAt ?? null,
  };
}

function breakerView(
  { system, operation }: OperationPolicy,
  { breaker: { failures, openMs } }: OperationPolicy,
  breakers: readonly ToldBreaker[],
): BreakerView {
  const told = breakers.filter((breaker) => breaker.system === system && breaker.operation === operation);
  const worst = BREAKER_STATES.flatMap((state) => told.filter((breaker) => breaker.state === state)).at(0);
  return {
    state: worst?.state ?? 'CLOSED',
    since: worst?.since ?? null,
    lastError: worst?.lastError === undefined ? null : maskText(worst.lastError),
    failures,
    openMs,
  };
}

/** Of the accounts that share no budget, the one that has the fewest calls left. */
function budgetView(
  { name, perSecond, burst, perAccount }: BudgetInForce,
  readings: readonly BudgetReading[],
  nowMs: number,
): RateBudgetView {
  const own = readings.filter((reading) => reading.name === name || reading.name.startsWith(`${name}/`));
  const tokens = own.map((reading) => {
    const seconds = Math.max(0, nowMs - Date.parse(reading.refilledAt)) / 1000;
    return Math.min(burst, reading.tokens + seconds * (reading.perSecond ?? perSecond));
  });
  const rests = own.flatMap(({ pausedUntil }) => pausedUntil ?? []).toSorted();
  return {
    name,
    perSecond,
    burst,
    perAccount,
    tokens: tokens.length === 0 ? null : Math.min(...tokens),
    pausedUntil: rests.at(-1) ?? null,
  };
}

export function backlogView({ target, ...backlog }: TaskBacklog): TaskBacklogView {
  return { ...backlog, system: target?.system ?? null };
}

/** All systems that are declared or named, by name. `kindOf` says what each is. Pure. */
export function systemViews(
  operations: readonly OperationView[],
  backlog: readonly TaskBacklogView[],
  names: readonly string[],
  kindOf: (name: string) => OutsideSystem | undefined,
  nowMs: number,
): readonly SystemView[] {
  const all = new Set([...names, ...operations.map(({ system }) => system)]);
  return [...all].toSorted().map((name) => {
    const ofSystem = operations.filter(({ system }) => system === name);
    const waiting = backlog.filter(({ system }) => system === name);
    const health = systemHealth(ofSystem.map(signsOf), waiting, nowMs);
    return { name, kind: kindOf(name) ?? null, operations: ofSystem, waiting, ...health };
  });
}

function signsOf({
  operation,
  write,
  breaker,
  budgets,
  pausedReason,
  pausedAt,
}: OperationView): Parameters<typeof systemHealth>[0][number] {
  const restsUntil = budgets
    .flatMap(({ pausedUntil }) => pausedUntil ?? [])
    .toSorted()
    .at(-1);
  const { state, since, lastError } = breaker;
  return {
    operation,
    write,
    ...(pausedReason === null ? {} : { paused: pausedReason }),
    ...(pausedAt === null ? {} : { pausedAt }),
    ...(since === null ? {} : { breaker: { state, since, ...(lastError === null ? {} : { lastError }) } }),
    ...(restsUntil === undefined ? {} : { restsUntil }),
  };
}

function latest(changes: readonly PolicyChange[]): PolicyChange | undefined {
  return changes.toSorted((a, b) => (a.changedAt < b.changedAt ? 1 : -1)).at(0);
}
