import { invoiceNumber, type DeliveryDocument, type DeliveryItemDocument } from './delivery-table.js';
import type { Entity } from './entity-check.js';
import { etagOf } from './etag.js';
import type { OutgoingEntity } from './odata-answer.js';

/** A delivery header with the status fields that SAP derives. */
export function deliveryEntity(delivery: DeliveryDocument): OutgoingEntity {
  const header = Object.entries(delivery.header).filter(([name]) => !name.startsWith('to_'));
  return {
    type: 'A_OutbDeliveryHeaderType',
    path: `A_OutbDeliveryHeader('${delivery.number}')`,
    etag: etagOf(delivery.changedAt),
    properties: {
      ...Object.fromEntries(header),
      DeliveryDocument: delivery.number,
      DeliveryDocumentType: 'LF',
      OverallPickingStatus: delivery.picked ? 'C' : 'A',
      OverallGoodsMovementStatus: delivery.billsAt === undefined ? 'A' : 'C',
      OverallDelivReltdBillgStatus: invoiceNumber(delivery) === undefined ? 'A' : 'C',
    },
  };
}

export function deliveryItemEntity(
  delivery: DeliveryDocument,
  item: DeliveryItemDocument,
  withFlow: boolean,
): OutgoingEntity {
  return {
    type: 'A_OutbDeliveryItemType',
    path: `A_OutbDeliveryItem(DeliveryDocument='${delivery.number}',DeliveryDocumentItem='${item.item}')`,
    etag: etagOf(delivery.changedAt),
    properties: {
      DeliveryDocument: delivery.number,
      DeliveryDocumentItem: item.item,
      Material: item.material,
      Plant: item.plant,
      StorageLocation: item.storageLocation,
      ActualDeliveryQuantity: item.quantity.toFixed(3),
      DeliveryQuantityUnit: item.unit,
      NumberOfSerialNumbers: item.serials.size,
      ReferenceSDDocument: item.salesOrder,
      ReferenceSDDocumentItem: item.salesOrderItem.padStart(6, '0'),
      ...(withFlow ? { to_DocumentFlow: { results: documentFlow(delivery, item) } } : {}),
    },
  };
}

// R is the goods movement, M the invoice.
function documentFlow(delivery: DeliveryDocument, item: DeliveryItemDocument): readonly Entity[] {
  const flow = (category: string, document: string): Entity => ({
    PrecedingDocument: delivery.number,
    PrecedingDocumentItem: item.item,
    PrecedingDocumentCategory: 'J',
    Subsequentdocument: document,
    SubsequentDocumentItem: item.item,
    SubsequentDocumentCategory: category,
    QuantityInBaseUnit: item.quantity.toFixed(3),
  });
  const invoice = invoiceNumber(delivery);
  return [
    ...(delivery.billsAt === undefined ? [] : [flow('R', `49${delivery.number}`)]),
    ...(invoice === undefined ? [] : [flow('M', invoice)]),
  ];
}
