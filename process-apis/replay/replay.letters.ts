import type { DeadLetter } from '../../src/platform/jobs/index.js';
import type { Order } from '../../src/model/order.js';
import { hasFailedForGood, waitOf, type OrderFact, type OrderReader } from '../orders/index.js';

export interface FailedStep {
  readonly order: Order;
  readonly waitKey: string;
}

/**
 * The step of an order that a dead letter was for. It goes through the order then, so that a person's retry and a replay never
 * make two tasks of one step. `UNDER_WAY`: the order waits for it no more, or another task does it by now. Undefined: the task
 * is of no order that knows of its failure, and is enqueued as it is.
 */
export async function failedStep(
  reader: Pick<OrderReader, 'byIds'>,
  letter: DeadLetter,
): Promise<FailedStep | 'UNDER_WAY' | undefined> {
  const orderId = orderIdOf(letter);
  return orderId === undefined ? undefined : failedStepOf((await reader.byIds([orderId])).get(orderId), letter);
}

/** The order of whose step a dead letter may be. */
export function orderIdOf({ kind, payload }: DeadLetter): string | undefined {
  const { orderId } = payload as { readonly orderId?: unknown };
  return STEPS.has(kind) && typeof orderId === 'string' ? orderId : undefined;
}

/** `failedStep` of an order that is read already; undefined where there is none. */
export function failedStepOf(order: Order | undefined, letter: DeadLetter): FailedStep | 'UNDER_WAY' | undefined {
  if (order === undefined || orderIdOf(letter) === undefined) return undefined;
  const wait = waitOf(order, letter);
  if (wait === undefined) return 'UNDER_WAY';
  if (hasFailedForGood(wait)) return { order, waitKey: wait.key };
  return wait.retriedAt === undefined ? undefined : 'UNDER_WAY';
}

/** Kinds of tasks whose answer an order waits for. */
const STEPS: ReadonlySet<string> = new Set([
  'erp.post-sales-order',
  'erp.reduce-sales-order',
  'erp.post-goods-issue',
  'wms.release',
  'wms.cancel',
  'channel.confirm-package',
]);

/** Once for each dead letter. */
export function askAgain({ id }: DeadLetter, { order, waitKey }: FailedStep): OrderFact {
  return {
    id: `hub/redrive/${id}`,
    source: 'hub',
    occurredAt: new Date().toISOString(),
    address: { by: 'ID', orderId: order.id },
    body: { kind: 'RetryRequested', waitKey },
  };
}
