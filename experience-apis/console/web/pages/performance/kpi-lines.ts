import type { KpiGrouping } from '../../generated/graphql.js';
import { plainWords, type ChartSeries } from '../../ui/index.js';
import { daysFrom } from '../shared/days.js';
import type { Series } from './series.types.js';

type Point = Series['points'][number];

export interface Lines {
  readonly days: readonly string[];
  readonly series: readonly ChartSeries[];
  /** The lowest value. */
  readonly low: number;
  /** Groups that are not drawn. */
  readonly left: number;
}

/** As many colours as a chart has, one of them for the target. */
const LINES_MAX = 7;
const TARGET_COLOUR = 8;

/** What a point is split by, as it is called on the page. */
export function groupOf(point: Pick<Point, 'channel' | 'node' | 'stage'>, by: KpiGrouping): string {
  if (by === 'CHANNEL') return point.channel ?? 'no channel';
  if (by === 'NODE') return point.node ?? 'no node';
  return by === 'STAGE' ? (point.stage ?? 'the rest') : 'all';
}

/** The lines of a chart: one for each group, those with the most records; of durations alone the mean, the half and the slow. */
export function linesOf({ definition, points }: Series, by: KpiGrouping, span: { from: string; today: string }): Lines {
  const target = definition.target ?? null;
  const days = daysFrom(span.from, span.today);
  const lines =
    by === 'DAY' ? plainLines(points, days, definition.unit === 'MILLISECONDS') : groupLines(points, days, by);
  const shown = lines.slice(0, LINES_MAX);
  const goal =
    target === null ? [] : [{ label: 'Target', values: days.map(() => target), dashed: true, colour: TARGET_COLOUR }];
  const low = Math.min(...[...shown, ...goal].flatMap(({ values }) => values.filter((value) => value !== null)));
  return { days, series: [...shown, ...goal], low, left: lines.length - shown.length };
}

function plainLines(points: readonly Point[], days: readonly string[], duration: boolean): ChartSeries[] {
  const byDay = new Map(points.map((point) => [point.day, point]));
  const line = (label: string, value: (point: Point) => number | null | undefined): ChartSeries => ({
    label,
    values: days.map((day) => {
      const point = byDay.get(day);
      return point === undefined ? null : (value(point) ?? null);
    }),
  });
  if (!duration) return [line('Value', ({ value }) => value)];
  return [
    line('Mean', ({ value }) => value),
    line('Half took no longer', ({ p50 }) => p50),
    line('95 of 100 took no longer', ({ p95 }) => p95),
  ];
}

function groupLines(points: readonly Point[], days: readonly string[], by: KpiGrouping): ChartSeries[] {
  const groups = Map.groupBy(points, (point) => groupOf(point, by));
  return [...groups]
    .map(([name, own]) => ({
      label: by === 'STAGE' ? plainWords(name) : name,
      own,
      count: own.reduce((total, { count }) => total + count, 0),
    }))
    .toSorted((one, other) => other.count - one.count || one.label.localeCompare(other.label))
    .map(({ label, own }) => {
      const byDay = new Map(own.map(({ day, value }) => [day, value ?? null]));
      return { label, values: days.map((day) => byDay.get(day) ?? null) };
    });
}
