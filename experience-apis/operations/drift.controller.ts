import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import {
  ACCURACY_DAYS_MAX,
  DRIFT_SYSTEMS,
  DriftHistory,
  DRIFTS_PAGE_MAX,
  Reconciliation,
  RUNS_PAGE_MAX,
  TooManyRunsError,
  UnknownSubjectError,
  type AccuracyOfDay,
  type Drift,
  type DriftRun,
} from '../../process-apis/reconciliation/index.js';
import { parseInstant } from '../../src/model/time.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { invalidRequest } from '../../src/platform/http/invalid-input.js';
import { ONE_LINE } from '../../src/platform/http/one-line.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { cursorSchema, nextOf, parse } from './operations.requests.js';

const RUNS_DEFAULT = 50;
const DRIFTS_DEFAULT = 200;
/** How far back the accuracy goes where nothing else is asked for, in days. */
const SINCE_DAYS_DEFAULT = 30;
const DAY_MS = 86_400_000;
const RETRY_AFTER_SECONDS = 30;

const system = z.enum(DRIFT_SYSTEMS, `Must be one of ${DRIFT_SYSTEMS.join(', ')}.`);
const subject = z.string().min(1).max(100).regex(ONE_LINE, 'Must be one line, without control characters.');
const filter = { system: system.exactOptional(), subject: subject.exactOptional() };

const Wanted = z
  .strictObject({ system, subject, takeSnapshot: z.boolean().exactOptional() })
  .refine((wanted) => wanted.takeSnapshot !== true || wanted.system === 'WMS', {
    path: ['takeSnapshot'],
    error: 'Only a warehouse has a snapshot to take: leave it out.',
  });
const runCursor = cursorSchema(1).refine(
  ([id]) => z.uuid().safeParse(id).success,
  'Must be the "next" of an earlier page, as it was given.',
);
const RunsQuery = z.strictObject({
  ...filter,
  limit: z.coerce.number().int().min(1).max(RUNS_PAGE_MAX).default(RUNS_DEFAULT),
  after: runCursor.exactOptional(),
});
const DriftsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(DRIFTS_PAGE_MAX).default(DRIFTS_DEFAULT),
  after: cursorSchema(1).exactOptional(),
});
const AccuracyQuery = z.strictObject({
  ...filter,
  since: z.iso.datetime({ offset: true, error: 'Must be an ISO 8601 time with its offset.' }).exactOptional(),
  limit: z.coerce.number().int().min(1).max(ACCURACY_DAYS_MAX).default(ACCURACY_DAYS_MAX),
});

/** Where the hub's stock and what others hold of it differ, why, and how right the inventory was. */
@Controller('operations/v1')
export class DriftController {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly history: DriftHistory,
  ) {}

  /** Compares a node or channel now. Answers at once: read the run until it has `finishedAt`. */
  @Post('drift-runs')
  @HttpCode(202)
  @Scopes('operations:write')
  async compare(@Body() body: unknown): Promise<DriftRun> {
    const { takeSnapshot = false, ...wanted } = parse(Wanted, body);
    try {
      return await this.reconciliation.demand(wanted, takeSnapshot);
    } catch (error) {
      if (error instanceof UnknownSubjectError) throw invalidRequest([{ pointer: '/subject', detail: error.message }]);
      if (!(error instanceof TooManyRunsError)) throw error;
      throw new ProblemError({
        status: 429,
        code: error.code,
        title: 'Too many comparisons at once',
        detail: error.message,
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      });
    }
  }

  /** Newest first. */
  @Get('drift-runs')
  @Scopes('operations:read')
  async runs(@Query() query: unknown): Promise<{ readonly runs: readonly DriftRun[]; readonly next?: string }> {
    const { limit, after, ...of } = parse(RunsQuery, query);
    const runs = await this.history.runs(of, after?.[0], limit);
    return { runs, ...nextOf(runs, limit, (run) => [run.id]) };
  }

  /** A run and its differences, by key. */
  @Get('drift-runs/:id')
  @Scopes('operations:read')
  async run(
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<{ readonly run: DriftRun; readonly drifts: readonly Drift[]; readonly next?: string }> {
    const { limit, after } = parse(DriftsQuery, query);
    const run = z.uuid().safeParse(id).success ? await this.history.run(id) : undefined;
    if (run === undefined)
      throw new ProblemError({
        status: 404,
        code: 'UNKNOWN_DRIFT_RUN',
        title: 'No such run',
        detail: `There is no drift run "${id}".`,
      });
    const drifts = await this.history.drifts(run.id, after?.[0] ?? '', limit);
    return { run, drifts, ...nextOf(drifts, limit, ({ key }) => [key]) };
  }

  /** By UTC day, newest first. */
  @Get('inventory-accuracy')
  @Scopes('operations:read')
  async accuracy(@Query() query: unknown): Promise<{ readonly days: readonly AccuracyOfDay[] }> {
    const { since, limit, ...of } = parse(AccuracyQuery, query);
    const from =
      since === undefined ? new Date(Date.now() - SINCE_DAYS_DEFAULT * DAY_MS).toISOString() : parseInstant(since);
    return { days: await this.history.accuracy(of, from, limit) };
  }
}
