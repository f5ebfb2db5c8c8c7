import type { ClientBase } from 'pg';
import type { Drift, DriftSubject } from './drift.types.js';

/** A difference that a person must look at, as the last run of its subject found it. */
export interface StandingDrift extends DriftSubject, Pick<Drift, 'key' | 'ours' | 'theirs' | 'detail'> {
  readonly runId: string;
}

/** Of the last run of each subject that came to its end, the greatest first. */
export async function readStandingDrifts(
  db: Pick<ClientBase, 'query'>,
  limit: number,
): Promise<readonly StandingDrift[]> {
  const { rows } = await db.query<StandingDrift>({
    name: 'drift.standing',
    text: `select r.system, r.subject, r.id as "runId", d.key, d.ours, d.theirs, d.detail
           from (
             select distinct on (system, subject) id, system, subject from drift_run
             where finished_at is not null and error is null
             order by system, subject, started_at desc
           ) r join drift d on d.run_id = r.id
           where d.healing = 'EXCEPTION'
           order by abs(coalesce(d.theirs, 0) - d.ours) desc, r.system, r.subject, d.key limit $1`,
    values: [limit],
  });
  return rows;
}
