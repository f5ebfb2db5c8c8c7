import type { ClientBase } from 'pg';
import type { DayFigures } from './drift-run.sql.js';

type Db = Pick<ClientBase, 'query'>;

/** What runs that began on a UTC day and came to their end found, by subject; at most `limit`. */
export async function readFiguresOfDay(db: Db, day: string, limit: number): Promise<readonly DayFigures[]> {
  const { rows } = await db.query<DayFigures>({
    name: 'drift-run.day',
    text: `select r.system, r.subject, $1::text as day, count(*)::int as runs, sum(r.compared)::float8 as compared,
                  sum(r.equal)::float8 as equal, sum(r.units_compared)::float8 as "unitsCompared",
                  sum(r.units_off)::float8 as "unitsOff"
           from drift_run r
           where r.started_at >= $1::date::timestamp at time zone 'UTC'
             and r.started_at < ($1::date + 1)::timestamp at time zone 'UTC'
             and r.finished_at is not null and r.error is null
           group by r.system, r.subject order by r.system, r.subject limit $2`,
    values: [day, limit],
  });
  return rows;
}

/** The UTC day of the first run that is known; undefined when there is none. */
export async function readFirstDriftDay(db: Db): Promise<string | undefined> {
  const { rows } = await db.query<{ day: string | null }>(
    `select to_char(min(started_at) at time zone 'UTC', 'YYYY-MM-DD') as day from drift_run`,
  );
  return rows[0]?.day ?? undefined;
}
