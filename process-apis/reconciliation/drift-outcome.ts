import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import { inTransaction } from '../../src/platform/commit/index.js';
import { appendEvents, type NewEvent } from '../../src/platform/event-log/index.js';
import { isSame, unitsOff, type Comparison, type EarlierDrift } from './comparison.js';
import { finishRun, insertDrifts } from './drift-run.sql.js';
import type { Drift, DriftExceeded, DriftRun } from './drift.types.js';

/** Differences of a run that are kept: the greatest. The figures count all of them. */
export const DRIFTS_KEPT_MAX = 5_000;
/** Events of one run: what a person can look at. */
const EXCEPTIONS_TOLD_MAX = 500;

/** Keeps what a run found, its figures, and an event for each difference that is new to people. */
export async function keepOutcome(
  pool: Pool,
  run: DriftRun,
  { tally, drifts }: Comparison,
  earlier: ReadonlyMap<string, EarlierDrift>,
): Promise<boolean> {
  const off = drifts.filter(({ explanation }) => explanation !== 'IN_FLIGHT');
  const kept = drifts.toSorted((a, b) => unitsOff(b) - unitsOff(a)).slice(0, DRIFTS_KEPT_MAX);
  const events = kept
    .filter((drift) => drift.healing === 'EXCEPTION' && !wasTold(drift, earlier.get(drift.key)))
    .slice(0, EXCEPTIONS_TOLD_MAX)
    .map((drift) => exceeded(run, drift));
  await inTransaction(pool, async (tx) => {
    await insertDrifts(tx, run.id, kept);
    await appendEvents(tx, events);
    await finishRun(tx, run.id, {
      compared: tally.compared,
      equal: Math.max(0, tally.compared - off.length),
      unitsCompared: tally.unitsCompared,
      unitsOff: off.reduce((sum, drift) => sum + unitsOff(drift), 0),
      error: null,
    });
  });
  return events.length > 0;
}

function wasTold(drift: Drift, earlier: EarlierDrift | undefined): boolean {
  return earlier?.healing === 'EXCEPTION' && isSame(drift, earlier);
}

function exceeded(run: DriftRun, { key, ours, theirs, explanation, detail }: Drift): NewEvent {
  const { system, subject, id: runId } = run;
  const event: Omit<DriftExceeded, 'type'> = { runId, system, subject, key, ours, theirs, explanation, detail };
  return {
    streamType: 'drift',
    streamId: randomUUIDv7(),
    streamVersion: 1,
    type: 'DriftExceeded',
    schemaVersion: 1,
    scope: '',
    source: 'hub',
    factId: `drift/${runId}/${key}`,
    occurredAt: new Date().toISOString(),
    data: event,
  };
}
