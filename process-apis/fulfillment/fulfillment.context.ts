import type { OrderParties } from '../../src/model/channel-order.js';
import type { Order } from '../../src/model/order.js';

/** What a task needs to know of its order when it runs. */
export interface OrderLookup {
  byIds(ids: readonly string[]): Promise<ReadonlyMap<string, Order>>;
  parties(ids: readonly string[]): Promise<ReadonlyMap<string, OrderParties>>;
}

export interface LoadedOrder {
  readonly order: Order;
  readonly parties: OrderParties;
}

/** Reads the orders of a batch of tasks in two statements, whatever the batch's size. */
export async function loadOrders(
  lookup: OrderLookup,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, LoadedOrder>> {
  const ids = [...new Set(orderIds)];
  const [orders, parties] = await Promise.all([lookup.byIds(ids), lookup.parties(ids)]);
  return new Map([...orders].map(([id, order]) => [id, { order, parties: parties.get(id) ?? {} }]));
}
