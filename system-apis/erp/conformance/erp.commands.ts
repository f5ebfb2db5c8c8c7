import { randomUUID } from 'node:crypto';
import type { PostedSalesOrder, PostGoodsIssue, PostSalesOrder } from '../erp.port.js';

export interface OrderSketch {
  readonly channel: string;
  readonly node: string;
  readonly skus: readonly [string, string];
  readonly quantities: readonly [number, number];
}

const CENTS_PER_UNIT = 1250;

/** A sales order of two lines, under a key of its own. */
export function salesOrderOf({ channel, node, skus, quantities }: OrderSketch): PostSalesOrder {
  const orderId = randomUUID();
  return {
    idempotencyKey: `sales-order:${orderId}`,
    orderId,
    channel,
    reference: `R-${orderId.slice(0, 8)}`,
    placedAt: '2026-01-15T10:30:00.000Z',
    currency: 'EUR',
    lines: skus.map((sku, index) => {
      const quantity = quantities[index] ?? 1;
      return {
        lineId: `${orderId}:${index + 1}`,
        number: index + 1,
        sku,
        quantity,
        unitPrice: { minor: CENTS_PER_UNIT, currency: 'EUR' },
        netAmount: { minor: CENTS_PER_UNIT * quantity, currency: 'EUR' },
        allocations: [{ node, quantity }],
      };
    }),
    mayExist: false,
  };
}

/** A shipment of a sales order made by `salesOrderOf`; the first line's units have serials. */
export function goodsIssueOf(
  posted: PostedSalesOrder,
  { node, skus, quantities }: Omit<OrderSketch, 'channel'>,
): PostGoodsIssue {
  return {
    idempotencyKey: `goods-issue:${posted.salesOrder}`,
    salesOrder: posted.salesOrder,
    shipmentReference: 'S-1',
    shippedAt: '2026-01-16T15:00:00.000Z',
    trackingNumbers: ['1Z999AA10123456784'],
    items: Object.values(posted.items).map((item, index) => {
      const quantity = quantities[index] ?? 1;
      const serials = Array.from({ length: quantity }, (_, unit) => `SN${posted.salesOrder}${unit}`);
      return { item, sku: skus[index] ?? '', node, quantity, serials: index === 0 ? serials : [] };
    }),
    mayExist: false,
  };
}
