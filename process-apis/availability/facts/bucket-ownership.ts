import type { StockBucket, StockFact } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import type { BucketOwner } from './bucket-owner.sql.js';

/** Which source may write which bucket. Pure. */
export class BucketOwnership {
  constructor(private readonly owners: readonly BucketOwner[]) {}

  /** The sources that own the bucket at the node, those of `*` where the node has none; empty: every source may write. */
  ownersOf(node: string, bucket: StockBucket): readonly string[] {
    return this.rows(node, bucket).map(({ source }) => source);
  }

  mayWrite(source: string, node: string, bucket: StockBucket): boolean {
    const owners = this.ownersOf(node, bucket);
    return owners.length === 0 || owners.includes(source);
  }

  /** By how many seconds a count of the source is read as taken earlier than it says. */
  lagOf(source: string, node: string): number {
    return this.rows(node, 'onHand').find((row) => row.source === source)?.lagSeconds ?? 0;
  }

  private rows(node: string, bucket: StockBucket): readonly BucketOwner[] {
    const own = this.owners.filter((row) => row.node === node && row.bucket === bucket);
    return own.length > 0 ? own : this.owners.filter((row) => row.node === '*' && row.bucket === bucket);
  }
}

/** When a count was taken, as far as its source knew what had left by then. */
export function countedAsOf(
  { source, node, occurredAt }: Pick<StockFact, 'source' | 'node' | 'occurredAt'>,
  owners: BucketOwnership,
): Instant {
  const lag = owners.lagOf(source, node);
  return lag === 0 ? occurredAt : new Date(Date.parse(occurredAt) - lag * 1_000).toISOString();
}
