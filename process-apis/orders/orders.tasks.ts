import type { Task } from '../../src/platform/jobs/index.js';

/** Outside work that an order asks for. The payload names what to do it for; the content is read when it runs. */
export type OrderTask =
  | (Task<{ readonly orderId: string }> & { readonly kind: 'erp.post-sales-order' })
  | (Task<{ readonly orderId: string; readonly remaining: readonly { lineId: string; quantity: number }[] }> & {
      readonly kind: 'erp.reduce-sales-order';
    })
  | (Task<{ readonly orderId: string; readonly shipmentId: string }> & { readonly kind: 'erp.post-goods-issue' })
  | (Task<{ readonly orderId: string; readonly fulfillmentOrderId: string }> & { readonly kind: 'wms.release' })
  | (Task<{ readonly orderId: string; readonly fulfillmentOrderId: string }> & { readonly kind: 'wms.cancel' })
  | (Task<{ readonly orderId: string; readonly shipmentId: string; readonly packageId: string }> & {
      readonly kind: 'channel.confirm-package';
    });

export type OrderTaskKind = OrderTask['kind'];
export type OrderTaskOf<Kind extends OrderTaskKind> = Extract<OrderTask, { kind: Kind }>;
