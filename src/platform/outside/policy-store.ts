import { inTransaction } from '../commit/transaction.js';
import type { ClientBase, Pool } from 'pg';
import { recordAudit } from '../audit/index.js';
import { utc } from '../db/utc.js';
import type { PolicyChange, PolicyChanges } from './operation-policy.js';
import type { BreakerReading, BreakerState } from './outside-lane.js';

/** Rows of a process that has not told for so long are of one that ended. */
export const PROCESS_SILENT_SECONDS = 60;
/** A budget that nobody asked for this long is full again, or of an account that is gone. */
const BUDGET_IDLE_DAYS = 30;

type Db = Pick<ClientBase, 'query'>;

/** What an operator asks for: the whole of what shall differ from the declared policy. */
export interface PolicyRequest {
  readonly system: string;
  readonly operation: string;
  readonly changes: PolicyChanges;
  readonly paused: boolean;
  readonly reason: string;
  readonly actor: string;
}

/** A breaker as one process told it. */
export interface ToldBreaker extends Omit<BreakerReading, 'since'> {
  readonly process: string;
  readonly since: string;
}

/** A budget as all processes share it. */
export interface BudgetReading {
  readonly name: string;
  readonly tokens: number;
  readonly refilledAt: string;
  /** As the vendor told; absent where it never did. */
  readonly perSecond?: number;
  readonly pausedUntil?: string;
}

export async function readPolicyChanges(db: Db): Promise<readonly PolicyChange[]> {
  const { rows } = await db.query<PolicyChange & { readonly reason: string | null }>({
    name: 'operation-policy.read',
    text: `select system, operation, changes, paused, reason, changed_by as "changedBy", ${utc('changed_at')} as "changedAt"
           from operation_policy order by system, operation`,
  });
  return rows.map(({ reason, ...row }) => ({ ...row, ...(reason === null ? {} : { reason }) }));
}

/** Stores what shall hold and who wanted it, in one transaction. Nothing changed and not paused: as declared again. */
export async function savePolicyChange(pool: Pool, request: PolicyRequest): Promise<void> {
  const { system, operation, changes, paused, reason, actor } = request;
  await inTransaction(pool, async (tx) => {
    if (!paused && Object.keys(changes).length === 0)
      await tx.query('delete from operation_policy where system = $1 and operation = $2', [system, operation]);
    else
      await tx.query(
        `insert into operation_policy (system, operation, changes, paused, reason, changed_by)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (system, operation) do update
         set changes = excluded.changes, paused = excluded.paused, reason = excluded.reason,
             changed_by = excluded.changed_by, changed_at = now()`,
        [system, operation, JSON.stringify(changes), paused, reason, actor],
      );
    await recordAudit(tx, {
      actor,
      action: 'CHANGE_POLICY',
      subjectType: 'operation-policy',
      subjectId: `${system}/${operation}`,
      input: { changes, paused, reason },
      outcome: 'DONE',
    });
  });
}

/** Who wants calls stopped, or let go on, and why. */
export type PauseRequest = Pick<PolicyRequest, 'system' | 'operation' | 'paused' | 'reason' | 'actor'>;

/** Stops an operation or group, or lets it go on; what was changed of its numbers stays. In one transaction with its audit. */
export async function savePause(pool: Pool, { system, operation, paused, reason, actor }: PauseRequest): Promise<void> {
  await inTransaction(pool, async (tx) => {
    if (paused)
      await tx.query(
        `insert into operation_policy (system, operation, changes, paused, reason, changed_by)
         values ($1, $2, '{}', true, $3, $4)
         on conflict (system, operation) do update
         set paused = true, reason = excluded.reason, changed_by = excluded.changed_by, changed_at = now()`,
        [system, operation, reason, actor],
      );
    else {
      await tx.query(
        `update operation_policy set paused = false, reason = $3, changed_by = $4, changed_at = now()
         where system = $1 and operation = $2 and paused`,
        [system, operation, reason, actor],
      );
      await tx.query(
        `delete from operation_policy where system = $1 and operation = $2 and not paused and changes = '{}'`,
        [system, operation],
      );
    }
    await recordAudit(tx, {
      actor,
      action: paused ? 'PAUSE_OPERATIONS' : 'RESUME_OPERATIONS',
      subjectType: 'operation-policy',
      subjectId: `${system}/${operation}`,
      input: { reason },
      outcome: 'DONE',
    });
  });
}

