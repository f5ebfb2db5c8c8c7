import type { ClientBase } from 'pg';
import { jsonArray, jsonTexts, plainArray } from '../../src/platform/db/set-parameters.js';
import type { EventCursor } from '../../src/platform/event-log/index.js';
import { keyText, type Figure, type FigureKey } from './figures.js';
import { KPI_NAMES, type Kpi, type KpiGrouping } from './kpi.definitions.js';

type Db = Pick<ClientBase, 'query'>;

const FIELDS = `kpi, to_char(day, 'YYYY-MM-DD') as day, channel, node, stage, count::float8 as count,
  sum_ms::float8 as "sumMs", max_ms::float8 as "maxMs", numerator::float8 as numerator,
  denominator::float8 as denominator, buckets`;

/** What is stored under these keys. */
export async function readFigures(db: Db, keys: readonly FigureKey[]): Promise<readonly Figure[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.query<Figure>({
    name: 'kpi.figures',
    text: `select ${FIELDS} from kpi_day
             join unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::text[]) as k (kpi, day, channel, node, stage)
               using (kpi, day, channel, node, stage)`,
    values: keyColumns(keys),
  });
  return rows;
}

/** Stores the figures as they are now, each under a revision of its own behind `revision`. One writer at a time: the projection. */
export async function writeFigures(tx: Db, figures: readonly Figure[], revision: number): Promise<void> {
  if (figures.length === 0) return;
  await tx.query({
    name: 'kpi.write-figures',
    text: `insert into kpi_day (kpi, day, channel, node, stage, count, sum_ms, max_ms, numerator, denominator, buckets, revision)
           select f.*
           from unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                       $8::bigint[], $9::bigint[], $10::bigint[], ${jsonArray('$11')}, $12::bigint[]) as f
           on conflict (kpi, day, channel, node, stage) do update set
             count = excluded.count, sum_ms = excluded.sum_ms, max_ms = excluded.max_ms, numerator = excluded.numerator,
             denominator = excluded.denominator, buckets = excluded.buckets, revision = excluded.revision`,
    values: [
      ...keyColumns(figures),
      plainArray(figures.map(({ count }) => count)),
      plainArray(figures.map(({ sumMs }) => sumMs)),
      plainArray(figures.map(({ maxMs }) => maxMs)),
      plainArray(figures.map(({ numerator }) => numerator)),
      plainArray(figures.map(({ denominator }) => denominator)),
      jsonTexts(figures.map(({ buckets }) => buckets)),
      plainArray(figures.map((_, index) => revision + 1 + index)),
    ],
  });
}

export interface FigureFilter {
  /** All when absent. */
  readonly kpis?: readonly Kpi[];
  readonly from: string;
  readonly to: string;
  readonly channel?: string | undefined;
  readonly node?: string | undefined;
}

/** Of these days, at most `limit` rows, by day. */
export async function findFigures(db: Db, filter: FigureFilter, limit: number): Promise<readonly Figure[]> {
  const { rows } = await db.query<Figure>({
    name: 'kpi.find-figures',
    text: `select ${FIELDS} from kpi_day
           where kpi = any($1::text[]) and day between $2 and $3
             and ($4::text is null or channel = $4) and ($5::text is null or node = $5)
           order by kpi_day.day, kpi, channel, node, stage limit $6`,
    values: [filter.kpis ?? KPI_NAMES, filter.from, filter.to, filter.channel ?? null, filter.node ?? null, limit],
  });
  return rows;
}

export interface SumFilter extends Omit<FigureFilter, 'kpis'> {
  readonly kpi: Kpi;
  /** What is kept by stage alone, or what is not; both when absent. */
  readonly staged?: boolean | undefined;
}

/** What the figures are summed by, besides the day. */
const PLACE = ['channel', 'node', 'stage']
  .map((place) => `case when $7::text = '${place.toUpperCase()}' then f.${place} else '' end as ${place}`)
  .join(', ');
const CHOSEN = `kpi = $1 and day between $2 and $3 and ($4::text is null or channel = $4) and ($5::text is null or node = $5)
  and ($6::boolean is null or (stage <> '') = $6)`;

/** A sum of stored figures, without their buckets. */
export interface FigureSum extends Omit<Figure, 'buckets'> {
  /** How many it is summed from. */
  readonly figures: number;
}

