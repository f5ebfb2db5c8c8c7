import type { Pool, PoolClient } from 'pg';
import {
  findFacts,
  inRetriedTransaction,
  insertFacts,
  inUndoneTransaction,
  sentTogether,
} from '../../src/platform/commit/index.js';
import { appendEvents } from '../../src/platform/event-log/index.js';
import type { TaskQueue } from '../../src/platform/jobs/index.js';
import { lockSoftReservations, markConverted, StockBook } from '../availability/index.js';
import type { CatalogReader } from '../catalog/index.js';
import { writeProblems } from '../exceptions/index.js';
import type { SourcingPolicies } from '../sourcing/index.js';
import { HoldRules } from './hold-rules.js';
import type { OrderStore, OrderTx, OrderWrites } from './order-store.js';
import {
  findOrdersOfFulfillments,
  insertCrossReferences,
  insertOrders,
  lockOrders,
  readParties,
  updateOrders,
  writeParties,
} from './orders.sql.js';
import { SlaSettings } from './sla-settings.js';

export interface SqlOrderStoreParts {
  readonly pool: Pool;
  readonly catalog: CatalogReader;
  readonly sourcing: Pick<SourcingPolicies, 'forDecision'>;
  readonly tasks: Pick<TaskQueue, 'enqueue' | 'wake'>;
}

/** The store on PostgreSQL: set-wise statements, a constant number per transaction, the writes in one round trip. */
export class SqlOrderStore implements OrderStore {
  private readonly parts: Parts;

  constructor(parts: SqlOrderStoreParts) {
    this.parts = { ...parts, holdRules: new HoldRules(parts.pool), slaSettings: new SlaSettings(parts.pool) };
  }

  transaction<T>(work: (tx: OrderTx) => Promise<T>): Promise<T> {
    return inRetriedTransaction(this.parts.pool, (tx) => work(orderTx(tx, this.parts)));
  }

  preview<T>(work: (tx: OrderTx) => Promise<T>): Promise<T> {
    return inUndoneTransaction(this.parts.pool, (tx) => work(orderTx(tx, this.parts)));
  }

  wake(kinds: ReadonlySet<string>): void {
    this.parts.tasks.wake(kinds);
  }
}

type Parts = SqlOrderStoreParts & { readonly holdRules: HoldRules; readonly slaSettings: SlaSettings };

function orderTx(tx: PoolClient, { catalog, sourcing, tasks, holdRules, slaSettings }: Parts): OrderTx {
  return {
    ordersOfFulfillments: (ids) => findOrdersOfFulfillments(tx, ids),
    lockOrders: (ids, references) => lockOrders(tx, ids, references),
    findFacts: (ids) => findFacts(tx, ids),
    lockReservations: (keys) => lockSoftReservations(tx, keys),
    lockStock: (skus, days) => StockBook.lock(tx, skus, days),
    readParties: (ids) => readParties(tx, ids),
    nodes: () => catalog.nodes(),
    policies: () => catalog.policies(),
    sourcing: () => sourcing.forDecision(),
    holdRules: () => holdRules.forDecision(),
    slaClocks: () => slaSettings.forDecision(),
    listings: (keys) => catalog.listingsFor(tx, keys),
    items: (skus) => catalog.itemsFor(tx, skus),
    substitutes: (channel, skus) => catalog.substitutesFor(tx, channel, skus),
    write: (writes) => write(tx, writes, tasks),
  };
}

/** In one round trip: the connection runs them in this order, and after one that fails the rest fail too. */
async function write(tx: PoolClient, writes: OrderWrites, tasks: SqlOrderStoreParts['tasks']): Promise<void> {
  await sentTogether([
    insertOrders(tx, writes.created),
    updateOrders(tx, writes.changed),
    writeParties(tx, writes.parties),
    appendEvents(tx, writes.events),
    insertFacts(tx, writes.facts),
    insertCrossReferences(tx, writes.crossReferences),
    writeProblems(tx, writes.problems),
    writes.stock.flush(tx),
    markConverted(tx, writes.converted),
    tasks.enqueue(tx, writes.tasks),
    ...[...writes.riders].map(([ride, rows]) => ride(tx, rows)),
  ]);
}
