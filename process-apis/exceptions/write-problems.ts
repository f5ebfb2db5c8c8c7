import { randomUUIDv7 } from 'node:crypto';
import type { ClientBase } from 'pg';
import { appendEvents } from '../../src/platform/event-log/index.js';
import { exceptionEvent } from './exception-events.js';
import { HUB, type ProblemChange } from './exceptions.types.js';
import { cut, problemRow, registerKey, type ProblemRow } from './problem-row.js';
import { endStanding, upsertProblems, type EndedProblem } from './write-problems.sql.js';

/** What becomes of each key when all changes are done, in their order: the last word of a key counts. */
export interface FoldedProblems {
  readonly raised: readonly ProblemRow[];
  readonly ended: readonly EndedProblem[];
}

/** Pure. A problem that comes and goes within the changes leaves no trace, unless its key stood before. */
export function foldProblems(changes: readonly ProblemChange[], by: string = HUB): FoldedProblems {
  const raised = new Map<string, ProblemRow>();
  const ended = new Map<string, EndedProblem>();
  for (const change of changes) {
    for (const { key, because } of change.ended) {
      const stored = registerKey(key);
      raised.delete(stored);
      ended.set(stored, { key: stored, because: cut(because), by, now: change.now });
    }
    for (const problem of change.raised) {
      const row = problemRow(problem, change.scope, change.now);
      ended.delete(row.key);
      raised.set(row.key, row);
    }
  }
  return { raised: [...raised.values()], ended: [...ended.values()] };
}

/**
 * Makes the register say what the changes say, with an event for each exception that changed, in the caller's transaction.
 * Set-wise, and idempotent: what stands as it is told is not touched. `newId` names new exceptions.
 */
export async function writeProblems(
  tx: ClientBase,
  changes: readonly ProblemChange[],
  newId: () => string = randomUUIDv7,
  by: string = HUB,
): Promise<void> {
  const { raised, ended } = foldProblems(changes, by);
  const resolved = ended.length === 0 ? [] : await endStanding(tx, ended);
  const written =
    raised.length === 0
      ? []
      : await upsertProblems(
          tx,
          raised.map((row) => ({ ...row, id: newId() })),
        );
  const rows = new Map(raised.map((row) => [row.key, row]));
  await appendEvents(tx, [
    ...resolved.map(({ id, version, scope, now, ...told }) =>
      exceptionEvent({ id, version, scope }, { type: 'ExceptionResolved', ...told }, now),
    ),
    ...written.flatMap((ofRow) => {
      const row = rows.get(ofRow.key);
      if (row === undefined) return [];
      const { key, category, sentence, owner, now } = row;
      const { severity, dueAt } = ofRow;
      const type = ofRow.isNew ? 'ExceptionRaised' : 'ExceptionUpdated';
      return [exceptionEvent(ofRow, { type, key, category, sentence, severity, owner, dueAt }, now)];
    }),
  ]);
}
