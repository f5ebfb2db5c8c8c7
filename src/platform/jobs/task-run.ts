import type { Job } from 'pg-boss';
import { attemptsMax, type NextTry } from './next-try.js';
import { triesOf, type StoredTask } from './task.sql.js';
import type { RetryPolicy, SettledTask, TaskResult, TaskRun } from './task.js';

export const NO_RESULT: TaskResult = { outcome: 'RETRY', error: 'the handler gave no result' };
export const DEADLY = { outcome: 'DEAD', error: 'the process ended at each try' } as const satisfies TaskResult;

export function settledAs(next: NextTry): SettledTask['outcome'] {
  switch (next.outcome) {
    case 'DONE':
      return 'done';
    case 'DEAD':
      return 'dead';
    case 'AGAIN':
      return next.counts ? 'again' : 'held';
  }
}

export function triesInRound({ data, retryCount }: Job<StoredTask>): number {
  return triesOf({ ...data, tried: 0 }, retryCount);
}

/** `cautious`: after a restore, what was lost may have had the task's effect. Then even the first try is not the first. */
export function toRun(kind: string, job: Job<StoredTask>, retry: RetryPolicy, cautious: boolean): TaskRun {
  return {
    kind,
    key: job.data.key,
    payload: job.data.payload,
    attempt: triesOf(job.data, job.retryCount) + (cautious ? 1 : 0),
    lastTry: triesInRound(job) + 1 >= attemptsMax(retry),
  };
}
