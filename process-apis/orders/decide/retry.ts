import { standingHolds } from '../../../src/model/order.js';
import { again, failedTasks, watchTask } from '../orders.awaited-tasks.js';
import type { OrderFact, OrderFactBody } from '../orders.facts.js';
import type { OrderTask } from '../orders.tasks.js';
import { FactRejectedError, type Decision } from './decision.js';
import { sendAgain } from './proceed.js';

type RetryRequested = Extract<OrderFactBody, { kind: 'RetryRequested' }>;

/**
 * A person says try again: a refused sales order is sent anew, and each call that failed is made again under the same
 * idempotency key. The tasks say so, since an earlier try may have had its effect.
 */
export function decideRetry(decision: Decision, { waitKey: only }: RetryRequested, fact: OrderFact): void {
  if (only !== undefined) {
    for (const [waitKey, task] of failedTasks(decision.order))
      if (waitKey === only) tryAgain(decision, waitKey, task, fact.id);
    return;
  }
  if (decision.order.erp.status === 'REJECTED') sendRejectedAgain(decision);
  for (const [waitKey, task] of failedTasks(decision.order)) tryAgain(decision, waitKey, task, fact.id);
  watchAgain(decision, fact.id);
}

/** Packages of which nothing was told: nobody may be watching them. Asked twice, a carrier watches a package once. */
function watchAgain(decision: Decision, factId: string): void {
  if (decision.context.tracksPackages !== true) return;
  for (const { id: shipmentId, packages } of decision.order.shipments)
    for (const { id, tracking } of packages)
      if (tracking === undefined) decision.enqueue(again(watchTask(decision.order.id, shipmentId, id), factId));
}

/** Once: while the new task lives, nothing of the old failure is left to be tried again. */
export function tryAgain(decision: Decision, waitKey: string, task: OrderTask, factId: string): void {
  decision.emit({ type: 'StepRetried', waitKey, at: decision.context.now });
  decision.enqueue(again(task, factId));
}

function sendRejectedAgain(decision: Decision): void {
  if (standingHolds(decision.order).length > 0)
    throw new FactRejectedError('the order is held: it is sent again when its holds are released');
  sendAgain(decision);
  if (decision.order.erp.status !== 'REQUESTED')
    throw new FactRejectedError('some units wait for stock or a listing: the sales order would lack them');
}
