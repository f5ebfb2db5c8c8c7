import type { OrderEvent } from '../../src/model/events.js';
import type { FulfillmentOrder, RecallCause, Shipment } from '../../src/model/order.js';

type Of<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>;

type WorkEvent = Of<
  | 'FulfillmentRequested'
  | 'FulfillmentReleased'
  | 'FulfillmentRejected'
  | 'FulfillmentCancelRequested'
  | 'FulfillmentCancelled'
  | 'FulfillmentCancelRefused'
  | 'FulfillmentRefusedAsDifferent'
  | 'FulfillmentRecalled'
  | 'CarrierRefused'
>;

/** What a node was asked, and what it said. Pure. */
export function evolveWork(fo: FulfillmentOrder, event: WorkEvent): FulfillmentOrder {
  switch (event.type) {
    case 'FulfillmentRequested':
      // From here on the quantity is what the node was asked for, whatever it drops later: a repeated release must say the same.
      return {
        ...fo,
        status: 'RELEASE_REQUESTED',
        ...(fo.lots === undefined ? {} : { releasedLots: fo.lots }),
        lines: fo.lines.map((line) => ({ ...line, quantity: line.quantity - line.dropped, dropped: 0 })),
      };
    case 'FulfillmentReleased': {
      const status = fo.status === 'RELEASE_REQUESTED' ? 'RELEASED' : fo.status;
      return { ...fo, status, wmsReference: event.wmsReference };
    }
    case 'FulfillmentRejected': {
      const { reason, code } = event;
      return { ...fo, status: 'REJECTED', refusal: { reason, ...(code === undefined ? {} : { code }) } };
    }
    case 'FulfillmentCancelRequested':
      return { ...fo, status: 'CANCEL_REQUESTED' };
    case 'FulfillmentCancelled':
      return { ...fo, status: 'CANCELLED' };
    case 'FulfillmentCancelRefused': {
      const status = fo.status === 'CANCEL_REQUESTED' ? 'RELEASED' : fo.status;
      return { ...fo, status, ...(fo.recall === undefined ? {} : { recall: { ...fo.recall, refused: event.reason } }) };
    }
    case 'FulfillmentRefusedAsDifferent':
      return recalled(fo, 'CONTENT_DIFFERS');
    case 'FulfillmentRecalled':
      return recalled(fo, event.because);
    case 'CarrierRefused':
      return { ...fo, carrierRefusal: event.reason };
  }
}

/** A wrong address stays the cause, whatever else is wrong: where the node refuses, it is what a person must know. */
function recalled({ recall, ...fo }: FulfillmentOrder, because: RecallCause): FulfillmentOrder {
  const isAddress = because === 'ADDRESS' || recall?.because === 'ADDRESS';
  const elsewhere = because === 'RE_SOURCE' || recall?.elsewhere === true;
  return { ...fo, recall: { because: isAddress ? 'ADDRESS' : because, ...(elsewhere ? { elsewhere } : {}) } };
}

/** What ERP and channel made of a shipment. Pure. */
export function evolveShipment(
  shipment: Shipment,
  event: Of<'ChannelShipmentConfirmed' | 'GoodsIssuePosted' | 'InvoicePosted'>,
): Shipment {
  switch (event.type) {
    case 'ChannelShipmentConfirmed': {
      const { at, channelReference } = event;
      const told = { channelConfirmedAt: at, ...(channelReference === undefined ? {} : { channelReference }) };
      const packages = shipment.packages.map((parcel) =>
        parcel.id === event.packageId ? { ...parcel, ...told } : parcel,
      );
      return { ...shipment, packages };
    }
    case 'GoodsIssuePosted':
      return { ...shipment, deliveryDocument: event.deliveryDocument, goodsIssuedAt: event.at };
    case 'InvoicePosted':
      return { ...shipment, invoice: event.invoice };
  }
}
