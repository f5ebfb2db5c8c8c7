import type { ClientBase } from 'pg';
import type { RecordedFact, ToldFact } from './fact.sql.js';

/** Which facts that were taken: all that fit every part that is given. */
export interface ToldFactFilter {
  /** The `result` of their outcome. */
  readonly result: string;
  readonly subjectId?: string;
  readonly kind?: string;
  /** When they were taken: from, and before. */
  readonly from?: string;
  readonly to?: string;
}

/** A fact whose words are kept, with its place in the list. */
export interface FoundFact<Outcome> extends RecordedFact<Outcome> {
  readonly told: ToldFact & { readonly body: object };
  readonly position: string;
}

interface Row<Outcome> {
  readonly id: string;
  readonly outcome: Outcome;
  readonly subject_id: string | null;
  readonly source: string;
  readonly kind: string;
  readonly occurred_at: Date;
  readonly body: object;
  readonly position: string;
}

/**
 * Facts that can be run again, oldest first, behind `after` (the position of the last one seen). Not prepared by name: the
 * conditions decide which index serves.
 */
export async function findToldFacts<Outcome>(
  db: Pick<ClientBase, 'query'>,
  filter: ToldFactFilter,
  after: string | undefined,
  limit: number,
): Promise<readonly FoundFact<Outcome>[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const { recordedAt, id } = split(after);
  const conditions = [
    `f.kind is not null and f.body is not null and f.outcome ->> 'result' = ${value(filter.result)}`,
    filter.subjectId === undefined ? [] : `f.subject_id = ${value(filter.subjectId)}::uuid`,
    filter.kind === undefined ? [] : `f.kind = ${value(filter.kind)}`,
    filter.from === undefined ? [] : `f.recorded_at >= ${value(filter.from)}::timestamptz`,
    filter.to === undefined ? [] : `f.recorded_at < ${value(filter.to)}::timestamptz`,
    id === undefined ? [] : `(f.recorded_at, f.id) > (${value(recordedAt)}::timestamptz, ${value(id)})`,
  ].flat();
  const { rows } = await db.query<Row<Outcome>>(
    `select f.id, f.outcome, f.subject_id, f.source, f.kind, f.occurred_at, f.body,
            f.recorded_at::text || '|' || f.id as position
     from fact f where ${conditions.join(' and ')}
     order by f.recorded_at, f.id limit ${value(limit)}`,
    values,
  );
  return rows.map(toFound);
}

/** When the latest fact of a kind about each subject happened; subjects without one are absent. */
export async function readLatestTold(
  db: Pick<ClientBase, 'query'>,
  kind: string,
  subjectIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (subjectIds.length === 0) return new Map();
  const { rows } = await db.query<{ subject_id: string; at: Date }>({
    name: 'fact.latest-told',
    text: `select subject_id, max(occurred_at) as at from fact
           where subject_id = any($1::uuid[]) and kind = $2 group by subject_id`,
    values: [subjectIds, kind],
  });
  return new Map(rows.map((row) => [row.subject_id, row.at.toISOString()]));
}

function split(position: string | undefined): { readonly recordedAt?: string; readonly id?: string } {
  if (position === undefined) return {};
  const bar = position.indexOf('|');
  return { recordedAt: position.slice(0, bar), id: position.slice(bar + 1) };
}

function toFound<Outcome>(row: Row<Outcome>): FoundFact<Outcome> {
  const { source, kind, body } = row;
  const subject = row.subject_id === null ? {} : { subjectId: row.subject_id };
  return {
    id: row.id,
    outcome: row.outcome,
    told: { source, kind, body, occurredAt: row.occurred_at.toISOString(), ...subject },
    position: row.position,
  };
}

/** What these facts said, by id, where it is kept with them. */
export async function readToldBodies(
  db: Pick<ClientBase, 'query'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, object>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; body: object }>({
    name: 'fact.told-bodies',
    text: 'select id, body from fact where id = any($1::text[]) and body is not null',
    values: [ids],
  });
  return new Map(rows.map(({ id, body }) => [id, body]));
}
