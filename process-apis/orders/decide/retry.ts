import type { Order, Package, Shipment } from '../../../src/model/order.js';
import type { OrderFact } from '../orders.facts.js';
import type { OrderTask } from '../orders.tasks.js';
import { waitKeys } from '../orders.waits.js';
import { claimStock } from './claim.js';
import { FactRejectedError, type Decision } from './decision.js';
import { mapListings, salesOrderKey, sendSalesOrder } from './proceed.js';

/**
 * A person says try again: a refused sales order is sent anew, and each call that failed is made again under the same
 * idempotency key. The tasks say so, since an earlier try may have had its effect.
 */
export function decideRetry(decision: Decision, _: unknown, fact: OrderFact): void {
  if (decision.order.erp.status === 'REJECTED') sendAgain(decision);
  for (const task of failedTasks(decision.order)) decision.enqueue(again(task, fact.id));
}

function sendAgain(decision: Decision): void {
  mapListings(decision);
  claimStock(decision);
  sendSalesOrder(decision);
  if (decision.order.erp.status !== 'REQUESTED')
    throw new FactRejectedError('some units wait for stock or a listing: the sales order would lack them');
}

/** The task's key is made unique: what comes of this try is another fact than what came of the first. */
function again(task: OrderTask, factId: string): OrderTask {
  return { ...task, key: `${task.key}:retry:${factId}`, payload: { ...task.payload, again: true } } as OrderTask;
}

function failedTasks(order: Order): readonly OrderTask[] {
  const failed = new Set(order.waits.filter((wait) => wait.lastError !== undefined).map((wait) => wait.key));
  const awaited = [
    ...erpTasks(order),
    ...warehouseTasks(order),
    ...order.shipments.flatMap((s) => shipmentTasks(order, s)),
  ];
  return awaited.flatMap(([waitKey, task]) => (failed.has(waitKey) ? [task] : []));
}

type Awaited = readonly [waitKey: string, task: OrderTask];

function erpTasks({ id: orderId, erp }: Order): readonly Awaited[] {
  const remaining = Object.entries(erp.requested).map(([lineId, quantity]) => ({ lineId, quantity }));
  return [
    [
      waitKeys.posting,
      { kind: 'erp.post-sales-order', key: salesOrderKey(orderId, erp.attempt), payload: { orderId } },
    ],
    [waitKeys.reduction, { kind: 'erp.reduce-sales-order', key: `${orderId}:reduce`, payload: { orderId, remaining } }],
  ];
}

function warehouseTasks(order: Order): readonly Awaited[] {
  return order.fulfillmentOrders.flatMap(({ id, number }): readonly Awaited[] => {
    const payload = { orderId: order.id, fulfillmentOrderId: id };
    return [
      [waitKeys.release(number), { kind: 'wms.release', key: id, payload }],
      [waitKeys.wmsCancel(number), { kind: 'wms.cancel', key: `${id}:cancel`, payload }],
    ];
  });
}

function shipmentTasks({ id: orderId }: Order, { id: shipmentId, packages }: Shipment): readonly Awaited[] {
  const confirm = ({ id: packageId }: Package): Awaited => [
    waitKeys.package(packageId),
    { kind: 'channel.confirm-package', key: packageId, payload: { orderId, shipmentId, packageId } },
  ];
  return [
    ...packages.map(confirm),
    [
      waitKeys.goodsIssue(shipmentId),
      { kind: 'erp.post-goods-issue', key: shipmentId, payload: { orderId, shipmentId } },
    ],
  ];
}
