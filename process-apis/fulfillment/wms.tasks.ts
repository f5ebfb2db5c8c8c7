import { inTask, type TaskQueue, type TaskResult, type TaskRun } from '../../src/platform/jobs/index.js';
import { componentsOf, type FulfillmentOrder, type Order } from '../../src/model/order.js';
import {
  WMS_RELEASE_MAX,
  type ReleaseFulfillment,
  type ReleaseLine,
  type ReleaseResult,
  type WmsPort,
} from '../../system-apis/wms/wms.port.js';
import { plannedLots, waitKeys, withoutPlanned, type OrderCommit, type OrderTaskOf } from '../orders/index.js';
import { loadOrders, type LoadedOrder, type OrderLookup } from './fulfillment.context.js';
import { withoutPersonalData } from './personal-data.js';
import { failed, submitResult } from './task-outcome.js';

type Payload = OrderTaskOf<'wms.release' | 'wms.cancel'>['payload'];

const DONE: TaskResult = { outcome: 'DONE' };

interface FoundTask extends LoadedOrder {
  readonly task: TaskRun;
  readonly fo: FulfillmentOrder;
}

/** The work that orders ask of warehouses. Releases go out in batches, as the warehouse takes them. */
export class WmsTasks {
  constructor(
    private readonly wms: WmsPort,
    private readonly orders: OrderCommit,
    private readonly lookup: OrderLookup,
  ) {}

  register(queue: TaskQueue): void {
    const { system } = this.wms;
    queue.register('wms.release', (tasks) => this.release(tasks), {
      batchMax: WMS_RELEASE_MAX,
      tier: 2,
      target: { system, use: 'release' },
    });
    queue.register('wms.cancel', (tasks) => this.cancelAll(tasks), { tier: 2, target: { system, use: 'cancel' } });
  }

  private async release(tasks: readonly TaskRun[]): Promise<readonly TaskResult[]> {
    const found = await this.find(tasks);
    const due = found.filter(({ fo }) => isUnanswered(fo));
    const results = new Map(found.map(({ task }) => [task.key, DONE]));
    if (due.length > 0) for (const [key, result] of await this.sendReleases(due)) results.set(key, result);
    return tasks.map((task) => results.get(task.key) ?? notFound(task));
  }

  private async sendReleases(due: readonly FoundTask[]): Promise<readonly (readonly [string, TaskResult])[]> {
    let answers: ReadonlyMap<string, ReleaseResult>;
    try {
      const results = await this.wms.release(due.map(toRelease));
      answers = new Map(results.map((result) => [result.fulfillmentOrderId, result]));
    } catch (error) {
      return Promise.all(
        due.map(
          async (found) => [found.task.key, await inTask(found.task, () => this.releaseFailed(found, error))] as const,
        ),
      );
    }
    return Promise.all(
      due.map(
        async (found) =>
          [found.task.key, await inTask(found.task, () => this.takeAnswer(found, answers.get(found.fo.id)))] as const,
      ),
    );
  }

  private async takeAnswer(found: FoundTask, answer: ReleaseResult | undefined): Promise<TaskResult> {
    const { task, order, parties, fo } = found;
    if (answer === undefined)
      return this.releaseFailed(found, new Error(`${this.wms.system} did not say what became of it`));
    if (answer.outcome === 'ACCEPTED') {
      const { wmsReference } = answer;
      const body = { kind: 'FulfillmentReleased', fulfillmentOrderId: fo.id, wmsReference } as const;
      await submitResult(this.orders, this.wms.system, order.id, task.key, body);
      return DONE;
    }
    // The warehouse holds an earlier release of other content: that one must be stopped first, or the units ship twice.
    if (answer.code === 'CONTENT_DIFFERS') {
      // Units that were short meanwhile make it other content; the work that it was about is done.
      if (fo.status !== 'RELEASE_REQUESTED') return DONE;
      const body = { kind: 'FulfillmentRefusedAsDifferent', fulfillmentOrderId: fo.id } as const;
      await submitResult(this.orders, this.wms.system, order.id, task.key, body);
      return DONE;
    }
    const reason = withoutPersonalData(answer.reason, parties);
    const body = { kind: 'FulfillmentRejected', fulfillmentOrderId: fo.id, reason, code: answer.code } as const;
    await submitResult(this.orders, this.wms.system, order.id, task.key, body);
    return DONE;
  }

  private releaseFailed({ task, order, parties, fo }: FoundTask, error: unknown): Promise<TaskResult> {
    const waitKey = waitKeys.release(fo.number);
    const subject = { orderId: order.id, parties, waitKey, system: 'WMS', operation: task.kind } as const;
    return failed(this.orders, task, subject, error);
  }

