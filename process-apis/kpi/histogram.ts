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

/** More than any duration has that a whole number can say. */
const BUCKETS_MAX = 1_024;
const [ZERO, NINE, QUOTE] = [48, 57, 34];

/** Records by bucket, added up for medians: the same one again and again for many points. */
export class Histogram {
  private readonly records = new Float64Array(BUCKETS_MAX);
  private lowest = BUCKETS_MAX;
  private highest = -1;
  private total = 0;

  clear(): void {
    this.records.fill(0, this.lowest, this.highest + 1);
    this.lowest = BUCKETS_MAX;
    this.highest = -1;
    this.total = 0;
  }

  add(bucket: number, records: number): void {
    if (!(bucket < BUCKETS_MAX)) throw new RangeError(`there is no bucket ${bucket}`);
    this.records[bucket] = (this.records[bucket] ?? 0) + records;
    this.lowest = Math.min(this.lowest, bucket);
    this.highest = Math.max(this.highest, bucket);
    this.total += records;
  }

  /**
   * Adds `Buckets` as they are stored, one JSON text behind the other: a number before a quote is a bucket, any other its
   * records. Objects of so many keys would take four times as long to make as it takes to read the digits.
   */
  addStored(texts: string): void {
    let [bucket, number, digits] = [0, 0, 0];
    for (let at = 0; at <= texts.length; at += 1) {
      const sign = texts.charCodeAt(at);
      if (sign >= ZERO && sign <= NINE) {
        number = number * 10 + (sign - ZERO);
        digits += 1;
      } else if (digits > 0) {
        if (sign === QUOTE) bucket = number;
        else this.add(bucket, number);
        [number, digits] = [0, 0];
      }
    }
  }

  /** What that share (0 to 1) of the records did not exceed, in milliseconds, by the nearest rank; undefined without records. */
  percentile(share: number, maxMs: number): number | undefined {
    const rank = Math.max(1, Math.ceil(share * this.total));
    let seen = 0;
    for (let bucket = this.lowest; bucket <= this.highest; bucket += 1) {
      seen += this.records[bucket] ?? 0;
      if (seen >= rank) return Math.min(topOf(bucket), maxMs);
    }
    return undefined;
  }
}
