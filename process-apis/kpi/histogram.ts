/** Records by bucket. Buckets are of whole milliseconds: exact below 32, then 16 for each doubling. */
export type Buckets = Readonly<Record<string, number>>;

const EXACT_BELOW = 32;
const PER_DOUBLING = 16;

/** The bucket of a duration in whole milliseconds, from 0. */
export function bucketOf(ms: number): number {
  let shift = 0;
  while (ms / 2 ** shift >= EXACT_BELOW) shift += 1;
  return shift * PER_DOUBLING + Math.floor(ms / 2 ** shift);
}

/** The longest duration of a bucket, in milliseconds. */
export function topOf(bucket: number): number {
  if (bucket < EXACT_BELOW) return bucket;
  const shift = Math.floor(bucket / PER_DOUBLING) - 1;
  return (bucket - shift * PER_DOUBLING + 1) * 2 ** shift - 1;
}

export function withBuckets(a: Buckets, b: Buckets): Buckets {
  const sum: Record<string, number> = { ...a };
  for (const [bucket, records] of Object.entries(b)) sum[bucket] = (sum[bucket] ?? 0) + records;
  return sum;
}

/** What that share (0 to 1) of the records did not exceed, in milliseconds, by the nearest rank; undefined without records. */
export function percentile(buckets: Buckets, share: number, maxMs: number): number | undefined {
  const sorted = Object.entries(buckets)
    .map(([bucket, records]) => ({ bucket: Number(bucket), records }))
    .toSorted((a, b) => a.bucket - b.bucket);
  const total = sorted.reduce((sum, { records }) => sum + records, 0);
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (const { bucket, records } of sorted) {
    seen += records;
    if (seen >= rank) return Math.min(topOf(bucket), maxMs);
  }
  return undefined;
}