/**
 * Of these days, summed by day and what is asked for, by day; at most `limit` sums. Summed where they are: there may be
 * hundreds of thousands behind a few points.
 */
export async function sumFigures(
  db: Db,
  filter: SumFilter,
  by: KpiGrouping,
  limit: number,
): Promise<readonly FigureSum[]> {
  const { rows } = await db.query<FigureSum>({
    name: 'kpi.sum-figures',
    text: `select $1 as kpi, to_char(day, 'YYYY-MM-DD') as day, channel, node, stage, sum(count)::float8 as count,
                  sum(sum_ms)::float8 as "sumMs", max(max_ms)::float8 as "maxMs", sum(numerator)::float8 as numerator,
                  sum(denominator)::float8 as denominator, count(*)::int as figures
           from (select f.day, ${PLACE}, count, sum_ms, max_ms, numerator, denominator
                 from kpi_day f where ${CHOSEN}) as chosen
           group by chosen.day, channel, node, stage order by chosen.day, channel, node, stage limit $8`,
    values: [...sumValues(filter, by), limit],
  });
  return rows;
}

/** The buckets behind the same sums, as they are stored, by `keyText`: to add them up would cost the database ten times as much. */
export async function readBuckets(db: Db, filter: SumFilter, by: KpiGrouping): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<FigureKey & { readonly buckets: string }>({
    name: 'kpi.read-buckets',
    text: `select $1 as kpi, to_char(day, 'YYYY-MM-DD') as day, channel, node, stage, string_agg(buckets::text, '') as buckets
           from (select f.day, ${PLACE}, buckets from kpi_day f where ${CHOSEN}) as chosen
           group by chosen.day, channel, node, stage`,
    values: sumValues(filter, by),
  });
  return new Map(rows.map((row) => [keyText(row), row.buckets]));
}

function sumValues({ kpi, from, to, channel, node, staged }: SumFilter, by: KpiGrouping): readonly unknown[] {
  return [kpi, from, to, channel ?? null, node ?? null, staged ?? null, by];
}

/** `revision` is of its last change, and no other figure's. */
export type ChangedFigure = Figure & { readonly revision: number };

/** Behind a revision, in the order of change; at most `limit`. */
export async function readChangedFigures(
  db: Db,
  after: number,
  channel: string | undefined,
  limit: number,
): Promise<readonly ChangedFigure[]> {
  const { rows } = await db.query<ChangedFigure>({
    name: 'kpi.changed-figures',
    text: `select ${FIELDS}, revision::float8 as revision from kpi_day
           where revision > $1 and ($2::text is null or channel = $2) order by revision limit $3`,
    values: [after, channel ?? null, limit],
  });
  return rows;
}

/** Deletes figures of days before; gives how many. */
export async function pruneFigures(db: Db, keepDays: number, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'kpi.prune-figures',
    text: `delete from kpi_day where ctid = any(array(
             select ctid from kpi_day where day < current_date - $1::int limit $2))`,
    values: [keepDays, limit],
  });
  return rowCount ?? 0;
}

/** How often figures changed, as a place for who follows: the epoch of the log (figures may be lost with it), then the revision. */
export async function readRevision(db: Db): Promise<EventCursor> {
  const { rows } = await db.query<EventCursor>({
    name: 'kpi.revision',
    text: `select coalesce((select max(first_tx)::text from log_epoch), '0') as tx,
                  coalesce((select revision::text from kpi_state), '0') as id`,
  });
  return rows[0] ?? { tx: '0', id: '0' };
}

export async function writeRevision(tx: Db, revision: number): Promise<void> {
  await tx.query({
    name: 'kpi.write-revision',
    text: `insert into kpi_state (one, revision) values (true, $1)
           on conflict (one) do update set revision = excluded.revision`,
    values: [revision],
  });
}

function keyColumns(keys: readonly FigureKey[]): readonly unknown[] {
  return [
    plainArray(keys.map(({ kpi }) => kpi)),
    plainArray(keys.map(({ day }) => day)),
    keys.map(({ channel }) => channel),
    keys.map(({ node }) => node),
    keys.map(({ stage }) => stage),
  ];
}
