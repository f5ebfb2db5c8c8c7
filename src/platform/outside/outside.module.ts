import { Global, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { PG_POOL } from '../db/database.module.js';
import { Pressure } from '../jobs/index.js';
import { GateTaskPolicies } from './gate-task-policies.js';
import { OutsideGate } from './outside-gate.js';
import { PolicySync } from './policy-sync.js';
import { SqlBudgetBook } from './sql-budget-book.js';

/** The one gate of this process to the outside, its budgets shared with all others. */
@Global()
@Module({
  providers: [
    {
      provide: OutsideGate,
      inject: [PG_POOL],
      useFactory: (pool: Pool) => new OutsideGate({ book: new SqlBudgetBook(pool) }),
    },
    {
      provide: PolicySync,
      inject: [PG_POOL, OutsideGate],
      useFactory: (pool: Pool, gate: OutsideGate) => new PolicySync(pool, gate),
    },
    Pressure,
    {
      provide: GateTaskPolicies,
      inject: [OutsideGate, Pressure],
      useFactory: (gate: OutsideGate, pressure: Pressure) => new GateTaskPolicies(gate, pressure),
    },
  ],
  exports: [OutsideGate, PolicySync, Pressure, GateTaskPolicies],
})
export class OutsideModule {}
