import { added, NO_FIGURES, type Figure, type Figures } from './figures.js';
import { percentile } from './histogram.js';
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
  const { kpi, day, channel, node, stage, count, numerator, denominator } = figure;
  const value = valueOf(kpi, figure);
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
    ...durationsOf(figure),
  };
}

function valueOf(kpi: Kpi, { count, sumMs, numerator, denominator }: Figures): number | undefined {
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

function durationsOf({ buckets, maxMs }: Figures): Pick<KpiPoint, 'p50' | 'p95' | 'max'> {
  const p50 = percentile(buckets, 0.5, maxMs);
  const p95 = percentile(buckets, 0.95, maxMs);
  return p50 === undefined || p95 === undefined ? {} : { p50, p95, max: maxMs };
}
