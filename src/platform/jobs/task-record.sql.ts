import type { Pool } from 'pg';
import { utc } from '../db/utc.js';
import { DEAD_LETTERS } from './task.sql.js';

/** `RETRYING`: it failed or was put off, and is tried again. `DONE` is kept for an hour. `DEAD`: nobody tries again by itself. */
export const TASK_STATES = ['WAITING', 'RUNNING', 'RETRYING', 'DONE', 'DEAD'] as const;

export type TaskState = (typeof TASK_STATES)[number];

/** A task as people see it. */
export interface TaskRecord {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly state: TaskState;
  /** A running try among them. */
  readonly attempts: number;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly startAfter: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Why the last try failed, in the other side's words. */
  readonly error: string | null;
}

/** Which tasks: all that fit every part that is given. */
export interface TaskFilter {
  readonly kinds?: readonly string[];
  readonly states?: readonly TaskState[];
  /** What it is about, as the payload says. */
  readonly subject?: string;
}

/** A place in the list: when it was enqueued, or parked, with all its digits, and the id. */
export interface TaskPosition {
  readonly at: string;
  readonly id: string;
}

/** The queue's words for the states of tasks; a dead letter lies `created` in a queue of its own. */
const STORED_STATES: Readonly<Record<Exclude<TaskState, 'DEAD'>, string>> = {
  WAITING: 'created',
  RUNNING: 'active',
  RETRYING: 'retry',
  DONE: 'completed',
};

const FIELDS = `j.id, coalesce(j.source_name, j.name) as kind, j.data ->> 'key' as key,
  case when j.name = '${DEAD_LETTERS}' then 'DEAD' when j.state = 'created' then 'WAITING'
       when j.state = 'active' then 'RUNNING' when j.state = 'retry' then 'RETRYING' else 'DONE' end as state,
  greatest(0, coalesce((j.data ->> 'tried')::int, 0) - coalesce((j.data ->> 'held')::int, 0)
    + case when j.name = '${DEAD_LETTERS}' then coalesce(j.source_retry_count, 0) else j.retry_count end
    + case when j.state = 'created' and j.name <> '${DEAD_LETTERS}' then 0 else 1 end) as attempts,
  j.data -> 'payload' as payload, ${utc('coalesce(j.source_created_on, j.created_on)')} as "createdAt",
  ${utc('j.start_after')} as "startAfter", ${utc('j.started_on')} as "startedAt",
  ${utc(`case when j.name = '${DEAD_LETTERS}' then j.created_on else j.completed_on end`)} as "finishedAt",
  case when j.name = '${DEAD_LETTERS}' then coalesce(j.source_output ->> 'error', j.source_output ->> 'message')
       else coalesce(j.output ->> 'error', j.output ->> 'message') end as error`;

/** Of a letter that others put into the queue by hand nobody knows what it was. */
const IS_TASK = `(j.name <> '${DEAD_LETTERS}' and j.state in ('created', 'retry', 'active', 'completed')
  or j.name = '${DEAD_LETTERS}' and j.state = 'created' and j.source_name is not null)`;

type Found = TaskRecord & { readonly at: string };

/**
 * The latest enqueued first, dead letters by when they were parked, behind `after`. `kinds` are all that there are. Of each
 * queue and state no more than `limit` rows are read.
 */
export async function listTasks(
  pool: Pool,
  kinds: readonly string[],
  { kinds: wanted = kinds, states = TASK_STATES }: TaskFilter,
  after: TaskPosition | undefined,
  limit: number,
): Promise<readonly Found[]> {
  const live = wanted.flatMap((kind) =>
    states.flatMap((state) => (state === 'DEAD' ? [] : [{ queue: kind, state: STORED_STATES[state] }])),
  );
  const parts = states.includes('DEAD') ? [...live, { queue: DEAD_LETTERS, state: 'created' }] : live;
  const { rows } = await pool.query<Found>({
    name: 'task.list',
    text: `select ${FIELDS}, j.created_on::text as at
           from unnest($1::text[], $2::text[]) as p (queue, state)
             cross join lateral (
               select * from pgboss.job j
               where j.name = p.queue and j.state = p.state::pgboss.job_state
                 and (j.name <> '${DEAD_LETTERS}' or j.source_name = any($3::text[]))
                 and ($4::timestamptz is null or (j.created_on, j.id) < ($4, $5::uuid))
               order by j.created_on desc, j.id desc limit $6
             ) j
           order by j.created_on desc, j.id desc limit $6`,
    values: [
      parts.map(({ queue }) => queue),
      parts.map(({ state }) => state),
      wanted,
      after?.at ?? null,
      after?.id ?? null,
      limit,
    ],
  });
  return rows;
}

