import type { ClientBase } from 'pg';
import type { Severity } from '../../src/model/exception.js';
import type { Instant } from '../../src/model/time.js';
import { jsonArray, jsonTexts, plainArray } from '../../src/platform/db/set-parameters.js';
import { utc } from '../../src/platform/db/utc.js';
import type { ChangedException } from './exception-events.js';
import type { ExceptionRecord } from './exceptions.types.js';
import type { ProblemRow } from './problem-row.js';

const RANKS = `array['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']`;
/** Of what stands and what is told now: the earlier time, and the higher severity of one category. */
const DUE = 'least(e.due_at, excluded.due_at)';
const SEVERITY = `case when e.category = excluded.category
    and array_position(${RANKS}, e.severity) > array_position(${RANKS}, excluded.severity)
  then e.severity else excluded.severity end`;

export interface EndedProblem {
  readonly key: string;
  readonly because: string;
  readonly by: string;
  readonly now: Instant;
}

export interface EndedException
  extends ChangedException, EndedProblem, Pick<ExceptionRecord, 'category' | 'owner' | 'severity'> {}

/** Ends what stands under these keys; keys without an exception are nothing to end. In key order, as all who write here. */
export async function endStanding(tx: ClientBase, ended: readonly EndedProblem[]): Promise<readonly EndedException[]> {
  const { rows } = await tx.query<EndedException>({
    name: 'exception.end',
    text: `with ended as (
             select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) as n (key, because, by, now)
           ), standing as (
             select e.id, n.because, n.by, n.now from exception e join ended n using (key)
             where e.status <> 'RESOLVED' order by e.key for update of e
           )
           update exception e
           set status = 'RESOLVED', version = e.version + 1, ended_at = s.now, ended_by = s.by, ended_because = s.because
           from standing s where e.id = s.id
           returning e.id, e.version, e.scope, e.key, e.category, e.owner, e.severity, s.because, s.by, ${utc('s.now')} as now`,
    values: [
      ended.map(({ key }) => key),
      ended.map(({ because }) => because),
      ended.map(({ by }) => by),
      plainArray(ended.map(({ now }) => now)),
    ],
  });
  return rows;
}

export interface WrittenProblem extends ChangedException {
  readonly key: string;
  readonly isNew: boolean;
  readonly severity: Severity;
  readonly dueAt: Instant;
}

/**
 * New problems, and what is new of those that stand; what stands as it is told is not touched. An exception that is
 * ignored stays so, unless it became another kind of problem. Its severity falls only with another category.
 */
export async function upsertProblems(
  tx: ClientBase,
  rows: readonly (ProblemRow & { readonly id: string })[],
): Promise<readonly WrittenProblem[]> {
  const { rows: written } = await tx.query<WrittenProblem>({
    name: 'exception.raise',
    text: `insert into exception as e (id, key, category, group_key, severity, owner, sentence, subject, order_id, scope,
             raised_at, last_raised_at, due_at)
           select id, key, category, group_key, severity, owner, sentence, subject, (subject ->> 'orderId')::uuid, scope,
             now, now, due_at
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                       ${jsonArray('$8')}::jsonb[], $9::text[], $10::timestamptz[], $11::timestamptz[])
             as p (id, key, category, group_key, severity, owner, sentence, subject, scope, now, due_at)
           order by key
           on conflict (key) where status <> 'RESOLVED' do update set
             version = e.version + 1, raised = e.raised + 1, last_raised_at = excluded.last_raised_at,
             category = excluded.category, group_key = excluded.group_key, owner = excluded.owner,
             sentence = excluded.sentence, subject = excluded.subject, due_at = ${DUE},
             status = case when e.category = excluded.category then e.status else 'OPEN' end,
             severity = ${SEVERITY}
           where (e.category, e.group_key, e.sentence, e.subject, e.due_at, e.severity) is distinct from
             (excluded.category, excluded.group_key, excluded.sentence, excluded.subject, ${DUE}, ${SEVERITY})
           returning e.id, e.version, e.scope, e.key, e.version = 1 as "isNew", e.severity, ${utc('e.due_at')} as "dueAt"`,
    values: [
      plainArray(rows.map(({ id }) => id)),
      rows.map(({ key }) => key),
      plainArray(rows.map(({ category }) => category)),
      rows.map(({ groupKey }) => groupKey),
      plainArray(rows.map(({ severity }) => severity)),
      plainArray(rows.map(({ owner }) => owner)),
      rows.map(({ sentence }) => sentence),
      jsonTexts(rows.map(({ subject }) => subject)),
      rows.map(({ scope }) => scope),
      plainArray(rows.map(({ now }) => now)),
      plainArray(rows.map(({ dueAt }) => dueAt)),
    ],
  });
  return written;
}
