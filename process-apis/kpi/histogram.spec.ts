import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, percentile, topOf, withBuckets, type Buckets } from './histogram.js';

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
        const buckets = durations.reduce<Buckets>((all, one) => withBuckets(all, { [bucketOf(one)]: 1 }), {});
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        const told = percentile(buckets, share, sorted.at(-1) ?? 0) ?? -1;
        expect(told).toBeGreaterThanOrEqual(exact);
        expect(told).toBeLessThanOrEqual(exact * (1 + 1 / 16));
      }),
    );
    expect(percentile({}, 0.5, 0)).toBeUndefined();
  });
});
