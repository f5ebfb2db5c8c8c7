import { Inject } from '@nestjs/common';
import { Mutation, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { ALL_OPERATIONS, ALL_WRITES, type PolicyChanges } from '../../../src/platform/outside/operation-policy.js';
import { savePause, saveNumbers } from '../../../src/platform/outside/policy-store.js';
import { PolicySync } from '../../../src/platform/outside/policy-sync.js';
import { requireHouse } from '../channel-sight.js';
import type { Given } from '../given.js';
import { badInput } from '../graphql-errors.js';
import type { OperationContext } from '../operation-context.js';
import { checkedReason } from '../order-actions.js';
import { FOR_THE_HOUSE } from './record-access.js';
import type { OperationView } from './system-view.js';

interface OperationsInput {
  readonly system: string;
  readonly operation: string;
  readonly reason: string;
}

interface Numbers {
  readonly timeoutMs: number;
  readonly concurrencyMax: number;
  readonly perSecond: number;
  readonly burst: number;
  readonly breakerFailures: number;
  readonly breakerOpenMs: number;
}

type OperationsResult =
  | { readonly __typename: 'OperationsChanged'; readonly operations: readonly OperationView[] }
  | { readonly __typename: 'OperationNotFound'; readonly message: string };

/** From and to, both in. */
const BOUNDS: Readonly<Record<keyof Numbers, readonly [number, number]>> = {
  timeoutMs: [100, 300_000],
  concurrencyMax: [1, 256],
  perSecond: [Number.MIN_VALUE, 10_000],
  burst: [1, 100_000],
  breakerFailures: [1, 1_000],
  breakerOpenMs: [100, 3_600_000],
};

/** What operators change of how systems are called. Expected refusals are members of the union, not errors. */
@Resolver()
@Scopes('policies:write')
export class OperationActionResolver {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly sync: PolicySync,
  ) {}

  @Mutation('pauseOperations')
  pauseOperations(
    _: unknown,
    { input }: { readonly input: OperationsInput },
    context: OperationContext,
  ): Promise<OperationsResult> {
    return this.pause(input, true, context);
  }

  @Mutation('resumeOperations')
  resumeOperations(
    _: unknown,
    { input }: { readonly input: OperationsInput },
    context: OperationContext,
  ): Promise<OperationsResult> {
    return this.pause(input, false, context);
  }

  @Mutation('changeOperations')
  changeOperations(
    _: unknown,
    { input }: { readonly input: OperationsInput & Given<Numbers> },
    context: OperationContext,
  ): Promise<OperationsResult> {
    const { system, operation, reason, ...numbers } = input;
    const changes = checkedChanges(numbers);
    return this.change(input, context, (actor) =>
      saveNumbers(this.pool, { system, operation, changes, reason: checkedReason(reason), actor }),
    );
  }

  private pause(
    { system, operation, reason }: OperationsInput,
    paused: boolean,
    context: OperationContext,
  ): Promise<OperationsResult> {
    return this.change({ system, operation }, context, (actor) =>
      savePause(this.pool, { system, operation, paused, reason: checkedReason(reason), actor }),
    );
  }

  private async change(
    wanted: Pick<OperationsInput, 'system' | 'operation'>,
    { principal, records }: OperationContext,
    save: (actor: string) => Promise<void>,
  ): Promise<OperationsResult> {
    requireHouse(principal, FOR_THE_HOUSE);
    const { system, operation } = wanted;
    const meant = (all: readonly OperationView[]): readonly OperationView[] =>
      all.filter((each) => isMeant(each, wanted));
    if (meant(await records.operations()).length === 0)
      return { __typename: 'OperationNotFound', message: `No adapter declares "${operation}" of "${system}".` };
    await save(principal.subject);
    await this.sync.refresh();
    return { __typename: 'OperationsChanged', operations: meant(await records.operationsNow()) };
  }
}

function isMeant(
  { system, operation, write }: OperationView,
  wanted: Pick<OperationsInput, 'system' | 'operation'>,
): boolean {
  if (system !== wanted.system) return false;
  if (wanted.operation === ALL_OPERATIONS) return true;
  return wanted.operation === ALL_WRITES ? write : operation === wanted.operation;
}

/** Throws a GraphQL error for a number out of bounds. */
function checkedChanges(given: Given<Numbers>): PolicyChanges {
  const within = (name: keyof Numbers): number | undefined => {
    const value = given[name];
    if (typeof value !== 'number') return undefined;
    const [min, max] = BOUNDS[name];
    if (value >= min && value <= max) return value;
    throw badInput(`"${name}" must be ${name === 'perSecond' ? 'above 0' : `at least ${min}`} and at most ${max}.`);
  };
  const [timeoutMs, concurrencyMax] = [within('timeoutMs'), within('concurrencyMax')];
  const [perSecond, burst] = [within('perSecond'), within('burst')];
  const [failures, openMs] = [within('breakerFailures'), within('breakerOpenMs')];
  if ((perSecond === undefined) !== (burst === undefined))
    throw badInput('"perSecond" and "burst" are a rate together: give both, or none.');
  const breaker = { ...(failures === undefined ? {} : { failures }), ...(openMs === undefined ? {} : { openMs }) };
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(concurrencyMax === undefined ? {} : { concurrencyMax }),
    ...(perSecond === undefined || burst === undefined ? {} : { rate: { perSecond, burst } }),
    ...(Object.keys(breaker).length === 0 ? {} : { breaker }),
  };
}
