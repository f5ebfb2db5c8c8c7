import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/until.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { inTransaction } from '../commit/index.js';
import { TaskQueue } from './task-queue.js';
import { TaskRecords, TASKS_PAGE_MAX } from './task-records.js';
import type { TaskResult } from './task.js';

const RESULTS: Readonly<Record<string, TaskResult>> = {
  done: { outcome: 'DONE' },
  again: { outcome: 'RETRY', error: 'ada@example.org is busy', retryAfterMs: 60_000 },
  held: { outcome: 'HELD', error: 'paused', retryAfterMs: 60_000 },
  dead: { outcome: 'DEAD', error: 'no such account' },
};

let database: TestDatabase;
let pool: pg.Pool;
let queue: TaskQueue;
let records: TaskRecords;

async function enqueue(kind: string, key: string, about: string): Promise<void> {
  await inTransaction(pool, (tx) => queue.enqueue(tx, [{ kind, key, payload: { about } }]));
  queue.wake([kind]);
}

async function stateOf(key: string): Promise<string | undefined> {
  return (await records.list({}, undefined, TASKS_PAGE_MAX)).find((task) => task.key === key)?.state;
}

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 8);
  queue = new TaskQueue(
    pool,
    { heldBack: (tier) => (tier === 4 ? 'later' : undefined), retry: () => undefined },
    'about',
  );
  queue.register('test.work', async (tasks) => tasks.map(({ key }) => RESULTS[key] ?? { outcome: 'DONE' }));
  queue.register('test.later', async (tasks) => tasks.map(() => ({ outcome: 'DONE' })), { tier: 4 });
  await queue.start();
  await queue.work();
  records = new TaskRecords(pool, queue);
  for (const key of ['done', 'again', 'held', 'dead']) await enqueue('test.work', key, key === 'dead' ? 'B' : 'A');
  for (const key of ['w-1', 'w-2', 'w-3']) await enqueue('test.later', key, 'A');
  await eventually(async () => {
    const states = await Promise.all(['done', 'again', 'held', 'dead'].map(stateOf));
    if (states.join(' ') !== 'DONE RETRYING RETRYING DEAD') throw new Error(`not settled yet: ${states.join(' ')}`);
  });
}, 30_000);

afterAll(async () => {
  await queue.stop(1_000);
  await pool.end();
  await database.drop();
});

describe('tasks as people see them', () => {
  it('tells how each stands, how often it was tried, and why it failed, without names of persons', async () => {
    const all = await records.list({}, undefined, TASKS_PAGE_MAX);
    const shown = all.map(({ key, kind, state, attempts, error }) => [key, kind, state, attempts, error]);
    expect(shown.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
      ['again', 'test.work', 'RETRYING', 1, 'a***@***.org is busy'],
      ['dead', 'test.work', 'DEAD', 1, 'no such account'],
      ['done', 'test.work', 'DONE', 1, null],
      ['held', 'test.work', 'RETRYING', 0, 'paused'],
      ...['w-1', 'w-2', 'w-3'].map((key) => [key, 'test.later', 'WAITING', 0, null]),
    ]);
    const dead = all.find(({ key }) => key === 'dead');
    expect(dead?.payload).toEqual({ about: 'B' });
    expect(dead?.finishedAt).toMatch(/^\d{4}-.*Z$/);
    expect(all.find(({ key }) => key === 'w-1')?.startedAt).toBeNull();
  });

  it('pages, the latest first, those of a subject too', async () => {
    for (const filter of [{}, { subject: 'A' }]) {
      const all = await records.list(filter, undefined, TASKS_PAGE_MAX);
      const paged: string[] = [];
      for (let after = undefined as (typeof all)[number]['position'] | undefined; paged.length <= all.length;) {
        const page = await records.list(filter, after, 2);
        paged.push(...page.map(({ id }) => id));
        after = page.at(-1)?.position;
        if (page.length < 2) break;
      }
      expect(all.length).toBeGreaterThan(3);
      expect(paged).toEqual(all.map(({ id }) => id));
    }
    await expect(records.list({}, undefined, TASKS_PAGE_MAX + 2)).rejects.toThrow(RangeError);
  });

  it('finds them by kind, state and subject, and by their ids', async () => {
    const keys = async (filter: Parameters<TaskRecords['list']>[0]) =>
      (await records.list(filter, undefined, 50)).map(({ key }) => key).toSorted();
    expect(await keys({ kinds: ['test.later'] })).toEqual(['w-1', 'w-2', 'w-3']);
    expect(await keys({ states: ['DEAD', 'DONE'] })).toEqual(['dead', 'done']);
    expect(await keys({ kinds: ['test.work'], states: ['DEAD'] })).toEqual(['dead']);
    expect(await keys({ kinds: ['test.later'], states: ['DEAD'] })).toEqual([]);
    expect(await keys({ subject: 'A', states: ['DONE'] })).toEqual(['done']);
    const bySubject = await records.ofSubjects(['A', 'B', 'C'], 2);
    expect([...bySubject].map(([subject, tasks]) => [subject, tasks.length])).toEqual([
      ['A', 2],
      ['B', 1],
    ]);
    const [letter] = await records.list({ states: ['DEAD'] }, undefined, 1);
    const [waiting] = await records.list({ states: ['WAITING'] }, undefined, 1);
    const ids = [letter?.id ?? '', waiting?.id ?? '', '00000000-0000-4000-8000-000000000000'];
    const found = await records.byIds(ids);
    expect([...found.values()].map(({ state }) => state).toSorted()).toEqual(['DEAD', 'WAITING']);
    expect(records.subjectOf(letter ?? { payload: {} })).toBe('B');
    expect(records.subjectOf({ payload: {} })).toBeUndefined();
  });

  it('makes no second task of a key that one has which is not done', async () => {
    const letterOf = async (key: string): Promise<string> => {
      const { rows } = await pool.query<{ id: string }>(
        `insert into pgboss.job (name, data, source_name, source_output)
         values ('dead-letter', jsonb_build_object('key', $1::text, 'payload', '{}'::jsonb), 'test.later', '{"error": "x"}')
         returning id`,
        [key],
      );
      return rows[0]?.id ?? '';
    };
    const [live, twiceA, twiceB, free] = [await letterOf('w-1'), await letterOf('t'), await letterOf('t'), ''];
    expect(await queue.redriveEach([live, twiceA, twiceB, free].filter((id) => id !== ''))).toEqual(new Set([twiceB]));
    expect(await queue.redrive([live, twiceA])).toBe(0);
    const both = await Promise.all([queue.redrive([twiceA]), queue.redrive([await letterOf('u')])]);
    expect(both).toEqual([0, 1]);
    expect(await queue.discardEach([live, twiceA, twiceB])).toEqual(new Set([live, twiceA]));
    const { rows } = await pool.query(`select 1 from pgboss.job where data ->> 'key' = 't'`);
    expect(rows).toHaveLength(1);
  });

  it('reads by indexes of its own, made once', async () => {
    const { rows } = await pool.query<{ indexdef: string }>(
      `select indexdef from pg_indexes where schemaname = 'pgboss' and indexname like 'task\\_%' order by indexname`,
    );
    expect(rows.map(({ indexdef }) => indexdef.replace(/.* USING /, ''))).toEqual([
      'btree (name, state, created_on DESC, id DESC)',
      expect.stringContaining("'about'"),
    ]);
    await queue.start();
  });
});
