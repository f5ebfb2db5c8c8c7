import { buildOrder, seededRandom } from '../sandbox/order-samples.js';
import type { Order2026 } from '../amazon.wire.js';
import { UK } from './memory-hub.js';

const SKUS = [
  { sku: 'MUG-BLUE', title: 'Blue mug', price: '8.50' },
  { sku: 'LAMP', title: 'Desk lamp', price: '39.99' },
  { sku: 'TOWEL-2', title: 'Two towels', price: '12.00' },
];

/** Different orders, the same for the same seed. */
export function ordersFrom(seed: number, count: number): readonly Order2026[] {
  const random = seededRandom(seed);
  const now = new Date('2026-03-01T10:00:00Z');
  return Array.from({ length: count }, () =>
    buildOrder({ random, skus: SKUS, now, currency: 'GBP', marketplaceId: UK, marketplaceName: 'Amazon.co.uk' }),
  );
}

export function orderFrom(seed: number): Order2026 {
  const [order] = ordersFrom(seed, 1);
  if (order === undefined) throw new Error('one order was asked for');
  return order;
}

/** An order of one line and this many units. */
export function singleLineOrder(seed: number, quantity: number): Order2026 {
  const order = orderFrom(seed);
  return {
    ...order,
    orderItems: order.orderItems.slice(0, 1).map((item) => ({
      ...item,
      quantityOrdered: quantity,
      fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: quantity },
    })),
  };
}
