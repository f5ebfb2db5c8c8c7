import { OutsideError } from './outside-error.js';

const DELAY_MS_MIN = 1_000;
const DELAY_MS_MAX = 60_000;
/** No answer keeps the hub away for longer at once. */
export const REST_MS_MAX = 3_600_000;

/**
 * How long a loop that calls an outside system rests after a failure: jitter over a doubling ceiling, never less than the
 * other side asked for, and never more than REST_MS_MAX. `failures` counts those in a row, from 1.
 */
export function retryDelayMs(failures: number, error: unknown): number {
  const ceiling = Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** Math.min(failures - 1, 20));
  const named = error instanceof OutsideError ? (error.details.retryAfterMs ?? 0) : 0;
  return Math.min(REST_MS_MAX, Math.max(named, ceiling / 2 + (ceiling / 2) * Math.random()));
}
