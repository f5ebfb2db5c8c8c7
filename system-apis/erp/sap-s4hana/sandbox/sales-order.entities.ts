import { text } from './entity-check.js';
import { etagOf, jsonInstant } from './etag.js';
import { netAmount, sumAmounts } from './net-amount.js';
import type { OutgoingEntity } from './odata-answer.js';
import { totalNetAmount, type SalesOrderDocument, type SalesOrderItemDocument } from './sales-order-table.js';

/** A sales order header with the status fields that SAP derives. */
export function salesOrderEntity(order: SalesOrderDocument): OutgoingEntity {
  return {
    type: 'A_SalesOrderType',
    path: `A_SalesOrder('${order.number}')`,
    etag: etagOf(order.changedAt),
    properties: {
      ...order.header,
      SalesOrder: order.number,
      TotalNetAmount: totalNetAmount(order),
      LastChangeDateTime: jsonInstant(order.changedAt),
      DeliveryBlockReason: text(order.header, 'DeliveryBlockReason'),
      HeaderBillingBlockReason: text(order.header, 'HeaderBillingBlockReason'),
      SalesDocApprovalStatus: '',
      TotalCreditCheckStatus: creditStatus(order),
      OverallSDDocumentRejectionSts: rejectionStatus(order),
      OverallTotalDeliveryStatus: deliveryStatus([...order.items.values()]),
    },
  };
}

export function salesOrderItemEntity(order: SalesOrderDocument, item: SalesOrderItemDocument): OutgoingEntity {
  return {
    type: 'A_SalesOrderItemType',
    path: `A_SalesOrderItem(SalesOrder='${order.number}',SalesOrderItem='${item.number}')`,
    // An item changes with its document, so it carries the document's etag.
    etag: etagOf(order.changedAt),
    properties: {
      ...item.properties,
      SalesOrder: order.number,
      SalesOrderItem: item.number,
      RequestedQuantity: String(item.quantity),
      NetAmount: sumAmounts([netAmount(item.prices, item.quantity)]),
      TransactionCurrency: text(order.header, 'TransactionCurrency'),
      SalesDocumentRjcnReason: item.rejection,
      DeliveryStatus: deliveryStatus([item]),
    },
  };
}

/** B: the credit check failed, a credit analyst must decide. D: the analyst released it. */
export function creditStatus(order: SalesOrderDocument): 'B' | 'D' {
  return Date.now() < order.decidesAt || order.rejection !== '' ? 'B' : 'D';
}

function rejectionStatus(order: SalesOrderDocument): 'A' | 'B' | 'C' {
  const items = [...order.items.values()];
  const rejected = items.filter((item) => item.rejection !== '').length;
  if (rejected === 0) return 'A';
  return rejected === items.length ? 'C' : 'B';
}

function deliveryStatus(items: readonly SalesOrderItemDocument[]): 'A' | 'B' | 'C' {
  if (items.every((item) => item.delivered === 0)) return 'A';
  return items.every((item) => item.rejection !== '' || item.delivered >= item.quantity) ? 'C' : 'B';
}
