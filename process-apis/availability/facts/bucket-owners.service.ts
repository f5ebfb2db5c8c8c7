import type { Pool } from 'pg';
import { z } from 'zod';
import { STOCK_BUCKETS, type StockBucket } from '../../../src/model/stock.js';
import { inRetriedTransaction } from '../../../src/platform/commit/index.js';
import { refuseIfAny, repeatedEntries } from '../../../src/platform/http/invalid-input.js';
import { skuSchema } from '../../catalog/index.js';
import { readOwners, replaceOwners } from './bucket-owner.sql.js';

const SOURCES_MAX = 20;
const LAG_SECONDS_MAX = 604_800;
const LAG_SAYS = `Must be a whole number of seconds from 0 to ${LAG_SECONDS_MAX}, which is a week.`;
const EVERY_NODE = '*';

/** Who may write a bucket, at one node or (`*`) at every node that has no owner of its own. No source: every source may. */
export interface OwnedBucket {
  readonly node: string;
  readonly bucket: StockBucket;
  readonly sources: readonly {
    readonly source: string;
    /** The source's counts are read as taken so much earlier: it learns late of what left. */
    readonly lagSeconds: number;
  }[];
}

export const ownedBucketSchema = z.strictObject({
  node: skuSchema,
  bucket: z.enum(STOCK_BUCKETS),
  sources: z
    .array(
      z.strictObject({
        source: skuSchema,
        lagSeconds: z.int(LAG_SAYS).min(0, LAG_SAYS).max(LAG_SECONDS_MAX, LAG_SAYS).default(0),
      }),
    )
    .max(SOURCES_MAX, `Must name at most ${SOURCES_MAX} sources.`),
});

/** The configuration of who writes which bucket of stock. */
export class BucketOwners {
  constructor(private readonly pool: Pool) {}

  /** Replaces the sources of each bucket. InvalidInputError, with pointers into the given list: then nothing is saved. */
  async save(buckets: readonly OwnedBucket[]): Promise<void> {
    await inRetriedTransaction(this.pool, async (tx) => {
      const { rows } = await tx.query<{ id: string }>('select id from node');
      const known = new Set([EVERY_NODE, ...rows.map(({ id }) => id)]);
      refuseIfAny([
        ...repeatedEntries(
          buckets.map(({ node, bucket }) => `${node}/${bucket}`),
          'The bucket of this node',
        ),
        ...buckets.flatMap(({ sources }, index) =>
          repeatedEntries(
            sources.map(({ source }) => source),
            'The source',
            '/source',
          ).map(({ pointer, detail }) => ({ pointer: `/${index}/sources${pointer}`, detail })),
        ),
        ...buckets.flatMap(({ node }, index) =>
          known.has(node)
            ? []
            : [{ pointer: `/${index}/node`, detail: `There is no node "${node}": name one, or "*" for every node.` }],
        ),
      ]);
      const owners = buckets.flatMap(({ node, bucket, sources }) =>
        sources.map(({ source, lagSeconds }) => ({ node, bucket, source, lagSeconds })),
      );
      await replaceOwners(tx, buckets, owners);
    });
  }

  /** Buckets that have owners, by node and bucket. They are few: nodes × buckets at most. */
  async all(): Promise<readonly OwnedBucket[]> {
    const owners = await readOwners(this.pool);
    return [...Map.groupBy(owners, ({ node, bucket }) => `${node}/${bucket}`).values()].flatMap((rows) => {
      const [first] = rows;
      if (first === undefined) return [];
      const sources = rows.map(({ source, lagSeconds }) => ({ source, lagSeconds }));
      return [{ node: first.node, bucket: first.bucket, sources }];
    });
  }
}