/** Replaces the numbers of an operation or group; a pause stays. In one transaction with its audit. */
export async function saveNumbers(pool: Pool, request: Omit<PolicyRequest, 'paused'>): Promise<void> {
  const { system, operation, changes, reason, actor } = request;
  await inTransaction(pool, async (tx) => {
    await tx.query(
      `insert into operation_policy as p (system, operation, changes, paused, reason, changed_by)
       values ($1, $2, $3, false, $4, $5)
       on conflict (system, operation) do update
       set changes = excluded.changes, changed_at = now(),
           reason = case when p.paused then p.reason else excluded.reason end,
           changed_by = case when p.paused then p.changed_by else excluded.changed_by end`,
      [system, operation, JSON.stringify(changes), reason, actor],
    );
    await tx.query(
      `delete from operation_policy where system = $1 and operation = $2 and not paused and changes = '{}'`,
      [system, operation],
    );
    await recordAudit(tx, {
      actor,
      action: 'CHANGE_POLICY',
      subjectType: 'operation-policy',
      subjectId: `${system}/${operation}`,
      input: { changes, reason },
      outcome: 'DONE',
    });
  });
}

/** Tells this process's breakers to the others, and forgets processes that ended. */
export async function tellBreakers(db: Db, process: string, breakers: readonly BreakerReading[]): Promise<void> {
  await db.query({
    name: 'breaker-state.tell',
    text: `insert into breaker_state (system, operation, process, state, since, last_error, updated_at)
           select system, operation, $1, state, to_timestamp(since / 1000), last_error, now()
           from unnest($2::text[], $3::text[], $4::text[], $5::float8[], $6::text[])
                  as b (system, operation, state, since, last_error)
           order by system, operation
           on conflict (system, operation, process) do update
           set state = excluded.state, since = excluded.since, last_error = excluded.last_error, updated_at = now()`,
    values: [
      process,
      breakers.map((breaker) => breaker.system),
      breakers.map((breaker) => breaker.operation),
      breakers.map((breaker) => breaker.state),
      breakers.map((breaker) => breaker.since),
      breakers.map((breaker) => breaker.lastError ?? null),
    ],
  });
}

export async function forgetSilentProcesses(db: Db): Promise<void> {
  await db.query({
    name: 'breaker-state.forget',
    text: `delete from breaker_state where updated_at < now() - $1 * interval '1 second'`,
    values: [PROCESS_SILENT_SECONDS],
  });
}

/** A process that ends keeps nobody back by what it told last. */
export async function forgetProcess(db: Db, process: string): Promise<void> {
  await db.query({
    name: 'breaker-state.end',
    text: 'delete from breaker_state where process = $1',
    values: [process],
  });
}

/** Budgets that nobody uses any more; one that is asked for again begins full. */
export async function forgetIdleBudgets(db: Db): Promise<void> {
  await db.query({
    name: 'rate-budget.forget',
    text: `delete from rate_budget where refilled_at < clock_timestamp() - $1 * interval '1 day'`,
    values: [BUDGET_IDLE_DAYS],
  });
}

/** The breakers that processes told within the last minute. */
export async function readBreakers(db: Db): Promise<readonly ToldBreaker[]> {
  const { rows } = await db.query<{
    readonly system: string;
    readonly operation: string;
    readonly process: string;
    readonly state: BreakerState;
    readonly since: string;
    readonly lastError: string | null;
  }>({
    name: 'breaker-state.read',
    text: `select system, operation, process, state, ${utc('since')} as since, last_error as "lastError"
           from breaker_state where updated_at >= now() - $1 * interval '1 second' order by system, operation, process`,
    values: [PROCESS_SILENT_SECONDS],
  });
  return rows.map(({ lastError, ...row }) => ({ ...row, ...(lastError === null ? {} : { lastError }) }));
}

/** All shared budgets, by name; `limit` at most. */
export async function readBudgets(db: Db, limit: number): Promise<readonly BudgetReading[]> {
  const { rows } = await db.query<{
    readonly name: string;
    readonly tokens: number;
    readonly refilledAt: string;
    readonly perSecond: number | null;
    readonly pausedUntil: string | null;
  }>({
    name: 'rate-budget.read',
    text: `select name, tokens, ${utc('refilled_at')} as "refilledAt", per_second as "perSecond",
                  case when paused_until > now() then ${utc('paused_until')} end as "pausedUntil"
           from rate_budget order by name limit $1`,
    values: [limit],
  });
  return rows.map(({ perSecond, pausedUntil, ...row }) => ({
    ...row,
    ...(perSecond === null ? {} : { perSecond }),
    ...(pausedUntil === null ? {} : { pausedUntil }),
  }));
}
