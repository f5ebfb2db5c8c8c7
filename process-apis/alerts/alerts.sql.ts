import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { plainArray } from '../../src/platform/db/set-parameters.js';
import { utc } from '../../src/platform/db/utc.js';
import { withoutNulls } from '../../src/platform/db/without-nulls.js';
import type { SlaStage } from '../orders/index.js';
import type { Alert, AlertState } from './alerts.types.js';
import type { StoredWatch, Watch } from './watches.js';

type Db = Pick<ClientBase, 'query'>;

const WATCH_FIELDS = `w.order_id as "orderId", w.wait_key as "waitKey", w.channel, w.stage, ${utc('w.since')} as since,
  ${utc('w.warn_at')} as "warnAt", ${utc('w.due_at')} as "dueAt", w.alert_id as "alertId"`;
const ALERT_FIELDS = `a.id, a.version, a.state, a.order_id as "orderId", a.reference, a.channel, a.stage,
  a.wait_key as "waitKey", ${utc('a.since')} as since, ${utc('a.raised_at')} as "raisedAt", ${utc('a.due_at')} as "dueAt",
  ${utc('a.breached_at')} as "breachedAt", ${utc('a.ended_at')} as "endedAt"`;

export async function readWatches(db: Db, orderIds: readonly string[]): Promise<readonly StoredWatch[]> {
  const { rows } = await db.query<StoredWatch>({
    name: 'sla-watch.of-orders',
    text: `select ${WATCH_FIELDS} from sla_watch w where w.order_id = any($1::uuid[])`,
    values: [orderIds],
  });
  return rows.map(withoutNulls);
}

/** The clocks of which somebody must hear by now, the first first. */
export async function readDueWatches(db: Db, now: Instant, limit: number): Promise<readonly StoredWatch[]> {
  const { rows } = await db.query<StoredWatch>({
    name: 'sla-watch.due',
    text: `select ${WATCH_FIELDS} from sla_watch w where w.next_at <= $1 order by w.next_at, w.order_id, w.wait_key limit $2`,
    values: [now, limit],
  });
  return rows.map(withoutNulls);
}

export async function writeWatches(tx: Db, begun: readonly Watch[], ended: readonly Watch[]): Promise<void> {
  if (ended.length > 0)
    await tx.query({
      name: 'sla-watch.end',
      text: `delete from sla_watch w using unnest($1::uuid[], $2::text[]) as e (order_id, wait_key)
             where w.order_id = e.order_id and w.wait_key = e.wait_key`,
      values: [plainArray(ended.map(({ orderId }) => orderId)), ended.map(({ waitKey }) => waitKey)],
    });
  if (begun.length > 0)
    await tx.query({
      name: 'sla-watch.begin',
      text: `insert into sla_watch (order_id, wait_key, channel, stage, since, warn_at, due_at, next_at)
             select b.*, least(b.warn_at, b.due_at)
             from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[])
               as b (order_id, wait_key, channel, stage, since, warn_at, due_at)`,
      values: [
        plainArray(begun.map(({ orderId }) => orderId)),
        begun.map(({ waitKey }) => waitKey),
        begun.map(({ channel }) => channel),
        plainArray(begun.map(({ stage }) => stage)),
        plainArray(begun.map(({ since }) => since)),
        plainArray(begun.map((watch) => watch.warnAt)),
        plainArray(begun.map((watch) => watch.dueAt)),
      ],
    });
}

/** What was told of these clocks, and when more must be told; null for never. */
export async function markTold(
  tx: Db,
  told: readonly (Pick<Watch, 'orderId' | 'waitKey'> & { readonly alertId: string; readonly nextAt: Instant | null })[],
): Promise<void> {
  await tx.query({
    name: 'sla-watch.told',
    text: `update sla_watch w set alert_id = t.alert_id, next_at = t.next_at
           from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[]) as t (order_id, wait_key, alert_id, next_at)
           where w.order_id = t.order_id and w.wait_key = t.wait_key`,
    values: [
      plainArray(told.map(({ orderId }) => orderId)),
      told.map(({ waitKey }) => waitKey),
      plainArray(told.map(({ alertId }) => alertId)),
      told.map(({ nextAt }) => nextAt),
    ],
  });
}

