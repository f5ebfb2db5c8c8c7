import { describe, expect, it } from 'vitest';
import { KPI_NAMES, type Figure } from '../../process-apis/kpi/index.js';
import { placesOf } from './kpi-metrics.js';

const DAY = '2026-03-01';
const FIGURE: Figure = {
  kpi: 'ORDER_LIFECYCLE_LATENCY',
  day: DAY,
  channel: '',
  node: '',
  stage: '',
  count: 1,
  sumMs: 0,
  maxMs: 0,
  numerator: 0,
  denominator: 0,
  buckets: {},
};

describe('the KPIs that Prometheus is told', () => {
  it('are all there in all, also on a day of which nothing is recorded', () => {
    const points = placesOf([], DAY);
    expect(points.map(({ kpi }) => kpi)).toEqual(KPI_NAMES);
    const numbers = points.filter(({ value }) => value !== undefined);
    expect(numbers.every(({ value }) => value === 0)).toBe(true);
    expect(numbers.map(({ kpi }) => kpi)).toContain('MANUAL_INTERVENTIONS');
  });

  it('are split by stage, and the whole way is no sum over stages', () => {
    const points = placesOf(
      [
        { ...FIGURE, channel: 'a', count: 1, sumMs: 9_000 },
        { ...FIGURE, channel: 'a', stage: 'ERP', count: 2, sumMs: 4_000 },
        { ...FIGURE, channel: 'b', stage: 'ERP', count: 2, sumMs: 8_000 },
      ],
      DAY,
    ).filter(({ kpi, count }) => kpi === 'ORDER_LIFECYCLE_LATENCY' && count > 0);
    expect(points.map(({ channel, stage, count, value }) => ({ channel, stage, count, value }))).toEqual([
      { count: 1, value: 9_000 },
      { channel: 'a', count: 1, value: 9_000 },
      { stage: 'ERP', count: 4, value: 3_000 },
    ]);
  });

  it('are of the busiest channels when there are more than can be told of, each with what is rare as well', () => {
    const figures = Array.from({ length: 150 }, (_, index): readonly Figure[] => {
      const channel = `c-${index}`;
      const rare: Figure = { ...FIGURE, kpi: 'FAILED_ACKNOWLEDGEMENTS', channel, stage: 'SHIPMENT' };
      return [{ ...FIGURE, channel, count: 10 + index }, rare];
    }).flat();
    const told = placesOf(figures, DAY).flatMap(({ kpi, channel }) =>
      channel === undefined ? [] : [{ kpi, channel }],
    );
    const channels = Array.from({ length: 100 }, (_, index) => `c-${50 + index}`).toSorted();
    for (const name of ['ORDER_LIFECYCLE_LATENCY', 'FAILED_ACKNOWLEDGEMENTS'])
      expect(told.flatMap(({ kpi, channel }) => (kpi === name ? [channel] : [])).toSorted()).toEqual(channels);
  });
});
