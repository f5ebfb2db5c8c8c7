import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { utc } from '../../src/platform/db/utc.js';
import type { EarlierDrift } from './comparison.js';
import type { Drift, DriftRun, DriftSubject, DriftTrigger } from './drift.types.js';

type Db = Pick<ClientBase, 'query'>;

const FIELDS = `r.id, r.system, r.subject, r.trigger, ${utc('r.started_at')} as "startedAt",
  ${utc('r.finished_at')} as "finishedAt", r.compared, r.equal, r.units_compared::float8 as "unitsCompared",
  r.units_off::float8 as "unitsOff", r.error`;

/** A process that dies leaves its run to the others after this long without a sign. */
export const RUN_LEASE_MS = 5 * 60_000;

const LEASE = `'drift/' || r.id`;
const IS_ALIVE = `exists (select 1 from lease l where l.name = ${LEASE} and l.until > clock_timestamp())`;

/** Only one transaction at a time starts runs of a system. */
export async function lockSystem(tx: Db, system: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`drift/${system}`]);
}

/** Ends the runs that died with their process. */
export async function endDeadRuns(tx: Db, system: string): Promise<void> {
  await tx.query({
    name: 'drift-run.end-dead',
    text: `update drift_run r set finished_at = now(), error = 'The process ended before the run did.'
           where r.system = $1 and r.finished_at is null and not ${IS_ALIVE}`,
    values: [system],
  });
}

export async function findRunsUnderWay(db: Db, system: string): Promise<readonly DriftRun[]> {
  const { rows } = await db.query<DriftRun>({
    name: 'drift-run.under-way',
    text: `select ${FIELDS} from drift_run r where r.system = $1 and r.finished_at is null and ${IS_ALIVE}`,
    values: [system],
  });
  return rows;
}

export async function insertRun(
  tx: Db,
  id: string,
  { system, subject }: DriftSubject,
  trigger: DriftTrigger,
): Promise<DriftRun> {
  await tx.query({
    name: 'drift-run.lease',
    text: `insert into lease (name, holder, until)
           values ('drift/' || $1, $1::uuid, clock_timestamp() + $2 * interval '1 millisecond')`,
    values: [id, RUN_LEASE_MS],
  });
  const { rows } = await tx.query<DriftRun>({
    name: 'drift-run.insert',
    text: `insert into drift_run as r (id, system, subject, trigger) values ($1, $2, $3, $4) returning ${FIELDS}`,
    values: [id, system, subject, trigger],
  });
  const [run] = rows;
  if (run === undefined) throw new Error('the run was not stored');
  return run;
}

/** False when the run is not ours any more. */
export async function keepAlive(db: Db, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'drift-run.keep-alive',
    text: `update lease set until = clock_timestamp() + $2 * interval '1 millisecond'
           where name = 'drift/' || $1 and until > clock_timestamp()`,
    values: [id, RUN_LEASE_MS],
  });
  return rowCount === 1;
}

export async function finishRun(
  tx: Db,
  id: string,
  figures: Pick<DriftRun, 'compared' | 'equal' | 'unitsCompared' | 'unitsOff' | 'error'>,
): Promise<void> {
  await tx.query({
    name: 'drift-run.finish',
    text: `update drift_run set finished_at = clock_timestamp(), compared = $2, equal = $3, units_compared = $4,
             units_off = $5, error = $6 where id = $1 and finished_at is null`,
    values: [id, figures.compared, figures.equal, figures.unitsCompared, figures.unitsOff, figures.error],
  });
  await tx.query({ name: 'drift-run.release', text: `delete from lease where name = 'drift/' || $1`, values: [id] });
}

export async function insertDrifts(tx: Db, runId: string, drifts: readonly Drift[]): Promise<void> {
  await tx.query({
    name: 'drift.insert',
    text: `insert into drift (run_id, key, ours, theirs, explanation, detail, healing)
           select $1, * from unnest($2::text[], $3::int[], $4::int[], $5::text[], $6::text[], $7::text[])`,
    values: [
      runId,
      drifts.map(({ key }) => key),
      drifts.map(({ ours }) => ours),
      drifts.map(({ theirs }) => theirs),
      drifts.map(({ explanation }) => explanation),
      drifts.map(({ detail }) => detail),
      drifts.map(({ healing }) => healing),
    ],
  });
}

/** The last run of the subject that came to its end, before this one. */
export async function findLastRun(
  db: Db,
  { system, subject }: DriftSubject,
): Promise<(DriftRun & { readonly ageMs: number }) | undefined> {
  const { rows } = await db.query<DriftRun & { readonly ageMs: number }>({
    name: 'drift-run.last',
    text: `select ${FIELDS}, (extract(epoch from clock_timestamp() - r.started_at) * 1000)::float8 as "ageMs"
           from drift_run r
           where r.system = $1 and r.subject = $2 and r.finished_at is not null and r.error is null
           order by r.started_at desc limit 1`,
    values: [system, subject],
  });
  return rows[0];
}

export async function readDriftsOf(db: Db, runId: string): Promise<readonly Omit<EarlierDrift, 'ageMs'>[]> {
  const { rows } = await db.query<Omit<EarlierDrift, 'ageMs'>>({
    name: 'drift.of-run',
    text: 'select key, ours, theirs, explanation, detail, healing from drift where run_id = $1',
    values: [runId],
  });
  return rows;
}

