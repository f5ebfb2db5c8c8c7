import type { Pool } from 'pg';
import type { Instant } from '../../../src/model/time.js';
import { inTransaction } from '../../../src/platform/commit/index.js';
import { findWantedSnapshots, listFeeds, lockFeeds, writeFeeds, type FeedKey } from './stock-feed.sql.js';
import { withSnapshot, type StockFeed } from './stock-feed.js';

/** Feeds in one answer. */
export const FEEDS_PAGE_MAX = 200;

/** Where the sources of stock facts stand, and whose whole snapshot is needed. */
export class StockFeeds {
  constructor(
    private readonly pool: Pool,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** By source and node, at most FEEDS_PAGE_MAX, behind the given one. */
  list(after?: FeedKey, limit = FEEDS_PAGE_MAX): Promise<readonly StockFeed[]> {
    return listFeeds(this.pool, after, Math.min(limit, FEEDS_PAGE_MAX));
  }

  /** Feeds whose gap only a snapshot closes, the longest wanted first; asked for or not. At most FEEDS_PAGE_MAX. */
  wantedSnapshots(limit: number): Promise<readonly StockFeed[]> {
    return findWantedSnapshots(this.pool, Math.min(limit, FEEDS_PAGE_MAX));
  }

  /** A snapshot is needed though no number is missing: drift was found. */
  snapshotWanted(key: FeedKey): Promise<void> {
    return this.change(key, (feed) => ({ ...feed, snapshotWantedAt: feed.snapshotWantedAt ?? this.instant() }));
  }

  snapshotAsked(key: FeedKey): Promise<void> {
    return this.change(key, (feed) => ({ ...feed, snapshotAskedAt: this.instant() }));
  }

  /**
   * All positions of the node were taken as counts, as of then. With the sequence that the snapshot contains the gap closes
   * when it ends before it; without, when it was noticed before the snapshot.
   */
  snapshotTaken(key: FeedKey, snapshot: { readonly asOf: Instant; readonly sequence?: number }): Promise<void> {
    return this.change(key, (feed) => withSnapshot(feed, snapshot.asOf, snapshot.sequence, this.instant()));
  }

  private async change(key: FeedKey, how: (feed: StockFeed) => StockFeed): Promise<void> {
    await inTransaction(this.pool, async (tx) => {
      await writeFeeds(tx, (await lockFeeds(tx, [key])).map(how));
    });
  }

  private instant(): Instant {
    return this.now().toISOString();
  }
}
