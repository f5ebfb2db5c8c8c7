import type { Order, Package, Shipment, Wait } from '../../src/model/order.js';
import type { Task } from '../../src/platform/jobs/index.js';
import type { OrderTask } from './orders.tasks.js';
import { waitKeys } from './orders.waits.js';

type Awaited = readonly [waitKey: string, task: OrderTask];

/** The key that the ERP document carries. */
export function salesOrderKey(orderId: string, attempt: number): string {
  return attempt === 1 ? orderId : `${orderId}-${attempt}`;
}

/** The task whose answer ends the wait; undefined where none does. */
export function taskFor(order: Order, waitKey: string): OrderTask | undefined {
  return awaitedTasks(order).find(([key]) => key === waitKey)?.[1];
}

/** The wait that the task's answer ends, however often it was asked for; undefined where none does, or nobody waits any more. */
export function waitOf(order: Order, { kind, payload }: Task): Wait | undefined {
  const about = partOf(payload);
  const [waitKey] = awaitedTasks(order).find(([, task]) => task.kind === kind && partOf(task.payload) === about) ?? [];
  return order.waits.find(({ key }) => key === waitKey);
}

/** Whether the step failed for good: nothing works on it until it is asked for again. */
export function hasFailedForGood({ lastError, failure }: Wait): boolean {
  // Failures of before did not say whether they were the last.
  return lastError !== undefined && failure?.final !== false;
}

/** What of an order a task may be about, the smallest part first. */
const PARTS = ['fulfillmentOrderId', 'packageId', 'shipmentId'];

/** The fulfillment order, package or shipment that a task is about; empty: the order itself. */
export function partOf(payload: object): string {
  const about = new Map<string, unknown>(Object.entries(payload));
  const part = PARTS.map((name) => about.get(name)).find((value) => typeof value === 'string');
  return part ?? '';
}

/** The task asked for once more. Its key is made unique: what comes of this try is another fact than what came of the first. */
export function again(task: OrderTask, factId: string): OrderTask {
  return { ...task, key: `${task.key}:retry:${factId}`, payload: { ...task.payload, again: true } } as OrderTask;
}

/** Asks the carrier's system to watch a package. Nothing waits for it. */
export function watchTask(orderId: string, shipmentId: string, packageId: string): OrderTask {
  return { kind: 'carrier.track', key: `${packageId}:track`, payload: { orderId, shipmentId, packageId } };
}

/** The tasks of all calls that failed for good, by their waits. Others are still tried by themselves: two at once could do a thing twice. */
export function failedTasks(order: Order): readonly Awaited[] {
  const failed = new Set(order.waits.filter(hasFailedForGood).map((wait) => wait.key));
  return awaitedTasks(order).filter(([waitKey]) => failed.has(waitKey));
}

function awaitedTasks(order: Order): readonly Awaited[] {
  return [...erpTasks(order), ...warehouseTasks(order), ...order.shipments.flatMap((s) => shipmentTasks(order, s))];
}

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
