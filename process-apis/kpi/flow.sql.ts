import type { ClientBase } from 'pg';
import { plainArray } from '../../src/platform/db/set-parameters.js';
import { utc } from '../../src/platform/db/utc.js';
import type { Instant } from '../../src/model/time.js';
import type { FlowDelta, RateDelta } from './flow-counts.js';

type Db = Pick<ClientBase, 'query'>;

export async function writeFlow(tx: Db, deltas: readonly FlowDelta[]): Promise<void> {
  if (deltas.length === 0) return;
  await tx.query({
    name: 'kpi.write-flow',
    text: `insert into order_flow as f (channel, stage, jam, orders, overdue, last_at)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[])
           on conflict (channel, stage, jam) do update set orders = f.orders + excluded.orders,
             overdue = f.overdue + excluded.overdue, last_at = greatest(f.last_at, excluded.last_at)`,
    values: [
      deltas.map(({ channel }) => channel),
      deltas.map(({ stage }) => stage),
      deltas.map(({ jam }) => jam),
      plainArray(deltas.map(({ orders }) => orders)),
      plainArray(deltas.map(({ overdue }) => overdue)),
      plainArray(deltas.map(({ lastAt }) => lastAt ?? null)),
    ],
  });
}

export async function writeRates(tx: Db, deltas: readonly RateDelta[]): Promise<void> {
  if (deltas.length === 0) return;
  await tx.query({
    name: 'kpi.write-rates',
    text: `insert into order_flow_rate as r (at, channel, stage, entered, departed)
           select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::int[], $5::int[])
           on conflict (at, channel, stage) do update
             set entered = r.entered + excluded.entered, departed = r.departed + excluded.departed`,
    values: [
      plainArray(deltas.map(({ at }) => at)),
      deltas.map(({ channel }) => channel),
      deltas.map(({ stage }) => stage),
      plainArray(deltas.map(({ entered }) => entered)),
      plainArray(deltas.map(({ departed }) => departed)),
    ],
  });
}

/** Deletes rates older than so many milliseconds; gives how many. */
export async function pruneRates(db: Db, keepMs: number, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'kpi.prune-rates',
    text: `delete from order_flow_rate where ctid = any(array(
             select ctid from order_flow_rate where at < now() - $1 * interval '1 millisecond' limit $2))`,
    values: [keepMs, limit],
  });
  return rowCount ?? 0;
}

/** How many orders are in a place. Stage `NEW` counts all that were ever accepted. */
export interface Place {
  readonly channel: string;
  readonly stage: string;
  readonly jam: string;
  readonly orders: number;
  readonly overdue: number;
  readonly lastAt: Instant | null;
  /** Since when the one that is there longest is in the stage; null for `NEW`. */
  readonly oldestSince: Instant | null;
  /** Since when the first of them is kept; null where nothing keeps them. */
  readonly jamSince: Instant | null;
}

/** The places that have orders, at most `limit`. The oldest are looked up in the indexes, not counted. */
export async function readPlaces(db: Db, limit: number): Promise<readonly Place[]> {
  const { rows } = await db.query<Place>({
    name: 'kpi.places',
    text: `select f.channel, f.stage, f.jam, f.orders::float8 as orders, f.overdue::float8 as overdue,
                  ${utc('f.last_at')} as "lastAt",
                  ${utc(`(select p.stage_since from order_progress p
                          where p.channel = f.channel and p.stage = f.stage order by p.stage_since limit 1)`)} as "oldestSince",
                  ${utc(`(select p.jam_since from order_progress p
                          where p.channel = f.channel and p.stage = f.stage and p.jam = f.jam
                          order by p.jam_since limit 1)`)} as "jamSince"
           from order_flow f where f.orders > 0 order by f.channel, f.stage, f.jam limit $1`,
    values: [limit],
  });
  return rows;
}

export interface Rate {
  readonly channel: string;
  readonly stage: string;
  readonly enteredLastMinute: number;
  readonly enteredLastHour: number;
  readonly leftLastMinute: number;
  readonly leftLastHour: number;
}

export async function readRates(db: Db): Promise<readonly Rate[]> {
  const minute = `at > now() - interval '1 minute'`;
  const { rows } = await db.query<Rate>({
    name: 'kpi.rates',
    text: `select channel, stage,
                  coalesce(sum(entered) filter (where ${minute}), 0)::float8 as "enteredLastMinute",
                  sum(entered)::float8 as "enteredLastHour",
                  coalesce(sum(departed) filter (where ${minute}), 0)::float8 as "leftLastMinute",
                  sum(departed)::float8 as "leftLastHour"
           from order_flow_rate where at > now() - interval '1 hour' group by channel, stage`,
  });
  return rows;
}
