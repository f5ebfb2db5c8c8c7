import type { Pool } from 'pg';
import type { Instant } from '../../src/model/time.js';
import {
  findRun,
  listDrifts,
  listRuns,
  readAccuracy,
  readDriftPages,
  readRuns,
  type DayFigures,
  type RunFilter,
} from './drift-run.sql.js';
import type { AccuracyOfDay, Drift, DriftRun } from './drift.types.js';

export const RUNS_PAGE_MAX = 200;
export const DRIFTS_PAGE_MAX = 500;
/** Days of all subjects in one answer. */
export const ACCURACY_DAYS_MAX = 1_000;

/** What was compared, what was found, and how right the inventory was. */
export class DriftHistory {
  constructor(private readonly pool: Pool) {}

  /** Newest first, behind the run `after`; at most RUNS_PAGE_MAX. */
  runs(filter: RunFilter, after: string | undefined, limit: number): Promise<readonly DriftRun[]> {
    return listRuns(this.pool, filter, after, Math.min(limit, RUNS_PAGE_MAX));
  }

  run(id: string): Promise<DriftRun | undefined> {
    return findRun(this.pool, id);
  }

  /** Unknown ids are absent. */
  async byIds(ids: readonly string[]): Promise<ReadonlyMap<string, DriftRun>> {
    return new Map((await readRuns(this.pool, ids)).map((run) => [run.id, run]));
  }

  /** Of each run by key, behind its own `after`; `perRun` is at most DRIFTS_PAGE_MAX. */
  pages(
    runs: readonly { readonly runId: string; readonly after: string }[],
    perRun: number,
  ): Promise<readonly (Drift & { readonly runId: string })[]> {
    return readDriftPages(this.pool, runs, Math.min(perRun, DRIFTS_PAGE_MAX));
  }

  /** By key, behind `after`; at most DRIFTS_PAGE_MAX. */
  drifts(runId: string, after: string, limit: number): Promise<readonly Drift[]> {
    return listDrifts(this.pool, runId, after, Math.min(limit, DRIFTS_PAGE_MAX));
  }

  /** By day and subject, newest first; at most ACCURACY_DAYS_MAX. */
  async accuracy(
    filter: RunFilter,
    since: Instant,
    limit: number = ACCURACY_DAYS_MAX,
  ): Promise<readonly AccuracyOfDay[]> {
    const days = await readAccuracy(this.pool, filter, since, Math.min(limit, ACCURACY_DAYS_MAX));
    return days.map(withAccuracy);
  }
}

function withAccuracy(day: DayFigures): AccuracyOfDay {
  return {
    ...day,
    accuracy: share(day.equal, day.compared),
    unitAccuracy: share(day.unitsCompared - day.unitsOff, day.unitsCompared),
  };
}

/** To four decimals. */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.max(0, Math.round((part / whole) * 10_000) / 10_000);
}
