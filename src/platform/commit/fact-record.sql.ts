import type { ClientBase } from 'pg';
import { utc } from '../db/utc.js';

/** A fact as people see it: what was told, and what came of it. */
export interface FactRecord {
  readonly id: string;
  readonly subjectId: string;
  readonly source: string | null;
  readonly kind: string | null;
  readonly occurredAt: string | null;
  readonly recordedAt: string;
  readonly result: string;
  /** Why it was refused, in words that may quote others. */
  readonly reason: string | null;
  /** Where the message is kept that brought it. */
  readonly recordId: string | null;
}

/** A place in a list of facts: when it was recorded, as the database writes it with all digits, and its id. */
export interface FactPosition {
  readonly at: string;
  readonly id: string;
}

export interface ListedFact extends FactRecord {
  readonly position: FactPosition;
}

const FACT_FIELDS = `f.id, f.subject_id as "subjectId", f.source, f.kind, ${utc('f.occurred_at')} as "occurredAt",
  ${utc('f.recorded_at')} as "recordedAt", coalesce(f.outcome ->> 'result', 'TAKEN') as result,
  f.outcome ->> 'reason' as reason, f.outcome ->> 'recordId' as "recordId"`;

/** What was told about a subject, the latest first, behind `after`. */
export async function pageFactsOf(
  db: Pick<ClientBase, 'query'>,
  subjectId: string,
  after: FactPosition | undefined,
  limit: number,
): Promise<readonly ListedFact[]> {
  const { rows } = await db.query<FactRecord & { readonly at: string }>({
    name: after === undefined ? 'fact.first-page' : 'fact.next-page',
    text: `select ${FACT_FIELDS}, f.recorded_at::text as at from fact f
           where f.subject_id = $1 ${after === undefined ? '' : 'and (f.recorded_at, f.id) < ($3::timestamptz, $4)'}
           order by f.recorded_at desc, f.id desc limit $2`,
    values: [subjectId, limit, ...(after === undefined ? [] : [after.at, after.id])],
  });
  return rows.map(({ at, ...fact }) => ({ ...fact, position: { at, id: fact.id } }));
}

/** What was told about each subject, the latest first; `perSubject` at most. */
export async function readFactsOf(
  db: Pick<ClientBase, 'query'>,
  subjectIds: readonly string[],
  perSubject: number,
): Promise<readonly FactRecord[]> {
  const { rows } = await db.query<FactRecord>({
    name: 'fact.of-subjects',
    text: `select ${FACT_FIELDS}
           from unnest($1::uuid[]) as k (subject_id)
             cross join lateral (
               select * from fact f where f.subject_id = k.subject_id order by f.recorded_at desc, f.id desc limit $2
             ) f
           order by f.subject_id, f.recorded_at desc, f.id desc`,
    values: [subjectIds, perSubject],
  });
  return rows;
}
