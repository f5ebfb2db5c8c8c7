import { OutsideError } from '../../src/platform/http/outside-error.js';

const BACKOFF_MS_MIN = 1_000;
const BACKOFF_MS_MAX = 300_000;

/** Full jitter over a doubling ceiling, never before the time that Amazon named. `failures` counts those in a row, from 1. */
export function backoffMs(failures: number, error: unknown, random: () => number = Math.random): number {
  const ceiling = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(failures - 1, 20));
  const named = error instanceof OutsideError ? (error.details.retryAfterMs ?? 0) : 0;
  return Math.max(named, ceiling / 2 + (ceiling / 2) * random());
}
