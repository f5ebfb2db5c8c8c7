import { Global, Logger, Module, type DynamicModule } from '@nestjs/common';
import type { Pool } from 'pg';
import { SqlCatalog } from '../../process-apis/catalog/index.js';
import { FiguresFeed, FlowReader, KpiProjection, KpiReader, type OwnTargets } from '../../process-apis/kpi/index.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { TaskQueue } from '../platform/jobs/index.js';
import { KpiMetrics } from './kpi-metrics.js';
import { KpiWork } from './kpi-work.js';

/** The KPIs, and where orders are now: followed by workers, read by all. */
@Global()
@Module({
  providers: [
    {
      provide: FiguresFeed,
      inject: [PG_POOL],
      useFactory: (pool: Pool) => {
        const logger = new Logger(FiguresFeed.name);
        return new FiguresFeed(pool, (sentence) => logger.warn(sentence));
      },
    },
    {
      provide: FlowReader,
      inject: [PG_POOL, TaskQueue, SqlCatalog],
      useFactory: (pool: Pool, tasks: TaskQueue, catalog: SqlCatalog) =>
        new FlowReader({
          pool,
          backlog: () => tasks.backlog(),
          nameOf: async (channel) => (await catalog.account(channel))?.name ?? channel,
        }),
    },
    {
      provide: KpiProjection,
      inject: [PG_POOL],
      useFactory: (pool: Pool) => {
        const logger = new Logger(KpiProjection.name);
        return new KpiProjection({ pool, onFailure: (sentence) => logger.error(sentence) });
      },
    },
    {
      provide: KpiWork,
      inject: [KpiProjection, FiguresFeed],
      useFactory: (projection: KpiProjection, feed: FiguresFeed) => new KpiWork(projection, feed),
    },
    KpiMetrics,
  ],
  exports: [FiguresFeed, FlowReader, KpiProjection, KpiWork],
})
export class KpiModule {
  /** `targets` are those of the installation. */
  static forRoot(targets: OwnTargets | undefined): DynamicModule {
    const useFactory = (pool: Pool): KpiReader => new KpiReader(pool, { targets });
    return {
      module: KpiModule,
      providers: [{ provide: KpiReader, inject: [PG_POOL], useFactory }],
      exports: [KpiReader],
    };
  }
}