/** Of each subject the latest enqueued first, behind `after`; `perSubject` at most. */
export async function listTasksOfSubjects(
  pool: Pool,
  member: string,
  subjects: readonly string[],
  { kinds, states, after }: Omit<TaskFilter, 'subject'> & { readonly after?: TaskPosition },
  perSubject: number,
): Promise<readonly (Found & { readonly subject: string })[]> {
  const { rows } = await pool.query<Found & { readonly subject: string }>({
    name: 'task.of-subjects',
    text: `select s.subject, t.* from unnest($1::text[]) as s (subject)
             cross join lateral (
               select * from (select ${FIELDS}, j.created_on::text as at, j.created_on from pgboss.job j
                              where ${subjectOf(member, 'j')} = s.subject and ${IS_TASK}) t
               where ($2::text[] is null or t.kind = any($2)) and ($3::text[] is null or t.state = any($3))
                 and ($5::timestamptz is null or (t.created_on, t.id) < ($5, $6::uuid))
               order by t.created_on desc, t.id desc limit $4
             ) t
           order by s.subject, t.created_on desc, t.id desc`,
    values: [subjects, kinds ?? null, states ?? null, perSubject, after?.at ?? null, after?.id ?? null],
  });
  return rows;
}

/** Unknown ids are absent. */
export async function readTasks(
  pool: Pool,
  kinds: readonly string[],
  ids: readonly string[],
): Promise<readonly TaskRecord[]> {
  const { rows } = await pool.query<TaskRecord>({
    name: 'task.by-ids',
    text: `select ${FIELDS} from pgboss.job j where j.name = any($1::text[]) and j.id = any($2::uuid[]) and ${IS_TASK}`,
    values: [[...kinds, DEAD_LETTERS], ids],
  });
  return rows;
}

const INDEX_LOCK = 'task-indexes';

/**
 * What people look for tasks by, besides what the queue itself needs. Looked for first: to create an index, even one that is
 * there, waits for all who write.
 */
export async function installTaskIndexes(pool: Pool, member: string): Promise<void> {
  const wanted = {
    task_listed: `create index if not exists task_listed on pgboss.job_common (name, state, created_on desc, id desc)`,
    task_subject: `create index if not exists task_subject on pgboss.job_common ((${subjectOf(member, 'job_common')}))
                   where ${subjectOf(member, 'job_common')} is not null`,
  };
  const { rows } = await pool.query<{ indexname: string }>(
    `select indexname from pg_indexes where schemaname = 'pgboss' and indexname = any($1::text[])`,
    [Object.keys(wanted)],
  );
  const missing = Object.entries(wanted).filter(([name]) => !rows.some(({ indexname }) => indexname === name));
  if (missing.length === 0) return;
  // Processes that start together wait for the first.
  const statements = missing.map(([, statement]) => statement).join('; ');
  await pool.query(`begin; select pg_advisory_xact_lock(hashtextextended('${INDEX_LOCK}', 0)); ${statements}; commit`);
}

/** The member of the payload that says what a task is about. Its name stands in the SQL as it is: letters alone. */
function subjectOf(member: string, alias: string): string {
  if (!/^[A-Za-z]+$/.test(member)) throw new RangeError(`"${member}" cannot be the subject of tasks`);
  return `(${alias}.data -> 'payload' ->> '${member}')`;
}
