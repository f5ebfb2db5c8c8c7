import type { KpiDirection, KpiUnit } from '../../generated/graphql.js';
import { durationWords, type Tone } from '../../ui/index.js';

/** What a point says, of one day or summed over several. */
export interface Figure {
  readonly count: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly value?: number | null | undefined;
}

/**
 * The KPI over several days as one value: the share of all that was counted, the mean over all records, the number or units
 * of all days together. Null when nothing was recorded that it could be told of.
 */
export function valueOver(unit: KpiUnit, points: readonly Figure[]): number | null {
  const known = points.filter(({ value }) => value !== null && value !== undefined);
  // Of what is counted no record means none; of what is measured, that nobody knows.
  if (known.length === 0) return unit === 'COUNT' ? 0 : null;
  if (unit === 'RATIO') {
    const denominator = sum(known.map((point) => point.denominator));
    return denominator === 0 ? null : sum(known.map(({ numerator }) => numerator)) / denominator;
  }
  if (unit === 'MILLISECONDS') {
    const count = sum(known.map((point) => point.count));
    return count === 0 ? null : sum(known.map((point) => (point.value ?? 0) * point.count)) / count;
  }
  return sum(known.map(({ value }) => value ?? 0));
}

/** A value as people read it. */
export function valueWords(unit: KpiUnit, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (unit === 'MILLISECONDS') return durationWords(value);
  if (unit === 'RATIO') return `${percent(value)} %`;
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

/** Near 0 and near 1 the small differences count. */
function percent(share: number): string {
  const points = share * 100;
  const near = Math.min(Math.abs(points), Math.abs(100 - points));
  return points.toLocaleString('en', { maximumFractionDigits: near === 0 || near >= 10 ? 1 : 2 });
}

/** Whether a value keeps to its target. */
export function targetTone(value: number | null, target: number | null, better: KpiDirection): Tone {
  if (value === null || target === null) return 'neutral';
  return (better === 'LOWER' ? value <= target : value >= target) ? 'ok' : 'bad';
}

export interface Trend {
  readonly words: string;
  readonly tone: Tone;
}

/** Changes below this share of the former value are none. */
const STEADY_SHARE = 0.02;

/** How a value stands to that of the time before; undefined where either is unknown. */
export function trendOf(value: number | null, before: number | null, better: KpiDirection): Trend | undefined {
  if (value === null || before === null) return undefined;
  const change = value - before;
  if (Math.abs(change) <= Math.abs(before) * STEADY_SHARE) return { words: 'steady', tone: 'neutral' };
  const good = change < 0 === (better === 'LOWER');
  const share = before === 0 ? '' : ` ${Math.round((Math.abs(change) / Math.abs(before)) * 100)} %`;
  return { words: `${change > 0 ? 'up' : 'down'}${share}`, tone: good ? 'ok' : 'warn' };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