/** New alerts, and the new state of those that are there. */
export async function writeAlerts(tx: Db, alerts: readonly Alert[]): Promise<void> {
  await tx.query({
    name: 'alert.write',
    text: `insert into alert (id, version, state, order_id, reference, channel, stage, wait_key, since, raised_at, due_at,
             breached_at, ended_at)
           select * from unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
             $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
           on conflict (id) do update set version = excluded.version, state = excluded.state,
             breached_at = excluded.breached_at, ended_at = excluded.ended_at`,
    values: [
      plainArray(alerts.map(({ id }) => id)),
      plainArray(alerts.map(({ version }) => version)),
      plainArray(alerts.map(({ state }) => state)),
      plainArray(alerts.map(({ orderId }) => orderId)),
      alerts.map(({ reference }) => reference),
      alerts.map(({ channel }) => channel),
      plainArray(alerts.map(({ stage }) => stage)),
      alerts.map(({ waitKey }) => waitKey),
      plainArray(alerts.map(({ since }) => since)),
      plainArray(alerts.map(({ raisedAt }) => raisedAt)),
      plainArray(alerts.map((alert) => alert.dueAt)),
      alerts.map(({ breachedAt }) => breachedAt ?? null),
      alerts.map(({ endedAt }) => endedAt ?? null),
    ],
  });
}

/** Unknown ids are absent. */
export async function readAlertsById(db: Db, ids: readonly string[]): Promise<readonly Alert[]> {
  const { rows } = await db.query<Alert>({
    name: 'alert.by-ids',
    text: `select ${ALERT_FIELDS} from alert a where a.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map(withoutNulls);
}

/** Which alerts; what is absent does not narrow it. */
export interface AlertFilter {
  /** Those that stand when absent. */
  readonly states?: readonly AlertState[];
  readonly stages?: readonly SlaStage[];
  readonly channel?: string;
  readonly orderId?: string;
}

/** The newest first, behind the alert of id `after`. Built of the conditions that are asked for: see the order list. */
export async function readAlerts(
  db: Db,
  filter: AlertFilter,
  after: string | undefined,
  limit: number,
): Promise<readonly Alert[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = [
    filter.states === undefined ? `a.state <> 'ENDED'` : `a.state = any(${value(filter.states)}::text[])`,
    ...(filter.stages === undefined ? [] : [`a.stage = any(${value(filter.stages)}::text[])`]),
    ...(filter.channel === undefined ? [] : [`a.channel = ${value(filter.channel)}`]),
    ...(filter.orderId === undefined ? [] : [`a.order_id = ${value(filter.orderId)}::uuid`]),
    ...(after === undefined ? [] : [`a.id < ${value(after)}::uuid`]),
  ];
  const { rows } = await db.query<Alert>(
    `select ${ALERT_FIELDS} from alert a where ${conditions.join(' and ')} order by a.id desc limit ${value(limit)}`,
    values,
  );
  return rows.map(withoutNulls);
}

/** Deletes up to `limit` alerts that are over and were raised before the instant, in Unix milliseconds; gives how many. */
export async function pruneAlerts(db: Db, beforeMs: number, limit: number): Promise<number> {
  const hex = beforeMs.toString(16).padStart(12, '0');
  // Ids begin with the time at which they were made.
  const firstId = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
  const { rowCount } = await db.query({
    name: 'alert.prune',
    text: `delete from alert where id = any(array(
             select a.id from alert a where a.id < $1::uuid and a.state = 'ENDED' order by a.id limit $2))`,
    values: [firstId, limit],
  });
  return rowCount ?? 0;
}

export interface AlertCount {
  readonly channel: string;
  readonly stage: SlaStage;
  readonly state: Exclude<AlertState, 'ENDED'>;
  readonly count: number;
}

/** Those that stand, by channel, stage and state. */
export async function countAlerts(db: Db): Promise<readonly AlertCount[]> {
  const { rows } = await db.query<AlertCount>({
    name: 'alert.counts',
    text: `select channel, stage, state, count(*)::int as count from alert where state <> 'ENDED'
           group by channel, stage, state order by channel, stage, state`,
  });
  return rows;
}
