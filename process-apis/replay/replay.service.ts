import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import { recordAudit } from '../../src/platform/audit/index.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { readOrderByReference, readOrdersById } from '../orders/index.js';
import { findMessages } from '../intake/index.js';
import { Lease } from '../../src/platform/db/lease.js';
import { ReplayAttempt, type AttemptParts } from './replay.attempt.js';
import { checkRequest } from './replay.selection.js';
import { ReplaySlices } from './replay.slices.js';
import {
  endRun,
  findIdleRuns,
  findRunning,
  insertRun,
  leaseName,
  listChanges,
  listRuns,
  lockRequests,
  readRun,
  readRuns,
  restartRun,
} from './replay.sql.js';
import { ReplayRefusedError, type ReplayChange, type ReplayRequest, type ReplayRun } from './replay.types.js';
import { ReplayWalk, type WalkParts } from './replay.walk.js';

export const RUNS_PAGE_MAX = 100;
export const CHANGES_PAGE_MAX = 200;

/** Work on one run before others, and the end of the process, have their turn. */
const TURN_MS_MAX = 5_000;
const RUNS_LOOKED_AT_MAX = 10;

/** Asks for replays and follows them. Needs the database alone: the work is done by a process with the worker role. */
export class ReplayDesk {
  constructor(private readonly pool: Pool) {}

  /** Throws ReplayRefusedError. */
  async start(asked: ReplayRequest): Promise<ReplayRun> {
    const request = checkRequest(asked);
    if (request.kind === 'ORDER') await this.checkOrder(request);
    const id = randomUUIDv7();
    await inTransaction(this.pool, async (tx) => {
      await lockRequests(tx);
      refuseSecond(await findRunning(tx, request.kind, request.selection));
      await insertRun(tx, id, request);
      const { actor, ...input } = request;
      await recordAudit(tx, {
        actor,
        action: 'START_REPLAY',
        subjectType: 'replay',
        subjectId: id,
        input,
        outcome: 'DONE',
      });
    });
    return this.run(id);
  }

  /** It ends after what is under way; what it did stays. Throws ReplayRefusedError. */
  async stop(id: string, actor: string): Promise<ReplayRun> {
    await this.run(id);
    await inTransaction(this.pool, async (tx) => {
      if (!(await endRun(tx, id, 'STOPPED'))) throw new ReplayRefusedError('NOT_RUNNING', `the run ${id} does not run`);
      await recordAudit(tx, audit(actor, 'STOP_REPLAY', id));
    });
    return this.run(id);
  }

  /** Goes on behind what it did. Throws ReplayRefusedError. */
  async resume(id: string, actor: string): Promise<ReplayRun> {
    const { kind, selection } = await this.run(id);
    await inTransaction(this.pool, async (tx) => {
      await lockRequests(tx);
      refuseSecond(await findRunning(tx, kind, selection), id);
      if (!(await restartRun(tx, id)))
        throw new ReplayRefusedError('NOT_STOPPED', `the run ${id} was neither stopped nor did it fail`);
      await recordAudit(tx, audit(actor, 'RESUME_REPLAY', id));
    });
    return this.run(id);
  }

  /** Throws ReplayRefusedError. */
  async run(id: string): Promise<ReplayRun> {
    const run = await readRun(this.pool, id);
    if (run === undefined) throw new ReplayRefusedError('UNKNOWN_RUN', `there is no replay ${id}`, '/id');
    return run;
  }

  /** Unknown ids are absent. */
  async byIds(ids: readonly string[]): Promise<ReadonlyMap<string, ReplayRun>> {
    return new Map((await readRuns(this.pool, ids)).map((run) => [run.id, run]));
  }

  find(id: string): Promise<ReplayRun | undefined> {
    return readRun(this.pool, id);
  }

  /** Newest first, at most RUNS_PAGE_MAX and one more, which tells that there are more. */
  async runs(before: string | undefined, limit: number): Promise<readonly ReplayRun[]> {
    checkLimit(limit, RUNS_PAGE_MAX + 1);
    return listRuns(this.pool, before, limit);
  }

  /** What it changed or would change, by subject, at most CHANGES_PAGE_MAX and one; the first CHANGES_KEPT_MAX are kept. */
  async changes(runId: string, after: string | undefined, limit: number): Promise<readonly ReplayChange[]> {
    checkLimit(limit, CHANGES_PAGE_MAX + 1);
    return listChanges(this.pool, runId, after, limit);
  }

  private async checkOrder({ selection }: ReplayRequest): Promise<void> {
    const { orderId, channel = '', reference = '' } = selection;
    if (orderId !== undefined) {
      if ((await readOrdersById(this.pool, [orderId])).length === 0)
        throw new ReplayRefusedError('UNKNOWN_ORDER', `there is no order ${orderId}`, '/selection/orderId');
      return;
    }
    if ((await readOrderByReference(this.pool, channel, reference)) !== undefined) return;
    const subjects = [`${channel}/${reference}`];
    if ((await findMessages(this.pool, { subjects }, undefined, 1)).length > 0) return;
    const sentence = `there is no order ${reference} of ${channel}, and no message about it`;
    throw new ReplayRefusedError('UNKNOWN_ORDER', sentence, '/selection/reference');
  }
}

export type ReplayWorkerParts = WalkParts & AttemptParts;

/** Works on the replays that were asked for: one process on each, from where the last one left it. */
export class ReplayWorker {
  private readonly holder = randomUUID();
  private stopped = false;

  constructor(private readonly parts: ReplayWorkerParts) {}

  /** Takes one turn at one run; true when there may be more to do. */
  async sweep(): Promise<boolean> {
    for (const id of await findIdleRuns(this.parts.pool, RUNS_LOOKED_AT_MAX)) {
      const lease = await Lease.take(this.parts.pool, leaseName(id), this.holder);
      if (lease === undefined) continue;
      try {
        await this.turn(id);
      } finally {
        await lease.release();
      }
      return true;
    }
    return false;
  }

  /** What is under way is finished; the rest waits for the next process. */
  stop(): void {
    this.stopped = true;
  }

  private async turn(id: string): Promise<void> {
    const run = await readRun(this.parts.pool, id);
    if (run?.status !== 'RUNNING') return;
    const slices = new ReplaySlices(
      this.parts.pool,
      run,
      new ReplayWalk(this.parts, run),
      new ReplayAttempt(this.parts, run.dryRun),
    );
    await slices.work(Date.now() + TURN_MS_MAX, () => this.stopped);
  }
}

function refuseSecond(running: string | undefined, own?: string): void {
  if (running === undefined || running === own) return;
  throw new ReplayRefusedError('ALREADY_RUNNING', `the replay ${running} of the same selection is running`);
}

function audit(actor: string, action: string, id: string): Parameters<typeof recordAudit>[1] {
  return { actor, action, subjectType: 'replay', subjectId: id, input: {}, outcome: 'DONE' };
}

function checkLimit(limit: number, max: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    throw new RangeError(`a page has 1 to ${max} entries, not ${limit}`);
}
