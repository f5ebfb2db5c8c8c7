import type { ClientBase } from 'pg';
import { jsonArray, jsonTexts, plainArray } from '../../src/platform/db/set-parameters.js';
import { utc } from '../../src/platform/db/utc.js';
import type { Instant } from '../../src/model/time.js';
import type { Progress, ProgressState } from './progress.types.js';
import type { Stage } from './stages.js';

type Db = Pick<ClientBase, 'query'>;

interface Row {
  readonly orderId: string;
  readonly channel: string;
  readonly version: number;
  readonly acceptedAt: Instant;
  readonly stage: Stage | null;
  readonly stageSince: Instant | null;
  readonly reservedAt: Instant | null;
  readonly erpAt: Instant | null;
  readonly warehouseAt: Instant | null;
  readonly shippedAt: Instant | null;
  readonly confirmedAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly overdue: boolean;
  readonly jam: string | null;
  readonly jamSince: Instant | null;
  readonly short: boolean;
  readonly cancelled: boolean;
  readonly state: ProgressState | null;
}

/** How far these orders are; those that are not known yet are absent. */
export async function readProgress(db: Db, orderIds: readonly string[]): Promise<ReadonlyMap<string, Progress>> {
  if (orderIds.length === 0) return new Map();
  const { rows } = await db.query<Row>({
    name: 'kpi.progress',
    text: `select order_id as "orderId", channel, version, ${utc('accepted_at')} as "acceptedAt", stage,
                  ${utc('stage_since')} as "stageSince", ${utc('reserved_at')} as "reservedAt", ${utc('erp_at')} as "erpAt",
                  ${utc('warehouse_at')} as "warehouseAt", ${utc('shipped_at')} as "shippedAt",
                  ${utc('confirmed_at')} as "confirmedAt", ${utc('completed_at')} as "completedAt", overdue, jam,
                  ${utc('jam_since')} as "jamSince", short, cancelled, state
           from order_progress where order_id = any($1::uuid[])`,
    values: [plainArray(orderIds)],
  });
  return new Map(rows.map((row) => [row.orderId, toProgress(row)]));
}

/** Rows of these orders, as they are now. One writer at a time: the projection. */
export async function writeProgress(tx: Db, all: readonly Progress[]): Promise<void> {
  if (all.length === 0) return;
  const column = (of: (progress: Progress) => string | number | boolean | undefined): string =>
    plainArray(all.map((progress) => of(progress) ?? null));
  await tx.query({
    name: 'kpi.write-progress',
    text: `insert into order_progress (order_id, channel, version, accepted_at, stage, stage_since, reserved_at, erp_at,
             warehouse_at, shipped_at, confirmed_at, completed_at, overdue, jam, jam_since, short, cancelled, state)
           select id, channel, version, accepted_at, stage, stage_since, reserved_at, erp_at, warehouse_at, shipped_at,
                  confirmed_at, completed_at, overdue, jam, jam_since, short, cancelled,
                  case when state::text = 'null' then null else state end
           from unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[], $5::text[], $6::timestamptz[],
                       $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[],
                       $12::timestamptz[], $13::boolean[], $14::text[], $15::timestamptz[], $16::boolean[],
                       $17::boolean[], ${jsonArray('$18')})
             as p (id, channel, version, accepted_at, stage, stage_since, reserved_at, erp_at, warehouse_at, shipped_at,
                   confirmed_at, completed_at, overdue, jam, jam_since, short, cancelled, state)
           on conflict (order_id) do update set
             version = excluded.version, stage = excluded.stage, stage_since = excluded.stage_since,
             reserved_at = excluded.reserved_at, erp_at = excluded.erp_at, warehouse_at = excluded.warehouse_at,
             shipped_at = excluded.shipped_at, confirmed_at = excluded.confirmed_at,
             completed_at = excluded.completed_at, overdue = excluded.overdue, jam = excluded.jam,
             jam_since = excluded.jam_since, short = excluded.short, cancelled = excluded.cancelled,
             state = excluded.state`,
    values: [
      column(({ orderId }) => orderId),
      all.map(({ channel }) => channel),
      column(({ version }) => version),
      column(({ acceptedAt }) => acceptedAt),
      column(({ stage }) => stage),
      column(({ stageSince }) => stageSince),
      column(({ reached }) => reached.RESERVED),
      column(({ reached }) => reached.ERP),
      column(({ reached }) => reached.WAREHOUSE),
      column(({ reached }) => reached.SHIPPED),
      column(({ reached }) => reached.CONFIRMED),
      column(({ completedAt }) => completedAt),
      column(({ overdue }) => overdue),
      all.map(({ jam }) => jam?.code ?? null),
      column(({ jam }) => jam?.since),
      column(({ short }) => short),
      column(({ cancelled }) => cancelled),
      jsonTexts(all.map(({ stage, state }) => (stage === undefined ? null : (state ?? null)))),
    ],
  });
}

function toProgress(row: Row): Progress {
  const { orderId, channel, version, acceptedAt, stage, stageSince, completedAt, overdue, short, cancelled } = row;
  const reached = {
    ACCEPTED: acceptedAt,
    RESERVED: row.reservedAt,
    ERP: row.erpAt,
    WAREHOUSE: row.warehouseAt,
    SHIPPED: row.shippedAt,
    CONFIRMED: row.confirmedAt,
  };
  return {
    orderId,
    channel,
    version,
    acceptedAt,
    ...(stage === null ? {} : { stage }),
    ...(stageSince === null ? {} : { stageSince }),
    reached: Object.fromEntries(Object.entries(reached).filter(([, at]) => at !== null)),
    ...(completedAt === null ? {} : { completedAt }),
    overdue,
    ...(row.jam === null || row.jamSince === null ? {} : { jam: { code: row.jam, since: row.jamSince } }),
    short,
    cancelled,
    ...(row.state === null ? {} : { state: row.state }),
  };
}
