import { Global, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { StoredMessages } from '../../process-apis/intake/index.js';
import { OrderCommit, OrderReader } from '../../process-apis/orders/index.js';
import { ReplayDesk, ReplayWorker } from '../../process-apis/replay/index.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { TaskQueue } from '../platform/jobs/index.js';
import { ReplayWork } from './replay-work.js';

/** What is run again: asked for at the desk, done by the worker. */
@Global()
@Module({
  providers: [
    {
      provide: ReplayDesk,
      inject: [PG_POOL],
      useFactory: (pool: Pool) => new ReplayDesk(pool),
    },
    {
      provide: ReplayWork,
      inject: [PG_POOL, StoredMessages, OrderCommit, OrderReader, TaskQueue],
      useFactory: (pool: Pool, messages: StoredMessages, orders: OrderCommit, reader: OrderReader, tasks: TaskQueue) =>
        new ReplayWork(new ReplayWorker({ pool, messages, orders, reader, tasks })),
    },
  ],
  exports: [ReplayDesk, ReplayWork],
})
export class ReplayModule {}
