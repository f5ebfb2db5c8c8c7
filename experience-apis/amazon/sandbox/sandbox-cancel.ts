import type { Order2026 } from '../amazon.wire.js';

const BUYER_REASON = 'BUYER_CANCELED';

/** The order after Amazon cancelled what was not shipped; undefined where nothing is left to cancel. */
export function cancelledOrder(order: Order2026): Order2026 | undefined {
  const status = order.fulfillment?.fulfillmentStatus;
  if (status === 'CANCELLED' || status === 'SHIPPED') return undefined;
  const partlyShipped = status === 'PARTIALLY_SHIPPED';
  return {
    ...order,
    fulfillment: { ...order.fulfillment, fulfillmentStatus: partlyShipped ? 'SHIPPED' : 'CANCELLED' },
    orderItems: order.orderItems.map((item) =>
      item.fulfillment?.quantityUnfulfilled === 0
        ? item
        : {
            ...item,
            fulfillment: { ...item.fulfillment, quantityUnfulfilled: 0 },
            cancellation: {
              ...item.cancellation,
              cancellationExecution: { cancelledBy: 'BUYER', cancelReason: BUYER_REASON },
            },
          },
    ),
  };
}

/** The order after the buyer asked to cancel these items (all, when none are named). */
export function withCancelRequest(order: Order2026, orderItemIds: readonly string[] | undefined): Order2026 {
  return {
    ...order,
    orderItems: order.orderItems.map((item) =>
      orderItemIds !== undefined && !orderItemIds.includes(item.orderItemId)
        ? item
        : {
            ...item,
            cancellation: {
              ...item.cancellation,
              cancellationRequest: { requester: 'BUYER', cancelReason: BUYER_REASON },
            },
          },
    ),
  };
}
