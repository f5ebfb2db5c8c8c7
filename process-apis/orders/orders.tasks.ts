import type { Task } from '../../src/platform/jobs/index.js';

interface OfOrder {
  readonly orderId: string;
  /** Asked for again after a failure: an earlier task may have had its effect, also at this one's first attempt. */
  readonly again?: boolean;
}

interface Payloads {
  readonly 'erp.post-sales-order': OfOrder;
  readonly 'erp.reduce-sales-order': OfOrder & {
    readonly remaining: readonly { readonly lineId: string; readonly quantity: number }[];
  };
  readonly 'erp.post-goods-issue': OfOrder & { readonly shipmentId: string };
  readonly 'wms.release': OfOrder & { readonly fulfillmentOrderId: string };
  readonly 'wms.cancel': OfOrder & { readonly fulfillmentOrderId: string };
  readonly 'carrier.track': OfOrder & { readonly shipmentId: string; readonly packageId: string };
  readonly 'channel.confirm-package': OfOrder & { readonly shipmentId: string; readonly packageId: string };
}

export type OrderTaskKind = keyof Payloads;

export type OrderTaskOf<Kind extends OrderTaskKind> = Task<Payloads[Kind]> & { readonly kind: Kind };

/** Outside work that an order asks for. The payload names what to do it for; the content is read when it runs. */
export type OrderTask = { [Kind in OrderTaskKind]: OrderTaskOf<Kind> }[OrderTaskKind];
