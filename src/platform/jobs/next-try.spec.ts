import { describe, expect, it } from 'vitest';
import { nextTry, resultOfThrown } from './next-try.js';
import type { RetryPolicy } from './task.js';

const POLICY: RetryPolicy = { limit: 3, delayS: 2, delaySMax: 60 };
const RETRY = { outcome: 'RETRY', error: 'down' } as const;

const afterMs = (attempt: number, random: number, policy = POLICY): number | undefined => {
  const next = nextTry(RETRY, attempt, policy, () => random);
  return next.outcome === 'AGAIN' ? next.afterMs : undefined;
};

describe('the next try of a task', () => {
  it('is never for what is done and for what is useless', () => {
    expect(nextTry({ outcome: 'DONE' }, 0, POLICY, Math.random)).toEqual({ outcome: 'DONE' });
    const dead = { outcome: 'DEAD', error: 'no' } as const;
    expect(nextTry(dead, 0, POLICY, Math.random)).toEqual(dead);
  });

  it('comes also after the last try, when nobody could be told that the task is given up', () => {
    const away = Object.assign(new Error('the connection was lost'), { code: '08006' });
    expect(nextTry(resultOfThrown(away), POLICY.limit, POLICY, Math.random)).toMatchObject({
      outcome: 'AGAIN',
      counts: true,
    });
    expect(nextTry(resultOfThrown(new Error('a bug')), POLICY.limit, POLICY, Math.random)).toEqual({
      outcome: 'DEAD',
      error: 'a bug',
    });
  });

  it('comes later each time, jittered over the upper half, up to the longest delay', () => {
    const patient = { ...POLICY, limit: 100 };
    expect([0, 1, 2, 3].map((attempt) => afterMs(attempt, 0, patient))).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect([0, 1, 2, 3].map((attempt) => afterMs(attempt, 0.999_999, patient))).toEqual([4_000, 8_000, 16_000, 32_000]);
    expect(afterMs(50, 0, patient)).toBe(30_000);
    expect(afterMs(50, 0.999_999, patient)).toBe(60_000);
  });

  it('is not before the other side asked for it, and spread a little after it', () => {
    const asked = { ...RETRY, retryAfterMs: 90_000 };
    expect(nextTry(asked, 0, POLICY, () => 0)).toMatchObject({ afterMs: 90_000, counts: true });
    expect(nextTry(asked, 0, POLICY, () => 0.5)).toMatchObject({ afterMs: 94_500 });
    const soon = { ...RETRY, retryAfterMs: 10 };
    expect(nextTry(soon, 0, POLICY, () => 0)).toMatchObject({ afterMs: 2_000 });
    const never = { ...RETRY, retryAfterMs: 1e12 };
    expect(nextTry(never, 0, POLICY, () => 0)).toMatchObject({ afterMs: 86_400_000 });
  });

  it('is not after the last one', () => {
    expect(nextTry(RETRY, 2, POLICY, () => 0)).toMatchObject({ outcome: 'AGAIN' });
    expect(nextTry(RETRY, 3, POLICY, () => 0)).toEqual({ outcome: 'DEAD', error: 'down' });
  });

  it('is not spent where nothing was sent', () => {
    const held = { outcome: 'HELD', error: 'paused', retryAfterMs: 500 } as const;
    expect(nextTry(held, 99, POLICY, () => 0)).toEqual({
      outcome: 'AGAIN',
      afterMs: 500,
      error: 'paused',
      counts: false,
    });
  });
});
