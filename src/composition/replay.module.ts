import { Global, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { StoredMessages } from '../../process-apis/intake/index.js';
import { OrderCommit, OrderReader } from '../../process-apis/orders/index.js';
import { ReplayDesk, ReplayWorker, TaskDesk } from '../../process-apis/replay/index.js';
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
      provide: TaskDesk,
      inject: [PG_POOL, OrderCommit, OrderReader, TaskQueue],
      useFactory: (pool: Pool, orders: OrderCommit, reader: OrderReader, tasks: TaskQueue) =>
        new TaskDesk({ pool, orders, reader, tasks }),
    },
    {
      provide: ReplayWork,
      inject: [PG_POOL, StoredMessages, OrderCommit, OrderReader, TaskQueue],
      useFactory: (pool: Pool, messages: StoredMessages, orders: OrderCommit, reader: OrderReader, tasks: TaskQueue) =>
        new ReplayWork(new ReplayWorker({ pool, messages, orders, reader, tasks })),
    },
  ],
  exports: [ReplayDesk, TaskDesk, ReplayWork],
})
export class ReplayModule {}
