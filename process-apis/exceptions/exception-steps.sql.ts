import type { ClientBase } from 'pg';
import type { ExceptionRecord } from './exceptions.types.js';
import { EXCEPTION_FIELDS } from './exception-reader.sql.js';

/** Open ones that a person does not want to see any more; others are left as they are. */
export async function ignoreOpen(
  tx: ClientBase,
  ids: readonly string[],
  by: string,
  reason: string,
): Promise<readonly ExceptionRecord[]> {
  const { rows } = await tx.query<ExceptionRecord>({
    name: 'exception.ignore',
    text: `with wanted as (
             select id from exception where id = any($1::uuid[]) and status = 'OPEN' order by key for update
           )
           update exception e set status = 'IGNORED', version = e.version + 1, ended_by = $2, ended_because = $3
           from wanted w where e.id = w.id returning ${EXCEPTION_FIELDS}`,
    values: [ids, by, reason],
  });
  return rows;
}

/** Null gives them back to the role. */
export async function assignStanding(
  tx: ClientBase,
  ids: readonly string[],
  to: string | null,
): Promise<readonly ExceptionRecord[]> {
  const { rows } = await tx.query<ExceptionRecord>({
    name: 'exception.assign',
    text: `with wanted as (
             select id from exception
             where id = any($1::uuid[]) and status <> 'RESOLVED' and assigned_to is distinct from $2
             order by key for update
           )
           update exception e set assigned_to = $2, version = e.version + 1
           from wanted w where e.id = w.id returning ${EXCEPTION_FIELDS}`,
    values: [ids, to],
  });
  return rows;
}

/** Those of these categories whose time is over and that are no more severe than their category: they become so. */
export async function escalateOverdue(
  tx: ClientBase,
  steps: readonly { readonly category: string; readonly from: string; readonly to: string }[],
  limit: number,
): Promise<readonly ExceptionRecord[]> {
  const { rows } = await tx.query<ExceptionRecord>({
    name: 'exception.escalate',
    text: `with late as (
             select o.id, s.severer from exception o
               join unnest($1::text[], $2::text[], $3::text[]) as s (category, severity, severer)
                 on o.category = s.category and o.severity = s.severity
             where o.status = 'OPEN' and o.due_at < now()
             order by o.key limit $4 for update of o skip locked
           )
           update exception e set severity = l.severer, version = e.version + 1
           from late l where e.id = l.id returning ${EXCEPTION_FIELDS}`,
    values: [steps.map(({ category }) => category), steps.map(({ from }) => from), steps.map(({ to }) => to), limit],
  });
  return rows;
}
