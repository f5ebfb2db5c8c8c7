import type { Provider } from '@nestjs/common';
import type { Pool } from 'pg';
import { StockFeeds, StockIntake } from '../../../../process-apis/availability/index.js';
import { SqlCatalog } from '../../../../process-apis/catalog/index.js';
import { Intake, SqlIntake } from '../../../../process-apis/intake/index.js';
import { DEFAULT_DRIFT_POLICY, DriftHistory, Reconciliation } from '../../../../process-apis/reconciliation/index.js';
import { TaskDesk } from '../../../../process-apis/replay/index.js';
import { SystemKinds } from '../../../../process-apis/systems/index.js';
import { TaskQueue, TaskRecords } from '../../../../src/platform/jobs/index.js';
import { OutsideGate } from '../../../../src/platform/outside/outside-gate.js';
import { PolicySync } from '../../../../src/platform/outside/policy-sync.js';
import { SqlBudgetBook } from '../../../../src/platform/outside/sql-budget-book.js';
import { bankPolicies } from '../../../../src/platform/outside/testing/bank.js';
import type { SeededOrders } from '../../../../test/support/seed-orders.js';

const SETTLE_MS = 20;
/** Looks at what operators changed only when it is told to: by itself it would make statements that nobody asked for. */
class QuietPolicySync extends PolicySync {
  override onApplicationBootstrap(): Promise<void> {
    return Promise.resolve();
  }

  override beforeApplicationShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

const noAnswer = (): Promise<never> => Promise.reject(new Error('nobody answers ada@example.org'));

/** What the records of the graph are read from, for specs: one outside system, and an ERP that knows no stock. */
export function recordProviders(orders: SeededOrders, pool: Pool, catalog: SqlCatalog): readonly Provider[] {
  const committed = (): void => orders.feed.wake();
  const gate = new OutsideGate({ book: new SqlBudgetBook(pool) });
  gate.policies.declare(bankPolicies({ rate: { perSecond: 4, burst: 8, of: 'OPERATION', waitMsMax: 1_000 } }));
  const { tasks, commit, reader } = orders;
  const reconciliation = new Reconciliation({
    pool,
    catalog,
    wms: { system: 'wms-rest', readStock: noAnswer },
    erp: { system: 'bank', readStock: () => Promise.resolve([]) },
    stock: new StockIntake(pool, committed),
    feeds: new StockFeeds(pool),
    publishing: { tellAgain: () => Promise.resolve(0) },
    policy: DEFAULT_DRIFT_POLICY,
    committed,
    onFailure: () => undefined,
    settleMs: SETTLE_MS,
    gapGraceMs: SETTLE_MS,
  });
  return [
    { provide: SqlCatalog, useValue: catalog },
    { provide: Intake, useExisting: SqlIntake },
    { provide: OutsideGate, useValue: gate },
    { provide: PolicySync, useValue: new QuietPolicySync(pool, gate) },
    {
      provide: SystemKinds,
      useValue: new SystemKinds([
        ['bank', 'ERP'],
        ['wms-rest', 'WMS'],
      ]),
    },
    { provide: TaskQueue, useValue: tasks },
    { provide: TaskRecords, useValue: new TaskRecords(pool, tasks) },
    { provide: TaskDesk, useValue: new TaskDesk({ pool, orders: commit, reader, tasks }) },
    { provide: DriftHistory, useValue: new DriftHistory(pool) },
    { provide: Reconciliation, useValue: reconciliation },
  ];
}
