/** The buckets of a position, or of several together: base units. */
export interface Stock {
  readonly onHand: number;
  readonly reserved: number;
  readonly qualityHold: number;
  readonly safetyStock: number;
  readonly threshold: number;
  readonly incoming: number;
  readonly inTransit: number;
  readonly missing: number;
  readonly earmarked: number;
  readonly atp: number;
}

const NONE: Stock = {
  onHand: 0,
  reserved: 0,
  qualityHold: 0,
  safetyStock: 0,
  threshold: 0,
  incoming: 0,
  inTransit: 0,
  missing: 0,
  earmarked: 0,
  atp: 0,
};
const BUCKETS = Object.keys(NONE) as (keyof Stock)[];

/** Positions of one item, summed up bucket by bucket. */
export function stockOf(positions: readonly Stock[]): Stock {
  const sum = { ...NONE };
  for (const position of positions) for (const bucket of BUCKETS) sum[bucket] += position[bucket];
  return sum;
}
