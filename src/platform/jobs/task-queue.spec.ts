import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/until.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { inTransaction } from '../commit/index.js';
import { TaskQueue, type TaskPolicies } from './task-queue.js';
import type { Task, TaskHandler, TaskQueueOptions, TaskResult, TaskRun } from './task.js';

const DONE: TaskResult = { outcome: 'DONE' };

let database: TestDatabase;
let pool: pg.Pool;
const queues: TaskQueue[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 8);
});

afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.stop(2_000)));
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function working(
  kind: string,
  handler: TaskHandler,
  options?: Partial<TaskQueueOptions>,
  policies?: TaskPolicies,
): Promise<TaskQueue> {
  const queue = new TaskQueue(pool, policies);
  queues.push(queue);
  queue.register(kind, handler, options);
  await queue.start();
  await queue.work();
  return queue;
}

async function enqueue(queue: TaskQueue, kind: string, keys: readonly string[]): Promise<void> {
  const tasks = keys.map((key): Task => ({ kind, key, payload: { about: key } }));
  await inTransaction(pool, (tx) => queue.enqueue(tx, tasks));
  queue.wake([kind]);
}

async function statesOf(name: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ state: string }>('select state::text from pgboss.job where name = $1', [name]);
  return rows.map((row) => row.state).toSorted();
}

/** A handler that gives what `answer` says of each task, and remembers what it ran. */
function remembering(answer: (task: TaskRun) => TaskResult): {
  readonly runs: TaskRun[];
  readonly handler: TaskHandler;
} {
  const runs: TaskRun[] = [];
  const handler: TaskHandler = (tasks) => {
    runs.push(...tasks);
    return Promise.resolve(tasks.map(answer));
  };
  return { runs, handler };
}

