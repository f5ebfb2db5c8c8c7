import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { StockReader } from '../../../process-apis/availability/index.js';
import { SqlCatalog } from '../../../process-apis/catalog/index.js';
import { Exceptions } from '../../../process-apis/exceptions/index.js';
import { OrderReader } from '../../../process-apis/orders/index.js';
import { DriftHistory } from '../../../process-apis/reconciliation/index.js';
import { ReplayDesk } from '../../../process-apis/replay/index.js';
import { SystemKinds } from '../../../process-apis/systems/index.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { TaskQueue, TaskRecords } from '../../../src/platform/jobs/index.js';
import { OutsideGate } from '../../../src/platform/outside/outside-gate.js';

/** Where the records of the hub's work with others are read from. */
@Injectable()
export class WorkSources {
  constructor(
    readonly drift: DriftHistory,
    readonly replays: ReplayDesk,
    readonly tasks: TaskRecords,
    readonly queue: TaskQueue,
    readonly gate: OutsideGate,
    readonly kinds: SystemKinds,
  ) {}
}

/** Where the records of the graph are read from. */
@Injectable()
export class RecordSources {
  constructor(
    @Inject(PG_POOL) readonly pool: Pool,
    readonly catalog: SqlCatalog,
    readonly stock: StockReader,
    readonly orders: OrderReader,
    readonly exceptions: Exceptions,
    readonly work: WorkSources,
  ) {}
}
