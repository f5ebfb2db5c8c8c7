import { isDatabaseUnavailable } from '../db/unavailable.js';
import type { RetryPolicy, TaskResult } from './task.js';

export type NextTry =
  | { readonly outcome: 'DONE' }
  | {
      readonly outcome: 'AGAIN';
      readonly afterMs: number;
      readonly error: string;
      /** False where nothing was tried: the task keeps its tries. */
      readonly counts: boolean;
    }
  | { readonly outcome: 'DEAD'; readonly error: string };

/** Nobody outside may put a task off for longer. */
const RETRY_AFTER_MS_MAX = 24 * 3_600_000;
/** Tasks that wait for the same moment do not all come in it. */
const SPREAD = 0.1;
const DOUBLINGS_MAX = 16;

/** Tries that a task gets in all. */
export function attemptsMax({ limit }: RetryPolicy): number {
  return limit + 1;
}

/**
 * What a handler that throws says of its tasks. With the database away nobody could be told that a task is given up: it is
 * tried once more.
 */
export function resultOfThrown(error: unknown): TaskResult {
  const sentence = error instanceof Error ? error.message : String(error);
  return { outcome: 'RETRY', error: sentence, ...(isDatabaseUnavailable(error) ? { untold: true } : {}) };
}

/**
 * What becomes of a task after a try. `attempt` counts from 0; `random` gives [0, 1). A delay is at least what the other side
 * asked for, else exponential with jitter over its upper half.
 */
export function nextTry(result: TaskResult, attempt: number, policy: RetryPolicy, random: () => number): NextTry {
  switch (result.outcome) {
    case 'DONE':
    case 'DEAD':
      return result;
    case 'HELD':
      return { outcome: 'AGAIN', afterMs: spread(result.retryAfterMs, random), error: result.error, counts: false };
    case 'RETRY': {
      if (attempt + 1 >= attemptsMax(policy) && result.untold !== true) return { outcome: 'DEAD', error: result.error };
      const asked = result.retryAfterMs === undefined ? 0 : spread(result.retryAfterMs, random);
      const afterMs = Math.max(asked, backoffMs(attempt, policy, random));
      return { outcome: 'AGAIN', afterMs, error: result.error, counts: true };
    }
  }
}

function backoffMs(attempt: number, { delayS, delaySMax }: RetryPolicy, random: () => number): number {
  const ceiling = Math.min(delaySMax, delayS * 2 ** Math.min(attempt + 1, DOUBLINGS_MAX));
  return Math.round((ceiling / 2 + (ceiling / 2) * random()) * 1000);
}

function spread(ms: number, random: () => number): number {
  return Math.round(Math.min(RETRY_AFTER_MS_MAX, Math.max(0, ms)) * (1 + SPREAD * random()));
}
