import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { jsonArray, jsonTexts, plainArray } from '../../src/platform/db/set-parameters.js';
import { utc } from '../../src/platform/db/utc.js';
import type { Alert } from './alerts.types.js';
import { happenedTo, type AlertGroup } from './told-alerts.js';

type Db = Pick<ClientBase, 'query'>;

export interface GatherBounds {
  readonly now: Instant;
  /** So long nothing is told of a kind of which something was. */
  readonly quietMs: number;
  /** Changes at once. */
  readonly changesMax: number;
  /** Of a group, how many are given with all that is known of them. */
  readonly shownMax: number;
}

/** Changes that are to be told, as they are at that instant. */
export async function writeUntold(tx: Db, alerts: readonly Alert[], now: Instant): Promise<void> {
  await tx.query({
    name: 'alert-untold.write',
    text: `insert into alert_untold (alert_id, version, channel, stage, happened, state, due_at, changed_at, alert)
           select u.id, u.version, u.channel, u.stage, u.happened, u.state, u.due_at, $8, u.alert
           from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], ${jsonArray('$9')})
             as u (id, version, channel, stage, happened, state, due_at, alert)`,
    values: [
      plainArray(alerts.map(({ id }) => id)),
      plainArray(alerts.map(({ version }) => version)),
      alerts.map(({ channel }) => channel),
      plainArray(alerts.map(({ stage }) => stage)),
      plainArray(alerts.map(happenedTo)),
      plainArray(alerts.map(({ state }) => state)),
      plainArray(alerts.map((alert) => alert.dueAt)),
      now,
      jsonTexts(alerts),
    ],
  });
}

/** Takes out what is to be told now, and remembers that it is: what comes next of these kinds waits. */
export async function takeUntold(tx: Db, bounds: GatherBounds): Promise<readonly AlertGroup[]> {
  const { rows } = await tx.query<AlertGroup>({
    name: 'alert-untold.take',
    text: `with due as materialized (
             select distinct u.channel, u.stage, u.happened, u.state from alert_untold u
             where not exists (
               select from alert_told t
               where (t.channel, t.stage, t.happened, t.state) = (u.channel, u.stage, u.happened, u.state)
                 -- What was told much later than now was told by a clock that went wrong.
                 and t.told_at > $1::timestamptz - $2 * interval '1 ms' and t.told_at < $1::timestamptz + $2 * interval '1 ms')
           ), taken as (
             delete from alert_untold where (alert_id, version) in (
               select u.alert_id, u.version from alert_untold u join due using (channel, stage, happened, state)
               order by u.alert_id, u.version limit $3)
             returning *
           ), remembered as (
             insert into alert_told (channel, stage, happened, state, told_at)
             select distinct channel, stage, happened, state, $1::timestamptz from taken
             on conflict (channel, stage, happened, state) do update set told_at = excluded.told_at
           ), ranked as (
             select *, row_number() over (partition by channel, stage, happened, state order by due_at, alert_id, version) as place
             from taken
           )
           select count(*)::int as count, json_agg(alert order by place) filter (where place <= $4) as first,
             md5(string_agg(alert_id || '/' || version, ' ' order by alert_id, version)) as digest,
             ${utc('min(changed_at)')} as at
           from ranked group by channel, stage, happened, state order by channel, stage, happened, state`,
    values: [bounds.now, bounds.quietMs, bounds.changesMax, bounds.shownMax],
  });
  return rows;
}
