import type { OrderEvent } from '../../src/model/events.js';
import type { Order } from '../../src/model/order.js';
import type { CrossReference } from './orders.sql.js';

export interface OutsideNames {
  readonly erp: string;
  readonly wms: string;
  /** Absent: nobody watches parcels. */
  readonly carrier?: string;
}

/** The outside ids that an event brings, each with what it is in the hub. Pure. */
export function crossReferencesOf(order: Order, event: OrderEvent, names: OutsideNames): readonly CrossReference[] {
  const at = (system: string, kind: string, outsideId: string, hubKind: string, hubId: string): CrossReference => ({
    system,
    kind,
    outsideId,
    hubKind,
    hubId,
    orderId: order.id,
  });
  switch (event.type) {
    case 'OrderAccepted':
      return [
        at(order.channel, 'order', order.reference, 'order', order.id),
        ...event.order.lines.map((line) =>
          at(order.channel, 'order-line', `${order.reference}/${line.lineReference}`, 'line', line.id),
        ),
      ];
    case 'OrderAmended':
      return event.addedLines.map((line) =>
        at(order.channel, 'order-line', `${order.reference}/${line.lineReference}`, 'line', line.id),
      );
    case 'InventoryReserved':
      return event.fulfillmentOrders.map((fo) => at('hub', 'fulfillment-order', fo.id, 'fulfillment-order', fo.id));
    case 'SalesOrderPosted':
      return [
        at(names.erp, 'sales-order', event.salesOrder, 'order', order.id),
        ...Object.entries(event.items).map(([lineId, item]) =>
          at(names.erp, 'sales-order-item', `${event.salesOrder}/${item}`, 'line', lineId),
        ),
      ];
    case 'FulfillmentReleased':
      return [at(names.wms, 'release', event.wmsReference, 'fulfillment-order', event.fulfillmentOrderId)];
    case 'ShipmentConfirmed':
      return [
        at(names.wms, 'shipment', event.shipment.reference, 'shipment', event.shipment.id),
        ...event.shipment.packages.flatMap((parcel) => [
          at(names.wms, 'package', parcel.reference, 'package', parcel.id),
          at(parcel.carrier, 'tracking', parcel.trackingNumber, 'package', parcel.id),
        ]),
      ];
    case 'ChannelShipmentConfirmed':
      return event.channelReference === undefined
        ? []
        : [at(order.channel, 'fulfillment', event.channelReference, 'package', event.packageId)];
    case 'GoodsIssuePosted':
      return [at(names.erp, 'delivery', event.deliveryDocument, 'shipment', event.shipmentId)];
    case 'InvoicePosted':
      return [at(names.erp, 'invoice', event.invoice, 'shipment', event.shipmentId)];
    case 'RefundIssued':
      return [at(order.channel, 'refund', event.reference, 'refund', event.id)];
    default:
      return [];
  }
}
