import { OutsideError } from '../../src/platform/outside/outside-error.js';
import {
  DEFAULT_TASK_QUEUE,
  inTask,
  type TaskHandler,
  type TaskQueue,
  type TaskQueueOptions,
  type TaskResult,
  type TaskRun,
} from '../../src/platform/jobs/index.js';
import type { ErpPort } from '../../system-apis/erp/erp.port.js';
import { waitKeys, type OrderCommit, type OrderTaskKind, type OrderTaskOf } from '../orders/index.js';
import { toPostGoodsIssue, toPostSalesOrder, toReduceSalesOrder } from './erp.commands.js';
import { loadOrders, type LoadedOrder, type OrderLookup } from './fulfillment.context.js';
import { withoutPersonalData } from './personal-data.js';
import { evidenceOf, failed, mayExist, submitResult } from './task-outcome.js';

type Payload<Kind extends OrderTaskKind> = OrderTaskOf<Kind>['payload'];

const DONE: TaskResult = { outcome: 'DONE' };
/** Calls to the ERP at once, of one kind. ERPs are the slowest of all: more does not make them faster. */
const ERP_BATCH_MAX = 16;
/** SAP has no unique key: a lost answer's effect must have had time to show before the look-up. */
const ERP_RETRY_DELAY_SECONDS = 2;

type RunTask = (task: TaskRun, loaded: LoadedOrder) => Promise<TaskResult>;

/** The work that orders ask of the ERP. Each task reads its order anew, calls once, and hands the answer in as a fact. */
export class ErpTasks {
  constructor(
    private readonly erp: ErpPort,
    private readonly orders: OrderCommit,
    private readonly lookup: OrderLookup,
  ) {}

  register(queue: TaskQueue): void {
    queue.register(
      'erp.post-sales-order',
      this.each((task, loaded) => this.post(task, loaded)),
      this.options('postSalesOrder'),
    );
    queue.register(
      'erp.reduce-sales-order',
      this.each((task, loaded) => this.reduce(task, loaded)),
      this.options('cancelSalesOrderItems'),
    );
    queue.register(
      'erp.post-goods-issue',
      this.each((task, loaded) => this.goodsIssue(task, loaded)),
      this.options('postGoodsIssue'),
    );
  }

  private options(use: keyof ErpPort): Partial<TaskQueueOptions> {
    const retry = { ...DEFAULT_TASK_QUEUE.retry, delayS: ERP_RETRY_DELAY_SECONDS };
    return { batchMax: ERP_BATCH_MAX, tier: 3, retry, target: { system: this.erp.system, use } };
  }

  private each(run: RunTask): TaskHandler {
    return async (tasks) => {
      const results = new Map<TaskRun, TaskResult>();
      for (const wave of wavesOf(tasks))
        for (const [task, result] of await this.runWave(wave, run)) results.set(task, result);
      return tasks.map((task) => results.get(task) ?? noOrder(task));
    };
  }

  private async runWave(wave: readonly TaskRun[], run: RunTask): Promise<readonly (readonly [TaskRun, TaskResult])[]> {
    const orders = await loadOrders(this.lookup, wave.map(orderIdOf));
    return Promise.all(
      wave.map(async (task) => {
        const loaded = orders.get(orderIdOf(task));
        return [task, loaded === undefined ? noOrder(task) : await inTask(task, () => run(task, loaded))] as const;
      }),
    );
  }

  private async post(task: TaskRun, { order, parties }: LoadedOrder): Promise<TaskResult> {
    if (order.erp.status !== 'REQUESTED') return DONE;
    const wanted = order.lines.some((line) => line.quantities.reserved + line.quantities.open > 0);
    // Only before the very first try is it sure that the ERP holds nothing.
    if (!wanted && !mayExist(task)) {
      await submitResult(this.orders, 'hub', order.id, task.key, { kind: 'SalesOrderNotNeeded' });
      return DONE;
    }
    try {
      const posted = await this.erp.postSalesOrder(toPostSalesOrder(order, parties, mayExist(task)));
      const body = { kind: 'SalesOrderPosted', ...posted } as const;
      await submitResult(this.orders, this.erp.system, order.id, task.key, body);
      return DONE;
    } catch (error) {
      if (error instanceof OutsideError && error.kind === 'rejected') {
        const { reason: code } = error.details;
        const reason = withoutPersonalData(error.message, parties);
        const body = { kind: 'SalesOrderRejected', reason, ...(code === undefined ? {} : { code }) } as const;
        const evidence = evidenceOf(this.orders, { orderId: order.id, waitKey: waitKeys.rejection }, error);
        await submitResult(this.orders, this.erp.system, order.id, task.key, body, evidence);
        return DONE;
      }
      const subject = {
        orderId: order.id,
        parties,
        waitKey: waitKeys.posting,
        system: 'ERP',
        operation: task.kind,
      } as const;
      return failed(this.orders, task, subject, error);
    }
  }

  private async reduce(task: TaskRun, { order, parties }: LoadedOrder): Promise<TaskResult> {
    const { remaining } = task.payload as Payload<'erp.reduce-sales-order'>;
    try {
      await this.erp.cancelSalesOrderItems(toReduceSalesOrder(order, task.key, remaining));
      const body = { kind: 'SalesOrderReduced', remaining } as const;
      await submitResult(this.orders, this.erp.system, order.id, task.key, body);
      return DONE;
    } catch (error) {
      const subject = {
        orderId: order.id,
        parties,
        waitKey: waitKeys.reduction,
        system: 'ERP',
        operation: task.kind,
      } as const;
      return failed(this.orders, task, subject, error);
    }
  }

  private async goodsIssue(task: TaskRun, { order, parties }: LoadedOrder): Promise<TaskResult> {
    const { shipmentId } = task.payload as Payload<'erp.post-goods-issue'>;
    const shipment = order.shipments.find((candidate) => candidate.id === shipmentId);
    if (shipment === undefined) return { outcome: 'DEAD', error: `there is no shipment ${shipmentId}` };
    if (shipment.goodsIssuedAt !== undefined) return DONE;
    try {
      const { deliveryDocument } = await this.erp.postGoodsIssue(toPostGoodsIssue(order, shipment, mayExist(task)));
      const body = { kind: 'GoodsIssuePosted', shipmentId, deliveryDocument } as const;
      await submitResult(this.orders, this.erp.system, order.id, task.key, body);
      return DONE;
    } catch (error) {
      const waitKey = waitKeys.goodsIssue(shipmentId);
      const subject = { orderId: order.id, parties, waitKey, system: 'ERP', operation: task.kind } as const;
      return failed(this.orders, task, subject, error);
    }
  }
}

/**
 * Tasks of one order come one after the other, each with the order as the one before left it: a dead letter that is enqueued
 * again and a person's retry of the same step would both find nothing in the ERP, and both write.
 */
function wavesOf(tasks: readonly TaskRun[]): readonly (readonly TaskRun[])[] {
  const waves: TaskRun[][] = [];
  for (const ofOrder of Map.groupBy(tasks, orderIdOf).values())
    for (const [index, task] of ofOrder.entries()) (waves[index] ??= []).push(task);
  return waves;
}

function orderIdOf({ payload }: TaskRun): string {
  return (payload as { readonly orderId: string }).orderId;
}

function noOrder(task: TaskRun): TaskResult {
  return { outcome: 'DEAD', error: `there is no order ${orderIdOf(task)}` };
}
