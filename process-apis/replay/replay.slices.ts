import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { inTransaction } from '../../src/platform/commit/index.js';
import { failedInside, isFault } from '../intake/index.js';
import type { ReplayAttempt } from './replay.attempt.js';
import { endRun, insertChanges, readCursor, readRun, recordProgress, type Progress } from './replay.sql.js';
import type { ReplayChange, ReplayOutcome, ReplayRun } from './replay.types.js';
import type { ReplayWalk, Step } from './replay.walk.js';

/** Looked at between two notes of how far the run is; what a killed process did since is done again, without effect. */
const SLICE_MAX = 50;

/** Works on one run, slice by slice, at its rate. The caller holds its lease. */
export class ReplaySlices {
  constructor(
    private readonly pool: Pool,
    private readonly run: ReplayRun,
    private readonly walk: ReplayWalk,
    private readonly attempt: ReplayAttempt,
  ) {}

  /** Until the run is over or stopped, or the turn is. */
  async work(until: number, stopped: () => boolean): Promise<void> {
    let cursor = await readCursor(this.pool, this.run.id);
    while (!stopped() && Date.now() < until) {
      const began = Date.now();
      const step = await this.next(cursor);
      if (step === undefined) return;
      if (!(await this.slice(cursor, step))) return;
      if (step.cursor === undefined) return;
      cursor = step.cursor;
      await pause(restMs(step.items.length, this.run.perSecond, Date.now() - began));
    }
  }

  private async next(cursor: string | undefined): Promise<Step | undefined> {
    try {
      return await this.walk.step(cursor, Math.min(SLICE_MAX, this.run.perSecond));
    } catch (error) {
      if (!isFault(error)) throw error;
      await endRun(this.pool, this.run.id, 'FAILED', failedInside(error).detail);
      return undefined;
    }
  }

  /** False: the run was stopped, or another process went on with it. */
  private async slice(from: string | undefined, step: Step): Promise<boolean> {
    const changes: ReplayChange[] = [];
    for (const item of step.items) changes.push(await this.attempt.try(item));
    return inTransaction(this.pool, async (tx) => {
      const own = await recordProgress(tx, this.run.id, from, progressOf(step, changes));
      if (!own) return false;
      await insertChanges(
        tx,
        this.run.id,
        changes.filter(({ outcome }) => outcome !== 'UNCHANGED'),
      );
      if (step.cursor === undefined) await endRun(tx, this.run.id, 'DONE');
      return (await readRun(tx, this.run.id))?.status === 'RUNNING';
    });
  }
}

function progressOf(step: Step, changes: readonly ReplayChange[]): Progress {
  const count = (...outcomes: readonly ReplayOutcome[]): number =>
    changes.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    cursor: step.cursor,
    lookedAt: step.lookedAt,
    changed: count('CHANGED', 'DIFFERS'),
    unchanged: count('UNCHANGED'),
    refused: count('REFUSED'),
  };
}

/** So that `done` in the time from its beginning is no more than the rate allows. */
function restMs(done: number, perSecond: number, tookMs: number): number {
  return Math.max(0, (done / perSecond) * 1_000 - tookMs);
}
