import uPlot from 'uplot';
import type { ChartProps, ChartSeries } from './chart.types.js';
import { colourOf } from './theme-colour.js';
import { utcWords } from './time-words.js';

const HEIGHT = 240;
/** Seconds. */
const DAY = 86_400;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Pixels that the figures of the axis need: at least so many, and more for longer ones. */
const AXIS_WIDTH_MIN = 64;
const AXIS_GAP = 12;
const CHARACTER_WIDTH = 6.5;
const X_AXIS_HEIGHT = 36;
/** Pixels between the axis and the times below it: the lowest figure beside it stays apart from the first. */
const X_AXIS_GAP = 12;
const BAR_WIDTH = 0.6;
const BAR_PIXELS_MAX = 48;

/** How a chart is drawn now. `props` is asked again at each drawing: formats may change without a new chart. */
export function chartOptions(
  element: HTMLElement,
  props: () => ChartProps,
  show: (words: string) => void,
): uPlot.Options {
  const { height = HEIGHT, fromZero = true, ceiling = Infinity, series } = props();
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = {
    stroke: colourOf('--text-faint', element),
    font,
    ticks: { show: false },
    grid: { stroke: colourOf('--chart-grid', element), width: 1 },
  };
  return {
    width: Math.max(1, element.clientWidth),
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    legend: { show: false },
    padding: [12, 28, 0, 0],
    scales: {
      x: { range: () => spanOf(props()) },
      y: { range: (_, low, high) => rangeOf(low, high, fromZero, ceiling) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: X_AXIS_HEIGHT,
        gap: X_AXIS_GAP,
        space: 64,
        values: (_, ticks) => ticks.map(timeOnAxis),
      },
      {
        ...axis,
        size: (_, words) => axisWidth(words),
        space: 40,
        values: (_, ticks) => ticks.map((tick) => props().format(tick)),
      },
    ],
    series: [{}, ...series.map((one, at) => seriesOptions(one, at, element, props().bars === true))],
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    hooks: { setCursor: [(plot) => show(readoutOf(plot, props()))] },
  };
}

/** uPlot asks before there are any. */
function axisWidth(words: readonly string[] | null): number {
  const longest = Math.max(0, ...(words ?? []).map(({ length }) => length));
  return Math.max(AXIS_WIDTH_MIN, AXIS_GAP + longest * CHARACTER_WIDTH);
}

function seriesOptions(one: ChartSeries, at: number, element: HTMLElement, bars: boolean): uPlot.Series {
  const colour = colourOf(`--chart-${colourIndex(one, at)}`, element);
  if (one.dashed === true) return { stroke: colour, width: 1.25, dash: [5, 4], points: { show: false } };
  const paths = bars ? uPlot.paths.bars?.({ size: [BAR_WIDTH, BAR_PIXELS_MAX], radius: 0.15 }) : undefined;
  return {
    stroke: colour,
    width: bars ? 0 : 1.75,
    spanGaps: false,
    ...(bars ? { fill: colour } : {}),
    ...(paths === undefined ? {} : { paths }),
    points: { show: !bars, size: 6, fill: colour, filter: loneValues },
  };
}

/** Columns need room beside the first and the last time; a lone one stands in the middle of a day. */
function spanOf({ times, bars }: ChartProps): [number, number] {
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? first;
  const step = times.length < 2 ? DAY : (last - first) / (times.length - 1);
  const room = bars === true || first === last ? step / 2 : 0;
  return [first - room, last + room];
}

/** "21 Nov" at midnight, else "14:30"; UTC. */
function timeOnAxis(seconds: number): string {
  const [, month, day, time] = /-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(new Date(seconds * 1_000).toISOString()) ?? [];
  return time === '00:00' ? `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''}` : (time ?? '');
}

/** Room above, and a scale even where all values are equal or none is there. */
function rangeOf(low: number | null, high: number | null, fromZero: boolean, ceiling: number): [number, number] {
  if (low === null || high === null) return [0, 1];
  const bottom = fromZero ? Math.min(0, low) : low;
  const span = high - bottom || Math.abs(high) || 1;
  return [fromZero ? bottom : bottom - span * 0.1, Math.min(ceiling, high + span * 0.1)];
}

function readoutOf(plot: uPlot, { times, series, format, formatTime }: ChartProps): string {
  const at = plot.cursor.idx;
  const time = at === null || at === undefined ? undefined : times[at];
  if (at === null || at === undefined || time === undefined) return '';
  const values = series.map(({ label, values: all }) => {
    const value = all[at];
    return `${label} ${value === null || value === undefined ? '–' : format(value)}`;
  });
  return [formatTime?.(time) ?? utcWords(time * 1_000), ...values].join('  ·  ');
}

/** Which of the chart's eight colours a series has. */
export function colourIndex(series: ChartSeries, at: number): number {
  return series.colour ?? (at % 8) + 1;
}

/** What no line leads to or from would not be seen: it gets a dot. */
function loneValues(plot: uPlot, at: number): number[] {
  const values = plot.data[at] ?? [];
  return Array.from(values.keys()).filter(
    (index) => isKnown(values[index]) && !isKnown(values[index - 1]) && !isKnown(values[index + 1]),
  );
}

function isKnown(value: number | null | undefined): boolean {
  return value !== null && value !== undefined;
}
