import type { GivenUp } from '../../src/platform/jobs/index.js';
import { waitOf, type OrderCommit, type OrderFact, type OrderTask } from '../orders/index.js';
import type { OrderLookup } from './fulfillment.context.js';

/** Tells orders of tasks that are given up without having been run, as a failure that is final: a person may ask for them again. */
export function tellOrdersGivenUp(orders: Pick<OrderCommit, 'submit'>, lookup: Pick<OrderLookup, 'byIds'>): GivenUp {
  return async (tasks, error) => {
    const ofOrders = tasks.filter((task): task is typeof task & OrderTask => 'orderId' in task.payload);
    if (ofOrders.length === 0) return;
    const found = await lookup.byIds([...new Set(ofOrders.map(({ payload }) => payload.orderId))]);
    const occurredAt = new Date().toISOString();
    const facts = ofOrders.flatMap((task): readonly OrderFact[] => {
      const { kind: operation, key, payload } = task;
      const order = found.get(payload.orderId);
      const wait = order === undefined ? undefined : waitOf(order, task);
      if (order === undefined || wait === undefined) return [];
      const { key: waitKey, system } = wait;
      const failure = { waitKey, system, operation, error, errorKind: 'unknown', final: true } as const;
      return [
        {
          // Once for each asking: handed out again after it was told, it must not undo a retry made since.
          id: `task/${key}/given-up`,
          source: 'hub',
          occurredAt,
          address: { by: 'ID', orderId: order.id },
          body: { kind: 'OutsideCallFailed', ...failure },
        },
      ];
    });
    if (facts.length > 0) await orders.submit(facts);
  };
}
