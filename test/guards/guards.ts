import type { Guard, Proof } from './guard.js';

const SIM: Proof = { sim: 150 };
const COMMIT: Proof = { spec: 'process-apis/orders/order-commit.spec.ts' };
const MODEL: Proof = { spec: 'process-apis/orders/orders.model.spec.ts' };
const TABLE: Proof = { spec: 'process-apis/orders/orders.transitions.spec.ts' };

/** One thing that keeps an order from being lost, doubled or oversold, each. */
export const GUARDS: readonly Guard[] = [
  {
    name: 'fact idempotency',
    keeps: 'the same fact from having its effect twice',
    file: 'process-apis/orders/order-batch.ts',
    find: 'const before = this.taken.get(fact.id);\n    if (before !== undefined) {',
    replace: 'const before = this.taken.get(fact.id);\n    if (before !== undefined && fact.id === "") {',
    caughtBy: [SIM, COMMIT],
  },
  {
    name: 'message claim',
    keeps: 'a repeated message from being taken again',
    file: 'process-apis/orders/order-batch.ts',
    find: 'const before = claim === undefined ? undefined : this.taken.get(claim.id);',
    replace: 'const before = claim === undefined ? undefined : this.taken.get("");',
    caughtBy: [SIM, COMMIT],
  },
  {
    name: 'row lock of orders',
    keeps: 'two processes from deciding on one order at once',
    file: 'process-apis/orders/orders.sql.ts',
    find: 'order by o.id for update`',
    replace: 'order by o.id`',
    caughtBy: [COMMIT, { spec: 'test/model/availability.model.spec.ts' }, { spec: 'test/chaos/flash-sale.spec.ts' }],
  },
  {
    name: 'version check of orders',
    keeps: 'a decision made on an older state from being written',
    file: 'process-apis/orders/orders.sql.ts',
    find: 'if (rowCount !== changed.length)',
    replace: 'if (rowCount === -1)',
    caughtBy: [COMMIT],
  },
  {
    name: 'row lock of positions',
    keeps: 'two batches from claiming the same units',
    file: 'process-apis/availability/book/stock.sql.ts',
    find: 'order by sku, node for update`',
    replace: 'order by sku, node`',
    caughtBy: [COMMIT],
  },
  {
    name: 'tasks in the transaction',
    keeps: 'outside work from being asked for by a transition that was rolled back',
    file: 'process-apis/orders/order-store.sql.ts',
    find: 'tasks.enqueue(tx, ',
    replace: 'tasks.enqueueApart(tx, ',
    caughtBy: [COMMIT],
  },
  {
    name: 'snapshot horizon of the event log',
    keeps: 'a reader from skipping events that commit late',
    file: 'src/platform/event-log/event-log.sql.ts',
    find: "const SETTLED = 'e.tx < log_horizon()';",
    replace: "const SETTLED = 'true';",
    caughtBy: [{ spec: 'src/platform/event-log/event-log.spec.ts' }],
  },
  {
    name: 'orphan parking',
    keeps: 'a fact that comes before its order from being taken as done',
    file: 'process-apis/orders/order-batch.ts',
    find: "if (outcome.result !== 'UNKNOWN_ORDER') this.record(fact, outcome);",
    replace: 'this.record(fact, outcome);',
    caughtBy: [SIM, COMMIT],
  },
  {
    name: 'older version of an order',
    keeps: 'a late message from undoing what a newer one said',
    file: 'process-apis/orders/decide/accept.ts',
    find: 'if (told.version < decision.order.channelVersion) return;',
    replace: '',
    caughtBy: [{ spec: 'process-apis/orders/orders.amendment.spec.ts' }, SIM],
  },
  {
    name: 'shipment told once',
    keeps: 'one shipment under two event ids from going out twice',
    file: 'process-apis/orders/decide/fulfill.ts',
    find: 'if (shipments.some(isThis)) return;',
    replace: '',
    caughtBy: [TABLE, SIM, MODEL],
  },
  {
    name: 'no more shipped than asked for',
    keeps: 'units that the node was not asked for from going out of stock',
    file: 'process-apis/orders/decide/fulfill.ts',
    find: 'if (quantity > left)\n',
    replace: 'if (quantity > left + 1_000_000)\n',
    caughtBy: [MODEL, SIM],
  },
  {
    name: 'compensation: units back to stock',
    keeps: 'claims of a stopped fulfillment order from staying for ever',
    file: 'process-apis/orders/decide/fulfill.ts',
    find: "decision.emit({ type: 'FulfillmentCancelled', fulfillmentOrderId: fo.id });\n  dropFulfillment(",
    replace:
      "decision.emit({ type: 'FulfillmentCancelled', fulfillmentOrderId: fo.id });\n  if (fo.number < 0) dropFulfillment(",
    caughtBy: [MODEL, SIM],
  },
  {
    name: 'compensation: sales order reduced',
    keeps: 'the ERP from holding units that were cancelled',
    file: 'process-apis/orders/decide/proceed.ts',
    find: 'return wanted < asked ? [{ lineId: line.id, quantity: wanted }] : [];',
    replace: 'return wanted < asked - 1_000_000 ? [{ lineId: line.id, quantity: wanted }] : [];',
    caughtBy: [TABLE, SIM],
  },
  {
    name: 'look-up before the sales order is sent again',
    keeps: 'a lost answer from becoming a second sales order',
    file: 'process-apis/fulfillment/task-outcome.ts',
    find: 'return task.attempt > 0 || ',
    replace: 'return task.attempt > 1_000_000 || ',
    caughtBy: [SIM, { spec: 'test/e2e/lost-answers.e2e.spec.ts' }],
  },
  {
    name: 'stock claimed is not free',
    keeps: 'units from being promised twice',
    file: 'src/model/stock.ts',
    find: 'return Math.max(0, onHand - reserved - missing - qualityHold - safetyStock - threshold);',
    replace: 'return Math.max(0, onHand - missing - qualityHold - safetyStock - threshold);',
    caughtBy: [MODEL, SIM],
  },
  {
    name: 'cancel waits for the warehouse',
    keeps: 'units that a warehouse may still ship from being sold to another',
    file: 'process-apis/orders/decide/cancel.ts',
    find: "for (const fo of decision.order.fulfillmentOrders) if (fo.status === 'PLANNED') cancelInFulfillment(decision, fo);",
    replace: 'for (const fo of decision.order.fulfillmentOrders) cancelInFulfillment(decision, fo);',
    caughtBy: [TABLE, SIM],
  },
];
