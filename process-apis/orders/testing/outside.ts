import { standingHolds, type FulfillmentOrder, type Order } from '../../../src/model/order.js';
import { wantsNothingOfErp } from '../orders.evolve-erp.js';
import { remainingUnits } from '../orders.evolve.js';
import type { LineUnits } from '../../../src/model/events.js';
import type { OrderFactBody } from '../orders.facts.js';
import { unitsToStop } from '../orders.waits.js';

/** Units of a fulfillment order that are still to ship, as facts name them. */
export function remainingOf(fo: FulfillmentOrder): readonly LineUnits[] {
  return fo.lines
    .map((line) => ({ lineId: line.lineId, quantity: remainingUnits(line) }))
    .filter(({ quantity }) => quantity > 0);
}

/** A shipment of one package with these units. */
export function shipped(
  fulfillmentOrderId: string,
  shipmentReference: string,
  units: readonly LineUnits[],
): OrderFactBody & { readonly kind: 'FulfillmentShipped' } {
  return {
    kind: 'FulfillmentShipped',
    fulfillmentOrderId,
    shipmentReference,
    packages: [
      {
        reference: `${shipmentReference}-P1`,
        carrier: 'DHL',
        trackingNumber: `T-${shipmentReference}`,
        items: units.map((item) => ({ ...item, serials: [] })),
      },
    ],
  };
}

/** The answers of a world where everything goes well, to all that the order waits for now. */
export function happyAnswers(order: Order): readonly OrderFactBody[] {
  return [...holdAnswers(order), ...erpAnswers(order), ...warehouseAnswers(order), ...shipmentAnswers(order)];
}

/** A person looks at what is held, and lets it go on. */
function holdAnswers(order: Order): readonly OrderFactBody[] {
  return unitsToStop(order) === 0
    ? []
    : standingHolds(order).map(({ id }) => ({
        kind: 'HoldReleased',
        holdId: id,
        by: 'operator:ada',
        reason: 'is fine',
      }));
}

function erpAnswers(order: Order): readonly OrderFactBody[] {
  const { erp, lines } = order;
  const salesOrder = erp.salesOrder ?? `SO-${erp.attempt}`;
  const wanted = lines.some((line) => line.quantities.cancelled + line.quantities.external < line.ordered);
  const items = Object.fromEntries(lines.map((line) => [line.id, String(line.number * 10)]));
  const reduced = Object.entries(erp.requested).map(([lineId, quantity]) => ({ lineId, quantity }));
  const behind = reduced.some(({ lineId, quantity }) => erp.held[lineId] !== quantity);
  const reduction: readonly OrderFactBody[] = behind ? [{ kind: 'SalesOrderReduced', remaining: reduced }] : [];
  switch (erp.status) {
    case 'REQUESTED':
      return [wanted ? { kind: 'SalesOrderPosted', salesOrder, items } : { kind: 'SalesOrderNotNeeded' }];
    case 'POSTED':
      // A document that holds nothing any more is never confirmed.
      return wantsNothingOfErp(erp) ? reduction : [...reduction, { kind: 'SalesOrderConfirmed', salesOrder }];
    case 'CONFIRMED':
      return reduction;
    case 'REJECTED':
      return wanted && standingHolds(order).length === 0 ? [{ kind: 'RetryRequested' }] : [];
    case 'NONE':
    case 'NOT_NEEDED':
      return [];
  }
}

function warehouseAnswers(order: Order): readonly OrderFactBody[] {
  return order.fulfillmentOrders.flatMap((fo): readonly OrderFactBody[] => {
    const fulfillmentOrderId = fo.id;
    switch (fo.status) {
      case 'RELEASE_REQUESTED':
        return [{ kind: 'FulfillmentReleased', fulfillmentOrderId, wmsReference: `W-${fo.number}` }];
      case 'RELEASED':
        return [shipped(fo.id, `S-${fo.number}-${order.version}`, remainingOf(fo))];
      case 'CANCEL_REQUESTED':
        return [{ kind: 'FulfillmentCancelled', fulfillmentOrderId }];
      case 'PLANNED':
      case 'CANCELLED':
      case 'REJECTED':
      case 'CLOSED':
        return [];
    }
  });
}

function shipmentAnswers({ shipments }: Order): readonly OrderFactBody[] {
  return shipments.flatMap((shipment): readonly OrderFactBody[] => {
    const shipmentId = shipment.id;
    const untold = shipment.packages
      .filter((parcel) => parcel.channelConfirmedAt === undefined)
      .map((parcel): OrderFactBody => ({ kind: 'ChannelShipmentConfirmed', shipmentId, packageId: parcel.id }));
    const { deliveryDocument } = shipment;
    if (deliveryDocument === undefined)
      return [...untold, { kind: 'GoodsIssuePosted', shipmentId, deliveryDocument: `D-${shipment.reference}` }];
    return shipment.invoice === undefined
      ? [...untold, { kind: 'InvoicePosted', deliveryDocument, invoice: `I-${deliveryDocument}` }]
      : untold;
  });
}
