import type { Pool } from 'pg';
import type { ClientBase } from 'pg';

/** What the queue keeps of a task. */
export interface StoredTask {
  readonly key: string;
  readonly payload: object;
  /** Tries before this round: it was a dead letter meanwhile. */
  readonly tried?: number;
  /** Times that it was put back without having been tried. */
  readonly held?: number;
}

/** A task that is put back: by the library's id and the claim it was fetched with. */
export interface PutBack {
  readonly id: string;
  readonly claim: number;
  readonly afterMs: number;
  readonly error: string;
  /** False: the try is not counted. */
  readonly counts: boolean;
}

/**
 * Puts running tasks of one kind back, each for its own time. A task that another worker took over meanwhile is left alone.
 * Done in place of the library's own retry, which knows one delay for a whole queue.
 */
export async function putBackTasks(pool: Pool, kind: string, tasks: readonly PutBack[]): Promise<void> {
  if (tasks.length === 0) return;
  await pool.query({
    name: 'task.put-back',
    text: `update pgboss.job j
           set state = 'retry', heartbeat_on = null,
               start_after = clock_timestamp() + p.after_ms * interval '1 millisecond',
               output = jsonb_build_object('error', p.error),
               data = case when p.counts then j.data
                      else j.data || jsonb_build_object('held', coalesce((j.data ->> 'held')::int, 0) + 1) end
           from unnest($2::uuid[], $3::int[], $4::float8[], $5::text[], $6::bool[])
                  as p (id, claim, after_ms, error, counts)
           where j.name = $1 and j.id = p.id and j.retry_count = p.claim and j.state = 'active'`,
    values: [
      kind,
      tasks.map((task) => task.id),
      tasks.map((task) => task.claim),
      tasks.map((task) => task.afterMs),
      tasks.map((task) => task.error),
      tasks.map((task) => task.counts),
    ],
  });
}

/** When the task was ready that has waited longest, by kind; only kinds of which one is ready. */
export async function readOldestReady(pool: Pool, kinds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await pool.query<{ kind: string; ready_at: Date }>({
    name: 'task.oldest-ready',
    text: `select k.kind, j.start_after as ready_at
           from unnest($1::text[]) as k (kind)
           cross join lateral (
             select start_after from pgboss.job
             where name = k.kind and state < 'active' and not blocked and start_after <= clock_timestamp()
             order by priority desc, created_on limit 1
           ) j`,
    values: [kinds],
  });
  return new Map(rows.map((row) => [row.kind, row.ready_at]));
}

/** Which dead letters: all that fit every part that is given. */
export interface DeadLetterFilter {
  readonly ids?: readonly string[];
  readonly kinds?: readonly string[];
  /** Members that the payload must have: `{ orderId }`. */
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly since?: string;
  readonly until?: string;
}

export interface DeadLetterPage {
  readonly limit: number;
  /** The id of the last one of the page before. */
  readonly after?: string;
}

/** A task that will not be tried again by itself. */
export interface DeadLetter {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly payload: object;
  readonly tries: number;
  /** Why the last try failed. */
  readonly error: string;
  readonly enqueuedAt: string;
  readonly parkedAt: string;
}

export const DEAD_LETTERS = 'dead-letter';

interface DeadLetterRow {
  readonly id: string;
  readonly kind: string;
  readonly data: StoredTask;
  readonly claims: number;
  readonly error: string | null;
  readonly enqueued_at: Date;
  readonly parked_at: Date;
}

