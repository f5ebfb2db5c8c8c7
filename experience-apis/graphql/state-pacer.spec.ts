import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StatePacer } from './state-pacer.js';

const EVERY_MS = 1_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

it('reads at once after a change, then at most once in a while with the newest, and twice more when changes cease', async () => {
  const read: string[] = [];
  const stop = new AbortController();
  const pacer = new StatePacer(EVERY_MS, async ({ id }) => void read.push(id));
  const running = pacer.run(stop.signal);
  await pass(5 * EVERY_MS);
  expect(read).toEqual([]);
  pacer.changed({ tx: '1', id: '1' });
  await pass(1);
  expect(read).toEqual(['1']);
  for (const id of ['2', '3', '4']) {
    pacer.changed({ tx: '1', id });
    await pass(100);
  }
  expect(read).toEqual(['1']);
  await pass(EVERY_MS);
  expect(read).toEqual(['1', '4']);
  await pass(10 * EVERY_MS);
  expect(read).toEqual(['1', '4', '4', '4']);
  pacer.changed({ tx: '1', id: '5' });
  await pass(1);
  expect(read.at(-1)).toBe('5');
  stop.abort();
  await running;
});

it('ends when a reading fails', async () => {
  const pacer = new StatePacer(EVERY_MS, () => Promise.reject(new Error('away')));
  const running = pacer.run(new AbortController().signal);
  pacer.changed({ tx: '1', id: '1' });
  await expect(running).rejects.toThrow('away');
});
