import { Global, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { PG_POOL } from '../db/database.module.js';
import { TaskQueue } from '../jobs/index.js';
import { OutsideGate } from '../outside/outside-gate.js';
import { PolicySync } from '../outside/policy-sync.js';
import { MetricsController } from './metrics.controller.js';
import { HttpMetrics } from './http-metrics.js';
import { Metrics } from './metrics.js';

/** `GET /metrics`, and `Metrics` for the parts that have figures of their own. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [
    HttpMetrics,
    {
      provide: Metrics,
      inject: [PG_POOL, OutsideGate, TaskQueue, PolicySync],
      useFactory: (pool: Pool, gate: OutsideGate, tasks: TaskQueue, sync: PolicySync) =>
        new Metrics({ pool, gate, tasks, commitsWaiting: () => sync.commitsWaiting }),
    },
  ],
  exports: [Metrics],
})
export class MetricsModule {}
