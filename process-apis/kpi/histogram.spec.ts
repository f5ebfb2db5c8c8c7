import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, Histogram, topOf, withBuckets, type Buckets } from './histogram.js';

const ms = fc.integer({ min: 0, max: 10 * 366 * 86_400_000 });

describe('buckets of durations', () => {
  it('hold a duration to one sixteenth, and are exact below 32 ms', () => {
    fc.assert(
      fc.property(ms, (duration) => {
        const top = topOf(bucketOf(duration));
        expect(top).toBeGreaterThanOrEqual(duration);
        expect(top - duration).toBeLessThanOrEqual(duration < 32 ? 0 : duration / 16);
      }),
    );
  });

  it('grow with the duration', () => {
    fc.assert(
      fc.property(ms, ms, (a, b) => {
        expect(Math.sign(bucketOf(a) - bucketOf(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('tell what a share of the records did not exceed', () => {
    fc.assert(
      fc.property(fc.array(ms, { minLength: 1, maxLength: 200 }), fc.constantFrom(0.5, 0.95, 1), (durations, share) => {
        const histogram = new Histogram();
        for (const one of durations) histogram.add(bucketOf(one), 1);
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        const told = histogram.percentile(share, sorted.at(-1) ?? 0) ?? -1;
        expect(told).toBeGreaterThanOrEqual(exact);
        expect(told).toBeLessThanOrEqual(exact * (1 + 1 / 16));
      }),
    );
    expect(new Histogram().percentile(0.5, 0)).toBeUndefined();
  });

  it('are read from texts as from objects, again and again', () => {
    const buckets = fc
      .array(ms, { maxLength: 50 })
      .map((durations) =>
        durations.reduce<Buckets>((all, one) => withBuckets(all, { [bucketOf(one)]: (one % 1_000) + 1 }), {}),
      );
    const read = new Histogram();
    fc.assert(
      fc.property(fc.array(buckets, { maxLength: 5 }), (stored) => {
        const added = new Histogram();
        for (const [bucket, records] of stored.flatMap((one) => Object.entries(one)))
          added.add(Number(bucket), records);
        read.clear();
        read.addStored(stored.map((one) => JSON.stringify(one)).join(''));
        for (const share of [0, 0.1, 0.5, 0.95, 1])
          expect(read.percentile(share, Infinity)).toBe(added.percentile(share, Infinity));
      }),
    );
  });

  it('are as many as durations can need', () => {
    const histogram = new Histogram();
    histogram.add(bucketOf(Number.MAX_SAFE_INTEGER), 1);
    expect(histogram.percentile(1, Infinity)).toBeGreaterThanOrEqual(Number.MAX_SAFE_INTEGER);
    expect(() => histogram.add(1_024, 1)).toThrow('there is no bucket 1024');
    expect(() => histogram.add(Number.NaN, 1)).toThrow('there is no bucket NaN');
  });
});
