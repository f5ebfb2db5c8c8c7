import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CommitQueueFullError, GroupCommit } from './group-commit.js';

/** A commit that stays under way until it is let go; remembers what it was given. */
class Gate {
  readonly batches: (readonly number[])[] = [];
  private readonly waiting: (() => void)[] = [];

  readonly run = async (batch: readonly number[]): Promise<readonly number[]> => {
    this.batches.push(batch);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (batch.includes(-1)) throw new Error('poison');
    return batch.map((input) => input * 10);
  };

  async letGo(): Promise<void> {
    this.waiting.shift()?.();
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  }
}

const LIMITS = { batchMax: 4, inFlightMax: 1, queueMax: 10 };

describe('group commit', () => {
  it('sends a lone caller out at once', async () => {
    const gate = new Gate();
    const group = new GroupCommit(gate.run, LIMITS);
    const answer = group.submit(1);
    await nextTurn();
    expect(gate.batches).toEqual([[1]]);
    await gate.letGo();
    expect(await answer).toBe(10);
  });

  it('combines callers of one turn of the event loop', async () => {
    const gate = new Gate();
    const group = new GroupCommit(gate.run, LIMITS);
    const answers = [1, 2, 3].map((input) => group.submit(input));
    await nextTurn();
    expect(gate.batches).toEqual([[1, 2, 3]]);
    await gate.letGo();
    expect(await Promise.all(answers)).toEqual([10, 20, 30]);
  });

  it('lets callers gather while all slots are busy, in batches of the limit, in order', async () => {
    const gate = new Gate();
    const group = new GroupCommit(gate.run, LIMITS);
    const first = group.submit(0);
    await nextTurn();
    const answers = [1, 2, 3, 4, 5].map((input) => group.submit(input));
    await nextTurn();
    expect(gate.batches).toEqual([[0]]);
    expect(group.depth).toBe(5);
    for (let commit = 0; commit < 3; commit += 1) await gate.letGo();
    expect(gate.batches).toEqual([[0], [1, 2, 3, 4], [5]]);
    expect(await Promise.all([first, ...answers])).toEqual([0, 10, 20, 30, 40, 50]);
  });

  it('runs as many commits side by side as it may', async () => {
    const gate = new Gate();
    const group = new GroupCommit(gate.run, { ...LIMITS, inFlightMax: 2 });
    const answers = Array.from({ length: 10 }, (_, input) => group.submit(input));
    await nextTurn();
    expect(gate.batches).toHaveLength(2);
    for (let commit = 0; commit < 3; commit += 1) await gate.letGo();
    expect(await Promise.all(answers)).toHaveLength(10);
    expect(gate.batches.map((batch) => batch.length)).toEqual([4, 4, 2]);
  });

  it('refuses callers over the bound at once, and takes new ones when there is room', async () => {
    const gate = new Gate();
    const group = new GroupCommit(gate.run, LIMITS);
    const first = group.submit(0);
    await nextTurn();
    const waiting = Array.from({ length: LIMITS.queueMax }, (_, input) => group.submit(input));
    await expect(group.submit(99)).rejects.toThrow(CommitQueueFullError);
    await gate.letGo();
    const late = group.submit(7);
    for (let commit = 0; commit < 4; commit += 1) await gate.letGo();
    expect(await Promise.all([first, ...waiting, late])).toHaveLength(LIMITS.queueMax + 2);
  });

  it('lets a poisonous submission fail alone', async () => {
    const gate = new Gate();
    const group = new GroupCommit(gate.run, LIMITS);
    const answers = Promise.allSettled([1, -1, 2].map((input) => group.submit(input)));
    await nextTurn();
    for (let commit = 0; commit < 4; commit += 1) await gate.letGo();
    expect((await answers).map((answer) => (answer.status === 'fulfilled' ? answer.value : 'failed'))).toEqual([
      10,
      'failed',
      20,
    ]);
    expect(gate.batches).toEqual([[1, -1, 2], [1], [-1], [2]]);
  });

  it('asks a database that is away once for the whole batch', async () => {
    const gone = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    let tries = 0;
    const group = new GroupCommit<number, number>(() => {
      tries += 1;
      return Promise.reject(gone);
    }, LIMITS);
    const answers = await Promise.allSettled([1, 2, 3].map((input) => group.submit(input)));
    expect(answers.map((answer) => answer.status === 'rejected' && answer.reason === gone)).toEqual([true, true, true]);
    expect(tries).toBe(1);
  });

  it('drains: nothing waits, nothing is under way', async () => {
    const done: number[] = [];
    const group = new GroupCommit<number, number>((batch) => {
      done.push(...batch);
      return Promise.resolve(batch);
    }, LIMITS);
    const answers = [1, 2, 3, 4, 5, 6].map((input) => group.submit(input));
    await group.drain();
    expect(done).toEqual([1, 2, 3, 4, 5, 6]);
    await Promise.all(answers);
  });
});
