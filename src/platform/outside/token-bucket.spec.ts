import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.js';

/** A clock that only sleeping moves. */
function fakeTime(): {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  pass(ms: number): void;
} {
  let time = 1_000_000;
  return {
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
    pass: (ms) => {
      time += ms;
    },
  };
}

function bucketOf(
  perSecond: number,
  burst: number,
): { readonly bucket: TokenBucket; readonly time: ReturnType<typeof fakeTime> } {
  const time = fakeTime();
  return { bucket: new TokenBucket(perSecond, burst, time.now, time.sleep), time };
}

describe('TokenBucket', () => {
  it('lets a burst through at once, then one call for each token', async () => {
    const { bucket, time } = bucketOf(2, 3);
    const start = time.now();
    for (let call = 0; call < 3; call += 1) await bucket.take();
    expect(time.now() - start).toBe(0);
    for (let call = 0; call < 4; call += 1) await bucket.take();
    expect(time.now() - start).toBe(2000);
  });

  it('never saves up more than the burst', async () => {
    const { bucket, time } = bucketOf(10, 2);
    time.pass(60_000);
    await bucket.take();
    await bucket.take();
    expect(bucket.delayMs()).toBe(100);
  });

  it('serves waiting callers in order', async () => {
    const { bucket } = bucketOf(5, 1);
    const served: number[] = [];
    await Promise.all([1, 2, 3, 4].map((caller) => bucket.take().then(() => served.push(caller))));
    expect(served).toEqual([1, 2, 3, 4]);
  });

  it('takes another rate at run time and ignores one that is none', async () => {
    const { bucket } = bucketOf(1, 1);
    await bucket.take();
    bucket.setRate(4);
    expect(bucket.delayMs()).toBe(250);
    bucket.setRate(0);
    bucket.setRate(Number.NaN);
    expect(bucket.delayMs()).toBe(250);
  });

  it('lets nothing out while the vendor says stop, and has no burst after it', async () => {
    const { bucket, time } = bucketOf(10, 5);
    const start = time.now();
    bucket.pause(3000);
    await bucket.take();
    expect(time.now() - start).toBeGreaterThanOrEqual(3000);
    expect(bucket.delayMs()).toBeGreaterThan(0);
  });
});
