import type { ClientBase } from 'pg';
import type { StockBucket } from '../../src/model/stock.js';

/** A source that may write a bucket at a node. A bucket without any owner may be written by every source. */
export interface BucketOwner {
  /** `*` is every node that has no owner of its own for the bucket. */
  readonly node: string;
  readonly bucket: StockBucket;
  readonly source: string;
  /** Its counts are read as taken so much earlier: it learns late of what left. */
  readonly lagSeconds: number;
}

export async function readOwners(db: Pick<ClientBase, 'query'>): Promise<readonly BucketOwner[]> {
  const { rows } = await db.query<BucketOwner>({
    name: 'bucket-owner.read',
    text: 'select node, bucket, source, lag_seconds as "lagSeconds" from bucket_owner order by node, bucket, source',
  });
  return rows;
}
