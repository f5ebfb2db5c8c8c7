import type { ClientBase } from 'pg';
import type { StockBucket } from '../../../src/model/stock.js';

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

/** Replaces the owners of each of these buckets at its node. */
export async function replaceOwners(
  db: Pick<ClientBase, 'query'>,
  buckets: readonly Pick<BucketOwner, 'node' | 'bucket'>[],
  owners: readonly BucketOwner[],
): Promise<void> {
  await db.query(
    `delete from bucket_owner o using unnest($1::text[], $2::text[]) as n (node, bucket)
     where o.node = n.node and o.bucket = n.bucket`,
    [buckets.map(({ node }) => node), buckets.map(({ bucket }) => bucket)],
  );
  await db.query(
    `insert into bucket_owner (node, bucket, source, lag_seconds)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::int[])`,
    [
      owners.map(({ node }) => node),
      owners.map(({ bucket }) => bucket),
      owners.map(({ source }) => source),
      owners.map(({ lagSeconds }) => lagSeconds),
    ],
  );
}
