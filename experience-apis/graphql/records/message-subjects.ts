import { subjectOf } from '../../../process-apis/intake/index.js';
import type { Order } from '../../../src/model/order.js';

/** What messages about an order are found by. */
export function messageSubjects({ id, channel, reference, fulfillmentOrders }: Order): readonly string[] {
  return [
    subjectOf({ by: 'REFERENCE', channel, reference }),
    subjectOf({ by: 'ID', orderId: id }),
    ...fulfillmentOrders.map((work) => subjectOf({ by: 'FULFILLMENT_ORDER', fulfillmentOrderId: work.id })),
  ];
}
