import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackgroundLoop } from './background-loop.js';

const INTERVAL_MS = 1_000;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a background loop', () => {
  it('sweeps at the start, then by its timer', async () => {
    let sweeps = 0;
    const loop = new BackgroundLoop('test', INTERVAL_MS, () => Promise.resolve((sweeps += 1) < 0));
    loop.start();
    await vi.advanceTimersByTimeAsync(1);
    expect(sweeps).toBe(1);
    await vi.advanceTimersByTimeAsync(INTERVAL_MS * 3);
    expect(sweeps).toBe(4);
    await loop.stop();
    await vi.advanceTimersByTimeAsync(INTERVAL_MS * 3);
    expect(sweeps).toBe(4);
  });

  it('goes on at once while there is more to do', async () => {
    let left = 5;
    const loop = new BackgroundLoop('test', INTERVAL_MS, () => Promise.resolve((left -= 1) > 0));
    loop.start();
    await vi.advanceTimersByTimeAsync(10);
    expect(left).toBe(0);
    await loop.stop();
  });

  it('is woken before its time; a wake during a sweep means one more sweep, never two at once', async () => {
    let [sweeps, running, most] = [0, 0, 0];
    const loop = new BackgroundLoop('test', INTERVAL_MS, async () => {
      sweeps += 1;
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running -= 1;
      return false;
    });
    loop.start();
    await vi.advanceTimersByTimeAsync(50);
    loop.wake();
    loop.wake();
    await vi.advanceTimersByTimeAsync(300);
    expect([sweeps, most]).toEqual([2, 1]);
    loop.wake();
    await vi.advanceTimersByTimeAsync(10);
    expect(sweeps).toBe(3);
    await Promise.all([loop.stop(), vi.advanceTimersByTimeAsync(200)]);
  });

  it('tries a failed sweep again with growing delay, which wakes do not shorten, and recovers', async () => {
    const at: number[] = [];
    const started = Date.now();
    const loop = new BackgroundLoop('test', INTERVAL_MS, () => {
      at.push(Date.now() - started);
      return at.length <= 4 ? Promise.reject(new Error('down')) : Promise.resolve(false);
    });
    loop.start();
    for (let tick = 0; tick < 60; tick += 1) {
      await vi.advanceTimersByTimeAsync(500);
      loop.wake();
    }
    const gaps = at.slice(1, 5).map((time, index) => time - (at[index] ?? 0));
    gaps.forEach((gap, index) => {
      const ceiling = INTERVAL_MS * 2 ** (index + 1);
      expect(gap).toBeGreaterThanOrEqual(ceiling / 2 - 1);
      expect(gap).toBeLessThanOrEqual(ceiling + 1);
    });
    expect(at.length).toBeGreaterThan(5);
    await loop.stop();
  });

  it('waits for the sweep under way when it stops', async () => {
    let finished = false;
    const loop = new BackgroundLoop('test', INTERVAL_MS, async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      finished = true;
      return true;
    });
    loop.start();
    await vi.advanceTimersByTimeAsync(10);
    await Promise.all([loop.stop(), vi.advanceTimersByTimeAsync(200)]);
    expect(finished).toBe(true);
  });
});
