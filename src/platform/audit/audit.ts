import { randomUUIDv7 } from 'node:crypto';
import type { ClientBase } from 'pg';
import { storableJson } from '../db/storable-json.js';
import { utc } from '../db/utc.js';
import { endOfIdsBefore, firstIdFrom } from '../db/uuid-at.js';

type Db = Pick<ClientBase, 'query'>;

export const AUDIT_PAGE_MAX = 200;

/** One thing that someone did by hand. */
export interface AuditEntry {
  /** Who: the subject of the token. */
  readonly actor: string;
  /** What, in upper snake case. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** What was asked, without personal data. */
  readonly input: object;
  /** What came of it: `DONE`, or the code of a refusal. */
  readonly outcome: string;
}

export interface AuditRecord extends AuditEntry {
  readonly id: string;
  readonly at: string;
}

const AUDIT_FIELDS = `a.id, ${utc('a.at')} as at, a.actor, a.action, a.subject_type as "subjectType",
  a.subject_id as "subjectId", a.input, a.outcome`;

/** Writes them down for good. In the transaction of what was done, or right after it. */
export async function recordAudits(db: Db, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await db.query({
    name: 'audit.insert',
    text: `insert into audit (id, actor, action, subject_type, subject_id, input, outcome)
           select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[])`,
    values: [
      entries.map(() => randomUUIDv7()),
      entries.map(({ actor }) => actor),
      entries.map(({ action }) => action),
      entries.map(({ subjectType }) => subjectType),
      entries.map(({ subjectId }) => subjectId),
      entries.map(({ input }) => storableJson(input)),
      entries.map(({ outcome }) => outcome),
    ],
  });
}

export async function recordAudit(db: Db, entry: AuditEntry): Promise<void> {
  await recordAudits(db, [entry]);
}

/** What was done to each of these subjects by hand, newest first, `perSubject` at most. */
export async function readAudits(
  db: Db,
  subjectType: string,
  subjectIds: readonly string[],
  perSubject: number,
): Promise<readonly AuditRecord[]> {
  const { rows } = await db.query<AuditRecord>({
    name: 'audit.of-subjects',
    text: `select ${AUDIT_FIELDS}
           from unnest($2::text[]) as k (subject_id)
             cross join lateral (
               select * from audit a where a.subject_type = $1 and a.subject_id = k.subject_id order by a.id desc limit $3
             ) a
           order by a.subject_id, a.id desc`,
    values: [subjectType, subjectIds, Math.min(perSubject, AUDIT_PAGE_MAX)],
  });
  return rows;
}

/** Which entries; what is absent does not narrow it. */
export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly subjectType?: string;
  readonly subjectId?: string;
  /** When: from, and before. */
  readonly from?: string;
  readonly to?: string;
}

/** Newest first, behind `before` (the id of the last one seen). Built of the conditions that are asked for: they decide which index serves. */
export async function listAudits(
  db: Db,
  { actor, action, subjectType, subjectId, from, to }: AuditFilter,
  before: string | undefined,
  limit: number,
): Promise<readonly AuditRecord[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = [
    'true',
    actor === undefined ? [] : `a.actor = ${value(actor)}`,
    action === undefined ? [] : `a.action = ${value(action)}`,
    subjectType === undefined ? [] : `a.subject_type = ${value(subjectType)}`,
    subjectId === undefined ? [] : `a.subject_id = ${value(subjectId)}`,
    from === undefined ? [] : [`a.at >= ${value(from)}::timestamptz`, `a.id >= ${value(firstIdFrom(from))}::uuid`],
    to === undefined ? [] : [`a.at < ${value(to)}::timestamptz`, `a.id < ${value(endOfIdsBefore(to))}::uuid`],
    before === undefined ? [] : `a.id < ${value(before)}::uuid`,
  ].flat();
  const { rows } = await db.query<AuditRecord>(
    `select ${AUDIT_FIELDS}
     from audit a where ${conditions.join(' and ')} order by a.id desc limit ${value(Math.min(limit, AUDIT_PAGE_MAX))}`,
    values,
  );
  return rows;
}

/** Unknown ids are absent. */
export async function readAuditsById(db: Db, ids: readonly string[]): Promise<readonly AuditRecord[]> {
  const { rows } = await db.query<AuditRecord>({
    name: 'audit.by-ids',
    text: `select ${AUDIT_FIELDS} from audit a where a.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows;
}
