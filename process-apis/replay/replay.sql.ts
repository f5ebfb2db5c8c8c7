import type { ClientBase, Pool } from 'pg';
import { storableJson } from '../../src/platform/db/storable-json.js';
import { utc } from '../../src/platform/db/utc.js';
import type { ReplayChange, ReplayKind, ReplayRequest, ReplayRun, ReplaySelection } from './replay.types.js';

type Db = Pick<Pool | ClientBase, 'query'>;

/** Kept of one run: the first ones, enough to see what it is about. */
export const CHANGES_KEPT_MAX = 1_000;

/** The lease under which a process works on a run. */
export function leaseName(runId: string): string {
  return `replay/${runId}`;
}

const COLUMNS = `r.id, r.kind, r.selection, r.dry_run as "dryRun", r.per_second as "perSecond", r.status,
  r.looked_at as "lookedAt", r.changed, r.unchanged, r.refused, r.error, r.requested_by as "requestedBy",
  ${utc('r.started_at')} as "startedAt", ${utc('r.updated_at')} as "updatedAt", ${utc('r.finished_at')} as "finishedAt",
  exists (select from lease l where l.name = 'replay/' || r.id and l.until > clock_timestamp()) as working`;

type RunRow = Omit<ReplayRun, 'error' | 'finishedAt'> & {
  readonly error: string | null;
  readonly finishedAt: string | null;
};

/** New requests and restarts one after the other: of one selection there is one run at a time. */
export async function lockRequests(tx: Db): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('replay-requests'))`);
}

export async function insertRun(tx: Db, id: string, request: ReplayRequest): Promise<void> {
  await tx.query({
    name: 'replay-run.insert',
    text: `insert into replay_run (id, kind, selection, dry_run, per_second, requested_by)
           values ($1, $2, $3::jsonb, $4, $5, $6)`,
    values: [id, request.kind, storableJson(request.selection), request.dryRun, request.perSecond, request.actor],
  });
}

/** The run of the same selection that goes on now. */
export async function findRunning(db: Db, kind: ReplayKind, selection: ReplaySelection): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>({
    name: 'replay-run.same',
    text: `select id from replay_run where status = 'RUNNING' and kind = $1 and selection = $2::jsonb limit 1`,
    values: [kind, storableJson(selection)],
  });
  return rows[0]?.id;
}

export async function readRun(db: Db, id: string): Promise<ReplayRun | undefined> {
  const { rows } = await db.query<RunRow>({
    name: 'replay-run.read',
    text: `select ${COLUMNS} from replay_run r where r.id = $1`,
    values: [id],
  });
  return rows[0] === undefined ? undefined : toRun(rows[0]);
}

/** Unknown ids are absent. */
export async function readRuns(db: Db, ids: readonly string[]): Promise<readonly ReplayRun[]> {
  const { rows } = await db.query<RunRow>({
    name: 'replay-run.by-ids',
    text: `select ${COLUMNS} from replay_run r where r.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map(toRun);
}

/** Newest first; `before` is the id of the last one seen. */
export async function listRuns(db: Db, before: string | undefined, limit: number): Promise<readonly ReplayRun[]> {
  const { rows } = await db.query<RunRow>({
    name: 'replay-run.list',
    text: `select ${COLUMNS} from replay_run r where ($1::uuid is null or r.id < $1) order by r.id desc limit $2`,
    values: [before ?? null, limit],
  });
  return rows.map(toRun);
}

/** Runs that nobody works on now, those that have waited longest first. */
export async function findIdleRuns(db: Db, limit: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'replay-run.idle',
    text: `select r.id from replay_run r
           where r.status = 'RUNNING'
             and not exists (select from lease l where l.name = 'replay/' || r.id and l.until > clock_timestamp())
           order by r.updated_at limit $1`,
    values: [limit],
  });
  return rows.map(({ id }) => id);
}

export async function readCursor(db: Db, id: string): Promise<string | undefined> {
  const { rows } = await db.query<{ cursor: string | null }>({
    name: 'replay-run.cursor',
    text: 'select cursor from replay_run where id = $1',
    values: [id],
  });
  return rows[0]?.cursor ?? undefined;
}

/** What a slice of a run did. */
export interface Progress {
  readonly cursor: string | undefined;
  readonly lookedAt: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
}

/** Adds a slice to a run that stands where the slice began. False: another process went on with it. */
export async function recordProgress(
  tx: Db,
  id: string,
  from: string | undefined,
  progress: Progress,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'replay-run.progress',
    text: `update replay_run set cursor = $3, looked_at = looked_at + $4, changed = changed + $5,
             unchanged = unchanged + $6, refused = refused + $7, updated_at = now()
           where id = $1 and cursor is not distinct from $2::text and status in ('RUNNING', 'STOPPED')`,
    values: [
      id,
      from ?? null,
      progress.cursor ?? null,
      progress.lookedAt,
      progress.changed,
      progress.unchanged,
      progress.refused,
    ],
  });
  return rowCount === 1;
}

/** Keeps the first CHANGES_KEPT_MAX of a run; a slice that is done again says the same again. */
export async function insertChanges(tx: Db, runId: string, changes: readonly ReplayChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query({
    name: 'replay-change.insert',
    text: `insert into replay_change (run_id, subject, outcome, detail)
           select $1, subject, outcome, detail
           from unnest($2::text[], $3::text[], $4::json[]) with ordinality as c (subject, outcome, detail, place)
           where place <= $5 - (select count(*) from replay_change where run_id = $1)
           on conflict (run_id, subject) do nothing`,
    values: [
      runId,
      changes.map(({ subject }) => subject),
      changes.map(({ outcome }) => outcome),
      changes.map(({ detail }) => storableJson(detail)),
      CHANGES_KEPT_MAX,
    ],
  });
}

/** By subject; `after` is the last one seen. */
export async function listChanges(
  db: Db,
  runId: string,
  after: string | undefined,
  limit: number,
): Promise<readonly ReplayChange[]> {
  const { rows } = await db.query<ReplayChange>({
    name: 'replay-change.list',
    text: `select subject, outcome, detail from replay_change
           where run_id = $1 and ($2::text is null or subject > $2) order by subject limit $3`,
    values: [runId, after ?? null, limit],
  });
  return rows;
}

export type RunEnd = 'DONE' | 'STOPPED' | 'FAILED';

/** False: it does not run. */
export async function endRun(db: Db, id: string, status: RunEnd, error?: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'replay-run.end',
    text: `update replay_run set status = $2, error = $3, updated_at = now(), finished_at = now()
           where id = $1 and status = 'RUNNING'`,
    values: [id, status, error ?? null],
  });
  return rowCount === 1;
}

/** Lets a run go on that was stopped or failed. False: it is another's turn, or it is done. */
export async function restartRun(tx: Db, id: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'replay-run.restart',
    text: `update replay_run set status = 'RUNNING', error = null, finished_at = null, updated_at = now()
           where id = $1 and status in ('STOPPED', 'FAILED')`,
    values: [id],
  });
  return rowCount === 1;
}

function toRun({ error, finishedAt, ...run }: RunRow): ReplayRun {
  return { ...run, ...(error === null ? {} : { error }), ...(finishedAt === null ? {} : { finishedAt }) };
}
