import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { OrderCommit } from '../../process-apis/orders/index.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { EventFeed, readLagBehind } from '../platform/event-log/index.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { watchPool } from '../platform/telemetry/pool-metrics.js';

const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
/** Seconds. */
const COMMIT_BUCKETS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const FEED = 'live feed';

/** Figures of what this process is made of. */
@Injectable()
export class ProcessMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly orders: OrderCommit,
    private readonly feed: EventFeed,
    @Inject(PG_POOL) private readonly pool: Pool,
  ) {}

  onModuleInit(): void {
    watchPool(this.metrics, this.pool);
    this.watchCommits();
    this.watchFeed();
  }

  private watchCommits(): void {
    const { metrics } = this;
    const size = metrics.histogram('commit_batch_size', 'Submissions in one commit.', [], BATCH_BUCKETS);
    const seconds = metrics.histogram('commit_seconds', 'How long commits took.', ['outcome'], COMMIT_BUCKETS);
    this.orders.onCommit(({ submissions, failed, durationMs }) => {
      size.observe(submissions);
      seconds.observe({ outcome: failed ? 'failed' : 'ok' }, durationMs / 1_000);
    });
  }

  private watchFeed(): void {
    const lag = this.metrics.gauge(
      'event_feed_lag_seconds',
      'Age of the oldest event that subscribers of this process were not told yet.',
    );
    const read = async (): Promise<void> => {
      const [behind] = await readLagBehind(this.pool, [{ name: FEED, cursor: await this.feed.place() }]);
      lag.set(behind?.seconds ?? 0);
    };
    this.metrics.addLook({ source: 'event-feed', gauges: [lag], read });
  }
}
