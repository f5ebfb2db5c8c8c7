import { added, NO_FIGURES, type Figure, type FigureKey, type Figures } from './figures.js';
import { Histogram } from './histogram.js';
import { kpiDefinition, KPI_NAMES, type Kpi, type KpiGrouping } from './kpi.definitions.js';

/** What was recorded of a KPI on one day. What it is not split by is absent and summed over. */
export interface KpiPoint {
  readonly kpi: Kpi;
  /** UTC: `2026-11-21`. */
  readonly day: string;
  readonly channel?: string;
  readonly node?: string;
  readonly stage?: string;
  readonly count: number;
  readonly numerator: number;
  readonly denominator: number;
  /** In the KPI's unit; absent when nothing was recorded that it could be told of. */
  readonly value?: number;
  /** Milliseconds, of durations. */
  readonly p50?: number;
  readonly p95?: number;
  readonly max?: number;
}

/** What of a point takes the longest to compute. */
export type KpiDurations = Pick<KpiPoint, 'p50' | 'p95' | 'max'>;

type Sums = Omit<Figures, 'buckets'>;

/** Figures summed into points, in the order in which their first figures came. Pure. */
export function pointsOf(figures: readonly Figure[], by: KpiGrouping): readonly KpiPoint[] {
  const sums = new Map<string, Figure>();
  for (const figure of figures.filter(({ kpi, stage }) => counts(kpi, stage, by))) {
    const place = {
      channel: by === 'CHANNEL' ? figure.channel : '',
      node: by === 'NODE' ? figure.node : '',
      stage: by === 'STAGE' ? figure.stage : '',
    };
    const key = JSON.stringify([figure.kpi, figure.day, place.channel, place.node, place.stage]);
    const before = sums.get(key) ?? { ...NO_FIGURES, kpi: figure.kpi, day: figure.day, ...place };
    sums.set(key, { ...before, ...added(before, figure) });
  }
  return [...sums.values()].map((sum) => toPoint(sum, by));
}

/** A point for each KPI, also where nothing was recorded. Pure. */
export function overviewOf(figures: readonly Figure[], day: string): readonly KpiPoint[] {
  const points = new Map(pointsOf(figures, 'DAY').map((point) => [point.kpi, point]));
  return KPI_NAMES.map(
    (kpi) => points.get(kpi) ?? toPoint({ ...NO_FIGURES, kpi, day, channel: '', node: '', stage: '' }, 'DAY'),
  );
}

/** One figure as the point of its day, channel, node and stage. Pure. */
export function pointOf(figure: Figure): KpiPoint {
  const { channel, node, stage } = figure;
  const place = Object.entries({ channel, node, stage }).filter(([, name]) => name !== '');
  return { ...toPoint(figure, 'DAY'), ...Object.fromEntries(place) };
}

/** The whole way is no sum over the stages: of such a KPI either counts, by what is asked for. */
function counts(kpi: Kpi, stage: string, by: KpiGrouping): boolean {
  const { whole } = kpiDefinition(kpi);
  return whole !== true || (by === 'STAGE') === (stage !== '');
}

function toPoint(figure: Figure, by: KpiGrouping): KpiPoint {
  return sumPoint(figure, by, durationsIn(figure));
}

/** What was summed by what is asked for, as a point. Pure. */
export function sumPoint(sum: FigureKey & Sums, by: KpiGrouping, durations: KpiDurations): KpiPoint {
  const { kpi, day, channel, node, stage, count, numerator, denominator } = sum;
  const value = valueOf(kpi, sum);
  return {
    kpi,
    day,
    ...(by === 'CHANNEL' ? { channel } : {}),
    ...(by === 'NODE' ? { node } : {}),
    ...(by === 'STAGE' ? { stage } : {}),
    count,
    numerator,
    denominator,
    ...(value === undefined ? {} : { value }),
    ...durations,
  };
}

function valueOf(kpi: Kpi, { count, sumMs, numerator, denominator }: Sums): number | undefined {
  switch (kpiDefinition(kpi).unit) {
    case 'MILLISECONDS':
      return count === 0 ? undefined : sumMs / count;
    case 'RATIO':
      return denominator === 0 ? undefined : numerator / denominator;
    case 'COUNT':
      return count;
    case 'UNITS':
      return count === 0 ? undefined : numerator;
  }
}

function durationsIn({ buckets, maxMs }: Figures): KpiDurations {
  const entries = Object.entries(buckets);
  if (entries.length === 0) return {};
  const histogram = new Histogram();
  for (const [bucket, records] of entries) histogram.add(Number(bucket), records);
  return durationsOf(histogram, maxMs);
}

/** Nothing where there are no records. */
export function durationsOf(histogram: Histogram, maxMs: number): KpiDurations {
  const p50 = histogram.percentile(0.5, maxMs);
  const p95 = histogram.percentile(0.95, maxMs);
  return p50 === undefined || p95 === undefined ? {} : { p50, p95, max: maxMs };
}