  private async cancelAll(tasks: readonly TaskRun[]): Promise<readonly TaskResult[]> {
    const found = new Map((await this.find(tasks)).map((item) => [item.task.key, item]));
    return Promise.all(
      tasks.map(async (task) => {
        const item = found.get(task.key);
        return item === undefined ? notFound(task) : inTask(task, () => this.cancel(item));
      }),
    );
  }

  private async cancel({ task, order, parties, fo }: FoundTask): Promise<TaskResult> {
    if (fo.status !== 'CANCEL_REQUESTED') return DONE;
    try {
      const answer = await this.wms.cancel({ fulfillmentOrderId: fo.id, node: fo.node, reason: 'cancelled' });
      const body =
        answer.outcome === 'CANCELLED'
          ? ({ kind: 'FulfillmentCancelled', fulfillmentOrderId: fo.id } as const)
          : ({
              kind: 'FulfillmentCancelRefused',
              fulfillmentOrderId: fo.id,
              reason: withoutPersonalData(answer.reason, parties),
            } as const);
      await submitResult(this.orders, this.wms.system, order.id, task.key, body);
      return DONE;
    } catch (error) {
      const waitKey = waitKeys.wmsCancel(fo.number);
      const subject = { orderId: order.id, parties, waitKey, system: 'WMS', operation: task.kind } as const;
      return failed(this.orders, task, subject, error);
    }
  }

  private async find(tasks: readonly TaskRun[]): Promise<readonly FoundTask[]> {
    const orders = await loadOrders(
      this.lookup,
      tasks.map((task) => (task.payload as Payload).orderId),
    );
    return tasks.flatMap((task) => {
      const { orderId, fulfillmentOrderId } = task.payload as Payload;
      const loaded = orders.get(orderId);
      const fo = loaded?.order.fulfillmentOrders.find((candidate) => candidate.id === fulfillmentOrderId);
      return loaded === undefined || fo === undefined ? [] : [{ ...loaded, task, fo }];
    });
  }
}

/**
 * The warehouse's answer is not known. It may have got lost and the work be done meanwhile: asked again, a warehouse tells
 * the reference of the release that it holds.
 */
function isUnanswered(fo: FulfillmentOrder): boolean {
  if (fo.wmsReference !== undefined) return false;
  return fo.status === 'RELEASE_REQUESTED' || fo.lines.some((line) => line.picked + line.packed + line.shipped > 0);
}

function notFound(task: TaskRun): TaskResult {
  return { outcome: 'DEAD', error: `there is no fulfillment order ${(task.payload as Payload).fulfillmentOrderId}` };
}

/** Planned lots are the fulfillment order's: they are handed to its lines one after the other. */
function releaseLines(order: Order, fo: FulfillmentOrder): readonly ReleaseLine[] {
  let lots = fo.releasedLots ?? fo.lots ?? [];
  return fo.lines.flatMap(({ lineId, sku, quantity }) => {
    if (quantity === 0) return [];
    const line = order.lines.find((candidate) => candidate.id === lineId);
    const components = line?.components;
    const taken = componentsOf(line ?? { sku }).flatMap((component) => {
      const units = { sku: component.sku, node: fo.node, quantity: component.quantity * quantity };
      const planned = plannedLots(lots, units);
      lots = withoutPlanned(lots, component.sku, units.quantity);
      return planned.flatMap((of) =>
        of.lot === undefined ? [] : [{ sku: of.sku, lot: of.lot, quantity: of.quantity }],
      );
    });
    return [
      {
        lineId,
        sku,
        quantity,
        ...(components === undefined ? {} : { components }),
        ...(taken.length === 0 ? {} : { lots: taken }),
      },
    ];
  });
}

function toRelease({ order, parties, fo }: FoundTask): ReleaseFulfillment {
  const messages = Object.values(parties.giftMessages ?? {});
  return {
    fulfillmentOrderId: fo.id,
    node: fo.node,
    channel: order.channel,
    reference: order.reference,
    lines: releaseLines(order, fo),
    ...(order.shipMethod === undefined ? {} : { shipMethod: order.shipMethod }),
    ...(order.shipBy === undefined ? {} : { shipBy: order.shipBy }),
    ...(parties.shipTo === undefined ? {} : { shipTo: parties.shipTo }),
    ...(messages.length === 0 ? {} : { giftMessage: messages.join('\n') }),
  };
}