/** When each subject was last looked at, and what that run left to do. */
export interface LastLook extends DriftSubject {
  readonly startedAt: Instant;
  readonly failed: boolean;
  /** A difference waits for another reading. */
  readonly toConfirm: boolean;
}

/** Of these subjects; those that were never looked at are absent. */
export async function readLastLooks(db: Db, subjects: readonly DriftSubject[]): Promise<readonly LastLook[]> {
  const { rows } = await db.query<LastLook>({
    name: 'drift-run.last-looks',
    text: `select s.system, s.subject, ${utc('r.started_at')} as "startedAt", r.error is not null as failed,
                  exists (select 1 from drift d where d.run_id = r.id and d.healing = 'SNAPSHOT_ASKED') as "toConfirm"
           from unnest($1::text[], $2::text[]) as s (system, subject) cross join lateral (
             select r.id, r.started_at, r.error from drift_run r where r.system = s.system and r.subject = s.subject
             order by r.started_at desc limit 1
           ) r`,
    values: [subjects.map(({ system }) => system), subjects.map(({ subject }) => subject)],
  });
  return rows;
}

export interface RunFilter {
  readonly system?: DriftRun['system'] | undefined;
  readonly subject?: string | undefined;
}

/** Newest first, behind the run `after`. */
export async function listRuns(
  db: Db,
  { system, subject }: RunFilter,
  after: string | undefined,
  limit: number,
): Promise<readonly DriftRun[]> {
  const { rows } = await db.query<DriftRun>({
    name: 'drift-run.list',
    text: `select ${FIELDS} from drift_run r
           where ($1::text is null or r.system = $1) and ($2::text is null or r.subject = $2)
             and ($3::uuid is null or (r.started_at, r.id) < (select a.started_at, a.id from drift_run a where a.id = $3))
           order by r.started_at desc, r.id desc limit $4`,
    values: [system ?? null, subject ?? null, after ?? null, limit],
  });
  return rows;
}

export async function findRun(db: Db, id: string): Promise<DriftRun | undefined> {
  const { rows } = await db.query<DriftRun>({
    name: 'drift-run.find',
    text: `select ${FIELDS} from drift_run r where r.id = $1`,
    values: [id],
  });
  return rows[0];
}

/** By key, behind `after`. */
export async function listDrifts(db: Db, runId: string, after: string, limit: number): Promise<readonly Drift[]> {
  const { rows } = await db.query<Drift>({
    name: 'drift.list',
    text: `select key, ours, theirs, explanation, detail, healing from drift
           where run_id = $1 and key > $2 order by key limit $3`,
    values: [runId, after, limit],
  });
  return rows;
}

/** Unknown ids are absent. */
export async function readRuns(db: Db, ids: readonly string[]): Promise<readonly DriftRun[]> {
  const { rows } = await db.query<DriftRun>({
    name: 'drift-run.by-ids',
    text: `select ${FIELDS} from drift_run r where r.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

/** Of each run by key, behind its own `after`; `perRun` at most. */
export async function readDriftPages(
  db: Db,
  runs: readonly { readonly runId: string; readonly after: string }[],
  perRun: number,
): Promise<readonly (Drift & { readonly runId: string })[]> {
  const { rows } = await db.query<Drift & { readonly runId: string }>({
    name: 'drift.pages',
    text: `select k.run_id as "runId", d.* from unnest($1::uuid[], $2::text[]) as k (run_id, after)
             cross join lateral (
               select key, ours, theirs, explanation, detail, healing from drift d
               where d.run_id = k.run_id and d.key > k.after order by d.key limit $3
             ) d
           order by k.run_id, d.key`,
    values: [runs.map(({ runId }) => runId), runs.map(({ after }) => after), perRun],
  });
  return rows;
}

export interface DayFigures extends DriftSubject {
  readonly day: string;
  readonly runs: number;
  readonly compared: number;
  readonly equal: number;
  readonly unitsCompared: number;
  readonly unitsOff: number;
}

/** Of runs that came to their end, by UTC day, newest first. */
export async function readAccuracy(
  db: Db,
  { system, subject }: RunFilter,
  since: Instant,
  limit: number,
): Promise<readonly DayFigures[]> {
  const { rows } = await db.query<DayFigures>({
    name: 'drift-run.accuracy',
    text: `select r.system, r.subject, to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD') as day,
                  count(*)::int as runs, sum(r.compared)::float8 as compared, sum(r.equal)::float8 as equal,
                  sum(r.units_compared)::float8 as "unitsCompared", sum(r.units_off)::float8 as "unitsOff"
           from drift_run r
           where r.started_at >= $3 and r.finished_at is not null and r.error is null
             and ($1::text is null or r.system = $1) and ($2::text is null or r.subject = $2)
           group by 1, 2, 3 order by 3 desc, 1, 2 limit $4`,
    values: [system ?? null, subject ?? null, since, limit],
  });
  return rows;
}

/** Deletes runs that began longer ago, with their differences; gives how many. */
export async function pruneRuns(db: Db, keepDays: number, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'drift-run.prune',
    text: `delete from drift_run where id in (
             select id from drift_run where started_at < now() - $1 * interval '1 day' order by started_at limit $2
           )`,
    values: [keepDays, limit],
  });
  return rowCount ?? 0;
}