describe('the task queue', () => {
  it('does each task once, with what it was enqueued with', async () => {
    const { runs, handler } = remembering(() => DONE);
    const queue = await working('test.once', handler);
    const keys = Array.from({ length: 50 }, (_, index) => `task-${String(index).padStart(2, '0')}`);
    await enqueue(queue, 'test.once', keys);
    await eventually(() => expect(runs).toHaveLength(50));
    expect(runs.map((run) => run.key).toSorted()).toEqual(keys);
    expect(runs[0]).toMatchObject({ kind: 'test.once', attempt: 0, payload: { about: runs[0]?.key } });
    await eventually(async () => expect(new Set(await statesOf('test.once'))).toEqual(new Set(['completed'])));
  });

  it('is woken by the process that enqueued: no wait for the next poll', async () => {
    const { runs, handler } = remembering(() => DONE);
    const queue = await working('test.wake', handler);
    const waits: number[] = [];
    // Unwoken, each would come a whole poll of 500 ms after the one before it.
    for (let count = 1; count <= 6; count += 1) {
      const before = performance.now();
      await enqueue(queue, 'test.wake', [`now-${count}`]);
      await eventually(() => expect(runs).toHaveLength(count));
      waits.push(performance.now() - before);
    }
    expect(Math.min(...waits)).toBeLessThan(400);
  });

  it('holds a task if and only if the transaction that enqueued it commits', async () => {
    const { runs, handler } = remembering(() => DONE);
    const queue = await working('test.atomic', handler);
    const refused = inTransaction(pool, async (tx) => {
      await queue.enqueue(tx, [{ kind: 'test.atomic', key: 'never', payload: {} }]);
      throw new Error('rolled back');
    });
    await expect(refused).rejects.toThrow('rolled back');
    const open = await pool.connect();
    await open.query('begin');
    await queue.enqueue(open, [{ kind: 'test.atomic', key: 'later', payload: {} }]);
    queue.wake(['test.atomic']);
    await pause(700);
    expect(runs).toEqual([]);
    await open.query('commit');
    open.release();
    await eventually(() => expect(runs.map((run) => run.key)).toEqual(['later']));
  });

  it('tries a failed task again, later each time, and counts the attempts; others of its batch are done', async () => {
    const at: number[] = [];
    const { runs, handler } = remembering((task) => {
      if (task.key !== 'weak') return DONE;
      at.push(performance.now());
      return task.attempt < 2 ? { outcome: 'RETRY', error: 'no answer' } : DONE;
    });
    const queue = await working('test.retry', handler, { retry: { limit: 9, delayS: 1, delaySMax: 4 } });
    await enqueue(queue, 'test.retry', ['well', 'weak']);
    await eventually(() => expect(at).toHaveLength(3));
    const weak = runs.filter((run) => run.key === 'weak');
    expect(weak.map((run) => run.attempt)).toEqual([0, 1, 2]);
    expect(runs.filter((run) => run.key === 'well')).toHaveLength(1);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(400);
  }, 20_000);

  it('tries a whole batch again when its handler throws', async () => {
    let calls = 0;
    const done: string[] = [];
    const queue = await working(
      'test.throw',
      (tasks) => {
        calls += 1;
        if (calls === 1) return Promise.reject(new Error('a broken handler'));
        done.push(...tasks.map((task) => task.key));
        return Promise.resolve(tasks.map(() => DONE));
      },
      { retry: { limit: 9, delayS: 1, delaySMax: 4 } },
    );
    await enqueue(queue, 'test.throw', ['a', 'b']);
    await eventually(() => expect(done.toSorted()).toEqual(['a', 'b']));
  }, 20_000);

  it.each([
    ['at once when trying again is useless', 'test.useless', { outcome: 'DEAD', error: 'no such order' }, {}, 1],
    [
      'after its last try',
      'test.last',
      { outcome: 'RETRY', error: 'down' },
      { retry: { limit: 1, delayS: 1, delaySMax: 1 } },
      2,
    ],
  ] as const)(
    'parks a task as a dead letter %s',
    async (_, kind, result, options, tries) => {
      const { runs, handler } = remembering(() => result);
      const queue = await working(kind, handler, options);
      await enqueue(queue, kind, ['lost']);
      await eventually(async () => expect(await statesOf(kind)).toEqual(['failed']));
      expect(runs).toHaveLength(tries);
      const { rows } = await pool.query(
        `select data from pgboss.job where name = 'dead-letter' and data -> 'payload' ->> 'about' = 'lost'
       order by created_on desc limit 1`,
      );
      expect(rows).toEqual([{ data: { key: 'lost', payload: { about: 'lost' } } }]);
    },
    20_000,
  );

  it('treats a missing result as a failure, not as done', async () => {
    const queue = await working('test.silent', () => Promise.resolve([]), {
      retry: { limit: 0, delayS: 1, delaySMax: 1 },
    });
    await enqueue(queue, 'test.silent', ['unheard']);
    await eventually(async () => expect(await statesOf('test.silent')).toEqual(['failed']));
  });

  it('says at the last try that it is the last', async () => {
    const { runs, handler } = remembering(() => ({ outcome: 'RETRY', error: 'down' }));
    const queue = await working('test.says-last', handler, { retry: { limit: 1, delayS: 1, delaySMax: 1 } });
    await enqueue(queue, 'test.says-last', ['t']);
    await eventually(() => expect(runs).toHaveLength(2));
    expect(runs.map((run) => [run.attempt, run.lastTry])).toEqual([
      [0, false],
      [1, true],
    ]);
  }, 15_000);

  it('waits as long as the other side asks', async () => {
    const at: number[] = [];
    const { handler } = remembering(() => {
      at.push(performance.now());
      return at.length === 1 ? { outcome: 'RETRY', error: 'slow down', retryAfterMs: 3_000 } : DONE;
    });
    const queue = await working('test.asked', handler, { retry: { limit: 3, delayS: 1, delaySMax: 1 } });
    await enqueue(queue, 'test.asked', ['t']);
    await eventually(() => expect(at).toHaveLength(2));
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(2_900);
  }, 15_000);

  it('takes no try from a task that could not be sent', async () => {
    const { runs, handler } = remembering(() =>
      runs.length < 5 ? { outcome: 'HELD', error: 'paused', retryAfterMs: 10 } : DONE,
    );
    const queue = await working('test.held', handler, { retry: { limit: 0, delayS: 1, delaySMax: 1 } });
    await enqueue(queue, 'test.held', ['t']);
    await eventually(async () => expect(await statesOf('test.held')).toEqual(['completed']));
    expect(runs.map((run) => run.attempt)).toEqual([0, 0, 0, 0, 0]);
  }, 20_000);

  it('fetches nothing of a kind that is held back, and all of it afterwards, without a try lost', async () => {
    const { runs, handler } = remembering(() => DONE);
    let held: string | undefined = 'bank is paused by ops: stocktaking';
    const policies: TaskPolicies = {
      heldBack: (_tier, target) => (target === undefined ? undefined : held),
      retry: () => undefined,
    };
    const target = { system: 'bank', use: 'openAccount' };
    const queue = await working('test.paused', handler, { target }, policies);
    await enqueue(queue, 'test.paused', ['a', 'b', 'c']);
    await pause(1_500);
    expect(await statesOf('test.paused')).toEqual(['created', 'created', 'created']);
    expect((await queue.backlog())[0]).toMatchObject({ kind: 'test.paused', heldBack: held, target });
    held = undefined;
    await eventually(() => expect(runs).toHaveLength(3));
    expect(runs.map((run) => run.attempt)).toEqual([0, 0, 0]);
    held = 'again';
    await eventually(async () => expect((await queue.backlog())[0]?.heldBack).toBe('again'));
    await pause(700);
    await enqueue(queue, 'test.paused', ['d']);
    await pause(1_000);
    expect(runs).toHaveLength(3);
  }, 20_000);

  it('lets lower tiers wait and higher ones go on', async () => {
    const low = remembering(() => DONE);
    const high = remembering(() => DONE);
    const queue = new TaskQueue(pool, {
      heldBack: (tier) => (tier > 2 ? 'Waits for more urgent work' : undefined),
      retry: () => undefined,
    });
    queues.push(queue);
    queue.register('test.high', high.handler, { tier: 2 });
    queue.register('test.low', low.handler, { tier: 4 });
    await queue.start();
    await queue.work();
    await enqueue(queue, 'test.low', ['l']);
    await enqueue(queue, 'test.high', ['h']);
    await eventually(() => expect(high.runs).toHaveLength(1));
    await pause(600);
    expect(low.runs).toEqual([]);
    const oldest = await queue.oldestReady();
    expect(oldest.map(({ tier }) => tier)).toEqual([4]);
    expect(oldest[0]?.ms).toBeGreaterThan(500);
  }, 15_000);

  it('lists dead letters and does them again, under their keys and with their tries counted', async () => {
    let good = false;
    const { runs, handler } = remembering(() => (good ? DONE : { outcome: 'DEAD', error: 'no such account' }));
    const queue = await working('test.redrive', handler);
    await enqueue(queue, 'test.redrive', ['x', 'y']);
    const find = () => queue.deadLetters({ kinds: ['test.redrive'], payload: { about: 'x' } }, { limit: 10 });
    await eventually(async () => expect(await find()).toHaveLength(1));
    const [letter] = await find();
    expect(letter).toMatchObject({ kind: 'test.redrive', key: 'x', tries: 1, error: 'no such account' });
    const all = await queue.deadLetters({ kinds: ['test.redrive'] }, { limit: 1 });
    const rest = await queue.deadLetters({ kinds: ['test.redrive'] }, { limit: 9, after: all[0]?.id ?? '' });
    expect([...all, ...rest].map(({ key }) => key).toSorted()).toEqual(['x', 'y']);
    good = true;
    expect(await queue.redrive([letter?.id ?? ''])).toBe(1);
    expect(await queue.redrive([letter?.id ?? ''])).toBe(0);
    await eventually(() => expect(runs).toHaveLength(3));
    expect(runs[2]).toMatchObject({ key: 'x', payload: { about: 'x' }, attempt: 1 });
    expect((await queue.backlog())[0]?.deadLetters).toBe(1);
  }, 20_000);

  it('tells before it parks a task that ended the process at each try, until it is heard', async () => {
    const { runs, handler } = remembering(() => DONE);
    const queue = new TaskQueue(pool);
    queues.push(queue);
    queue.register('test.deadly', handler, { retry: { limit: 0, delayS: 1, delaySMax: 1 } });
    const told: string[] = [];
    queue.onGivenUp(async (tasks, error) => {
      told.push(...tasks.map(({ key }) => `${key}: ${error}`));
      if (told.length === 1) throw new Error('nobody heard');
    });
    await queue.start();
    await enqueue(queue, 'test.deadly', ['d']);
    await pool.query(`update pgboss.job set retry_count = 20 where name = 'test.deadly'`);
    await queue.work();
    const find = () => queue.deadLetters({ kinds: ['test.deadly'] }, { limit: 10 });
    await eventually(async () => expect(await find()).toHaveLength(1));
    expect(told).toEqual(Array(2).fill('d: the process ended at each try'));
    expect(runs).toEqual([]);
    const ids = (await find()).map(({ id }) => id);
    expect([await queue.discard(ids), await queue.discard(ids)]).toEqual([1, 0]);
    expect(await find()).toEqual([]);
  }, 15_000);

  it('leaves tasks that nobody works on where they are, and says how many', async () => {
    const queue = new TaskQueue(pool);
    queues.push(queue);
    queue.register('test.idle', () => Promise.resolve([]));
    await queue.start();
    await enqueue(queue, 'test.idle', ['one', 'two']);
    expect(await statesOf('test.idle')).toEqual(['created', 'created']);
    await eventually(async () =>
      expect((await queue.backlog()).find(({ kind }) => kind === 'test.idle')?.waiting).toBe(2),
    );
  }, 15_000);

  it('refuses two handlers for one kind', () => {
    const queue = new TaskQueue(pool);
    queue.register('test.twice', () => Promise.resolve([]));
    expect(() => queue.register('test.twice', () => Promise.resolve([]))).toThrow('two handlers');
  });

  it('fails the transaction that enqueues a kind that nobody registered', async () => {
    const { handler } = remembering(() => DONE);
    const queue = await working('test.known', handler);
    const refused = inTransaction(pool, (tx) => queue.enqueue(tx, [{ kind: 'test.unknown', key: 'k', payload: {} }]));
    await expect(refused).rejects.toThrow(/test\.unknown/);
  });
});