/** Newest first. */
export async function readDeadLetters(
  db: Pool | ClientBase,
  filter: DeadLetterFilter,
  page: DeadLetterPage,
): Promise<readonly DeadLetter[]> {
  const { rows } = await db.query<DeadLetterRow>({
    name: 'task.dead-letters',
    text: `select id, source_name as kind, data, coalesce(source_retry_count, 0) as claims,
                  coalesce(source_output ->> 'error', source_output ->> 'message') as error,
                  coalesce(source_created_on, created_on) as enqueued_at, created_on as parked_at
           from pgboss.job j
           where name = '${DEAD_LETTERS}' and state = 'created' and source_name is not null
             and ($1::uuid[] is null or id = any($1))
             and ($2::text[] is null or source_name = any($2))
             and ($3::jsonb is null or data -> 'payload' @> $3)
             and ($4::timestamptz is null or created_on >= $4)
             and ($5::timestamptz is null or created_on < $5)
             and ($6::uuid is null or (created_on, id) < (select l.created_on, l.id from pgboss.job l
                                                          where l.name = '${DEAD_LETTERS}' and l.id = $6))
           order by created_on desc, id desc limit $7`,
    values: [
      filter.ids ?? null,
      filter.kinds ?? null,
      filter.payload === undefined ? null : JSON.stringify(filter.payload),
      filter.since ?? null,
      filter.until ?? null,
      page.after ?? null,
      page.limit,
    ],
  });
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    key: row.data.key,
    payload: row.data.payload,
    tries: triesOf(row.data, row.claims) + 1,
    error: row.error ?? 'no reason was kept',
    enqueuedAt: row.enqueued_at.toISOString(),
    parkedAt: row.parked_at.toISOString(),
  }));
}

/** How many there are, by kind. */
export async function countDeadLetters(db: Pool): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ kind: string; count: number }>({
    name: 'task.dead-letter-count',
    text: `select source_name as kind, count(*)::int as count from pgboss.job
           where name = '${DEAD_LETTERS}' and state = 'created' and source_name is not null group by source_name`,
  });
  return new Map(rows.map((row) => [row.kind, row.count]));
}

/** Only one redrive at a time: what two find free could be one task. */
const REDRIVE_LOCK = `select pg_advisory_xact_lock(hashtextextended('task.redrive', 0))`;

/** No task of its kind that is not done has its key, and of several letters with one key it is the newest. */
const IS_FREE = `not exists (select 1 from pgboss.job l
                             where l.name = j.source_name and l.state in ('created', 'retry', 'active')
                               and l.data ->> 'key' = j.data ->> 'key')
  and not exists (select 1 from pgboss.job o
                  where o.name = '${DEAD_LETTERS}' and o.state = 'created' and o.id = any($1::uuid[])
                    and o.source_name = j.source_name and o.data ->> 'key' = j.data ->> 'key'
                    and (o.created_on, o.id) > (j.created_on, j.id))`;

/**
 * Takes dead letters out and gives what to enqueue; those that are gone meanwhile are left out, and of `FREE` those whose work
 * another task does.
 */
export async function takeDeadLetters(
  tx: ClientBase,
  ids: readonly string[],
  which: 'ALL' | 'FREE',
): Promise<readonly { readonly id: string; readonly kind: string; readonly task: StoredTask }[]> {
  if (which === 'FREE') await tx.query(REDRIVE_LOCK);
  const { rows } = await tx.query<Pick<DeadLetterRow, 'id' | 'kind' | 'data' | 'claims'>>({
    name: `task.take-dead-letters.${which}`,
    text: `delete from pgboss.job j
           where name = '${DEAD_LETTERS}' and state = 'created' and source_name is not null and id = any($1::uuid[])
             ${which === 'FREE' ? `and ${IS_FREE}` : ''}
           returning id, source_name as kind, data, coalesce(source_retry_count, 0) as claims`,
    values: [ids],
  });
  return rows.map(({ id, kind, data, claims }) => ({
    id,
    kind,
    task: { key: data.key, payload: data.payload, tried: triesOf(data, claims) + 1 },
  }));
}

/** Tries before the one of this claim. A claim that was put back untried is none. */
export function triesOf({ tried = 0, held = 0 }: StoredTask, claims: number): number {
  return tried + claims - held;
}
