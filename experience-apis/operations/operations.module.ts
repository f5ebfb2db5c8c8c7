import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { AllocationRules, BucketOwners } from '../../process-apis/availability/index.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { EventFeed } from '../../src/platform/event-log/index.js';
import { CatalogController } from './catalog.controller.js';
import { OperationsController } from './operations.controller.js';
import { StockPolicyController } from './stock-policy.controller.js';

@Module({
  controllers: [OperationsController, CatalogController, StockPolicyController],
  providers: [
    {
      provide: AllocationRules,
      inject: [PG_POOL, EventFeed],
      useFactory: (pool: Pool, feed: EventFeed) => new AllocationRules(pool, () => feed.wake()),
    },
    { provide: BucketOwners, inject: [PG_POOL], useFactory: (pool: Pool) => new BucketOwners(pool) },
  ],
})
export class OperationsModule {}
