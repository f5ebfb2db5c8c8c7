import { Inject } from '@nestjs/common';
import { Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import {
  ACCURACY_DAYS_MAX,
  DriftHistory,
  Reconciliation,
  TooManyRunsError,
  UnknownSubjectError,
  type AccuracyOfDay,
  type Drift,
  type DriftRun,
  type DriftSubject,
  type RunFilter,
} from '../../../process-apis/reconciliation/index.js';
import { recordAudit } from '../../../src/platform/audit/index.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { maskText } from '../../../src/platform/crypto/masking.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { requireHouse } from '../channel-sight.js';
import { givenOnly, type Given } from '../given.js';
import { badInput } from '../graphql-errors.js';
import { checkPageSize, keyOfCursor, toConnection, type Connection, type PageArguments } from '../list-page.js';
import type { OperationContext } from '../operation-context.js';
import { checkTexts, FOR_THE_HOUSE, OPERATIONS_READ, uuidOfCursor } from './record-access.js';

export const DRIFT_PAGE_MAX = 100;
/** How far back the accuracy goes where nothing else is asked for, in days. */
const SINCE_DAYS_DEFAULT = 30;
const DAY_MS = 86_400_000;

type FilterArgument = { readonly filter?: Given<RunFilter> | null };

type StartResult =
  | { readonly __typename: 'DriftRunStarted'; readonly run: DriftRun }
  | { readonly __typename: 'DriftSubjectUnknown' | 'TooManyDriftRuns'; readonly message: string };

@Resolver()
@Scopes(OPERATIONS_READ)
export class DriftQueryResolver {
  constructor(private readonly history: DriftHistory) {}

  @Query('driftRuns')
  async runs(
    _: unknown,
    { filter, ...page }: FilterArgument & PageArguments,
    { principal }: OperationContext,
  ): Promise<Connection<DriftRun>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(page.first, DRIFT_PAGE_MAX);
    const after = uuidOfCursor(keyOfCursor(page.after, 1));
    return toConnection(await this.history.runs(toFilter(filter), after, page.first + 1), page, ({ id }) => [id]);
  }

  @Query('inventoryAccuracy')
  async accuracy(
    _: unknown,
    { filter, since, first }: FilterArgument & { readonly since?: Date | null; readonly first: number },
    { principal }: OperationContext,
  ): Promise<readonly AccuracyOfDay[]> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(first, ACCURACY_DAYS_MAX);
    const from = since ?? new Date(Date.now() - SINCE_DAYS_DEFAULT * DAY_MS);
    return this.history.accuracy(toFilter(filter), from.toISOString(), first);
  }
}

@Resolver('DriftRun')
export class DriftRunFieldsResolver {
  @ResolveField('error')
  error({ error }: DriftRun): string | null {
    return error === null ? null : maskText(error);
  }

  @ResolveField('drifts')
  async drifts({ id }: DriftRun, page: PageArguments, { records }: OperationContext): Promise<Connection<Drift>> {
    checkPageSize(page.first, DRIFT_PAGE_MAX);
    const [after = ''] = keyOfCursor(page.after, 1) ?? [];
    const found = await records.drifts.load({ key: { runId: id, after }, first: page.first + 1 });
    return toConnection(found, page, ({ key }) => [key]);
  }
}

@Resolver()
@Scopes('operations:write')
export class DriftActionResolver {
  constructor(
    private readonly reconciliation: Reconciliation,
    @Inject(PG_POOL) private readonly pool: Pool,
  ) {}

  @Mutation('startDriftRun')
  async startDriftRun(
    _: unknown,
    { input }: { readonly input: DriftSubject & { readonly takeSnapshot: boolean } },
    { principal }: OperationContext,
  ): Promise<StartResult> {
    requireHouse(principal, FOR_THE_HOUSE);
    const { system, subject, takeSnapshot } = input;
    checkTexts({ subject });
    if (takeSnapshot && system !== 'WMS')
      throw badInput('"takeSnapshot": only a warehouse has a snapshot to take. Leave it out.');
    try {
      const run = await this.reconciliation.demand({ system, subject }, takeSnapshot);
      const of = { subjectType: 'drift-run', subjectId: run.id, input: { system, subject, takeSnapshot } };
      await recordAudit(this.pool, { actor: principal.subject, action: 'START_DRIFT_RUN', ...of, outcome: 'DONE' });
      return { __typename: 'DriftRunStarted', run };
    } catch (error) {
      if (error instanceof UnknownSubjectError) return { __typename: 'DriftSubjectUnknown', message: error.message };
      if (error instanceof TooManyRunsError) return { __typename: 'TooManyDriftRuns', message: error.message };
      throw error;
    }
  }
}

function toFilter(given: Given<RunFilter> | null | undefined): RunFilter {
  const filter = givenOnly<RunFilter>(given ?? {});
  checkTexts(filter);
  return filter;
}
