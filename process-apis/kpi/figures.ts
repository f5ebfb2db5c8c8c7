import type { Instant } from '../../src/model/time.js';
import { bucketOf, withBuckets, type Buckets } from './histogram.js';
import type { Kpi } from './kpi.definitions.js';

/** What the figures are kept by. Empty where a record has none. */
export interface FigureKey {
  readonly kpi: Kpi;
  /** UTC: `2026-11-21`. */
  readonly day: string;
  readonly channel: string;
  readonly node: string;
  readonly stage: string;
}

export interface Figures {
  readonly count: number;
  readonly sumMs: number;
  readonly maxMs: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly buckets: Buckets;
}

export type Figure = FigureKey & Figures;

/** One record of a KPI. */
export interface Mark extends Pick<FigureKey, 'kpi' | 'day' | 'channel'> {
  readonly node?: string;
  readonly stage?: string;
  /** How long it took; less than nothing, by clocks that differ, is nothing. */
  readonly ms?: number;
  readonly numerator?: number;
  readonly denominator?: number;
  /** 1 when absent; 0 for what only completes a record of before. */
  readonly count?: number;
}

export const NO_FIGURES: Figures = { count: 0, sumMs: 0, maxMs: 0, numerator: 0, denominator: 0, buckets: {} };

export function dayOf(instant: Instant): string {
  return instant.slice(0, 'YYYY-MM-DD'.length);
}

/** Whole milliseconds, at least 0. */
export function msBetween(from: Instant, to: Instant): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

/** The figures that the records make, by key. */
export function sumMarks(marks: readonly Mark[]): readonly Figure[] {
  const sums = new Map<string, Figure>();
  for (const mark of marks) {
    const { kpi, day, channel, node = '', stage = '' } = mark;
    const key: FigureKey = { kpi, day, channel, node, stage };
    const before = sums.get(keyText(key)) ?? { ...key, ...NO_FIGURES };
    sums.set(keyText(key), { ...key, ...added(before, figuresOf(mark)) });
  }
  return [...sums.values()];
}

export function added(a: Figures, b: Figures): Figures {
  return {
    count: a.count + b.count,
    sumMs: a.sumMs + b.sumMs,
    maxMs: Math.max(a.maxMs, b.maxMs),
    numerator: a.numerator + b.numerator,
    denominator: a.denominator + b.denominator,
    buckets: withBuckets(a.buckets, b.buckets),
  };
}

export function keyText({ kpi, day, channel, node, stage }: FigureKey): string {
  return JSON.stringify([kpi, day, channel, node, stage]);
}

function figuresOf({ ms, numerator = 0, denominator = 0, count = 1 }: Mark): Figures {
  if (ms === undefined) return { ...NO_FIGURES, count, numerator, denominator };
  const whole = Math.max(0, Math.round(ms));
  return { count, sumMs: whole, maxMs: whole, numerator, denominator, buckets: { [bucketOf(whole)]: 1 } };
}
