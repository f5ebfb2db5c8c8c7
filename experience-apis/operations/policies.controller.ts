import { Body, Controller, Get, HttpCode, Inject, Param, Put } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { Caller, Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { TaskQueue, type TaskBacklog } from '../../src/platform/jobs/index.js';
import { ALL_OPERATIONS, ALL_WRITES, type PolicyChange } from '../../src/platform/outside/operation-policy.js';
import { OutsideGate } from '../../src/platform/outside/outside-gate.js';
import {
  readBreakers,
  readBudgets,
  savePolicyChange,
  type BudgetReading,
} from '../../src/platform/outside/policy-store.js';
import { PolicySync } from '../../src/platform/outside/policy-sync.js';
import { parse } from './operations.requests.js';
import { showOperation, type ShownOperation } from './policies.shown.js';

/** Budgets that are shown: one for each operation and account. */
const BUDGETS_MAX = 1_000;
const REASON_CHARS_MAX = 500;

const whole = (min: number, max: number) => {
  const says = `Must be a whole number from ${min} to ${max}.`;
  return z.int(says).min(min, says).max(max, says).exactOptional();
};
const perSecond = z.number('Must be a number of calls per second, above 0 and at most 10000.').positive().max(10_000);
const burst = z.int('Must be a whole number from 1 to 100000.').min(1).max(100_000);

const ChangeBody = z.strictObject({
  changes: z
    .strictObject({
      timeoutMs: whole(100, 300_000),
      concurrencyMax: whole(1, 256),
      rate: z.strictObject({ perSecond, burst }).exactOptional(),
      breaker: z.strictObject({ failures: whole(1, 1_000), openMs: whole(100, 3_600_000) }).exactOptional(),
    })
    .default({}),
  paused: z.boolean().default(false),
  reason: z
    .string('Must say why, for those who look at it later.')
    .trim()
    .min(1, 'Must say why, for those who look at it later.')
    .max(REASON_CHARS_MAX),
});

export interface PoliciesAnswer {
  readonly operations: readonly ShownOperation[];
  readonly changes: readonly PolicyChange[];
  readonly budgets: readonly BudgetReading[];
  readonly tasks: readonly TaskBacklog[];
}

/** How the hub calls outside systems: as declared, as operators changed it, and how it stands. */
@Controller('operations/v1')
export class PoliciesController {
  constructor(
    private readonly gate: OutsideGate,
    private readonly sync: PolicySync,
    private readonly tasks: TaskQueue,
    @Inject(PG_POOL) private readonly pool: Pool,
  ) {}

  @Get('policies')
  @Scopes('policies:read')
  async read(): Promise<PoliciesAnswer> {
    const { policies } = this.gate;
    const [breakers, budgets, tasks] = await Promise.all([
      readBreakers(this.pool),
      readBudgets(this.pool, BUDGETS_MAX),
      this.tasks.backlog(),
    ]);
    const operations = policies
      .all()
      .map((declared) => showOperation(declared, policies.of(declared.system, declared.operation), breakers));
    return { operations, changes: policies.changes(), budgets, tasks };
  }

  /** Replaces what was changed of this operation, of all (`*`) or of all writing ones (`writes`). Audited. */
  @Put('policies/:system/:operation')
  @HttpCode(204)
  @Scopes('policies:write')
  async change(
    @Param('system') system: string,
    @Param('operation') operation: string,
    @Body() body: unknown,
    @Caller() caller: Principal,
  ): Promise<void> {
    const wanted = parse(ChangeBody, body);
    this.requireKnown(system, operation);
    await savePolicyChange(this.pool, { system, operation, ...wanted, actor: caller.subject });
    await this.sync.refresh();
  }

  private requireKnown(system: string, operation: string): void {
    const ofSystem = this.gate.policies.all().filter((policy) => policy.system === system);
    const group = operation === ALL_OPERATIONS || operation === ALL_WRITES;
    if (ofSystem.some((policy) => group || policy.operation === operation)) return;
    throw new ProblemError({
      status: 404,
      code: 'UNKNOWN_OPERATION',
      title: 'No such operation',
      detail: `No adapter declares "${operation}" of "${system}": GET /operations/v1/policies lists all.`,
    });
  }
}
