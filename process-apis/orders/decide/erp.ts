import type { OrderFactBody } from '../orders.facts.js';
import type { Decision } from './decision.js';
import { askToTell } from './fulfill.js';

type Fact<Kind extends OrderFactBody['kind']> = Extract<OrderFactBody, { kind: Kind }>;

export function decideSalesOrderPosted(decision: Decision, fact: Fact<'SalesOrderPosted'>): void {
  if (decision.order.erp.status !== 'REQUESTED') return;
  decision.emit({ type: 'SalesOrderPosted', salesOrder: fact.salesOrder, items: fact.items });
}

export function decideSalesOrderConfirmed(decision: Decision, fact: Fact<'SalesOrderConfirmed'>): void {
  const { erp } = decision.order;
  if (erp.status === 'POSTED' && erp.salesOrder === fact.salesOrder)
    decision.emit({ type: 'SalesOrderConfirmed', salesOrder: fact.salesOrder });
}

/** Stock stays claimed: the order is still wanted, and a person decides whether it is sent again or cancelled. */
export function decideSalesOrderRejected(decision: Decision, fact: Fact<'SalesOrderRejected'>): void {
  const { erp } = decision.order;
  if (erp.status !== 'REQUESTED' && erp.status !== 'POSTED') return;
  const { salesOrder, reason } = fact;
  decision.emit({ type: 'SalesOrderRejected', reason, ...(salesOrder === undefined ? {} : { salesOrder }) });
}

export function decideSalesOrderNotNeeded(decision: Decision): void {
  if (decision.order.erp.status === 'REQUESTED') decision.emit({ type: 'SalesOrderNotNeeded' });
}

export function decideSalesOrderReduced(decision: Decision, fact: Fact<'SalesOrderReduced'>): void {
  decision.emit({ type: 'SalesOrderReduced', remaining: fact.remaining });
}

export function decideGoodsIssued(decision: Decision, fact: Fact<'GoodsIssuePosted'>): void {
  const shipment = decision.order.shipments.find((candidate) => candidate.id === fact.shipmentId);
  if (shipment === undefined || shipment.goodsIssuedAt !== undefined) return;
  const { shipmentId, deliveryDocument } = fact;
  decision.emit({ type: 'GoodsIssuePosted', shipmentId, deliveryDocument, at: decision.context.now });
}

export function decideInvoiced(decision: Decision, fact: Fact<'InvoicePosted'>): void {
  for (const shipment of decision.order.shipments)
    if (shipment.deliveryDocument === fact.deliveryDocument && shipment.invoice === undefined)
      decision.emit({ type: 'InvoicePosted', shipmentId: shipment.id, invoice: fact.invoice });
}

export function decideChannelConfirmed(decision: Decision, fact: Fact<'ChannelShipmentConfirmed'>): void {
  const parcel = decision.order.shipments
    .find((shipment) => shipment.id === fact.shipmentId)
    ?.packages.find((candidate) => candidate.id === fact.packageId);
  if (parcel === undefined || parcel.channelConfirmedAt !== undefined) return;
  const { shipmentId, packageId, channelReference } = fact;
  decision.emit({
    type: 'ChannelShipmentConfirmed',
    shipmentId,
    packageId,
    at: decision.context.now,
    ...(channelReference === undefined ? {} : { channelReference }),
  });
}

/** A person says try again: a refused sales order is sent anew, untold packages and goods issues are asked for again. */
export function decideRetry(decision: Decision): void {
  const { order } = decision;
  if (order.erp.status === 'REJECTED') {
    const claimed = order.lines.filter((line) => line.quantities.reserved > 0);
    if (claimed.length > 0) {
      const attempt = order.erp.attempt + 1;
      decision.emit({
        type: 'SalesOrderRequested',
        attempt,
        lines: claimed.map((line) => ({ lineId: line.id, quantity: line.quantities.reserved })),
      });
      decision.enqueue({
        kind: 'erp.post-sales-order',
        key: `${order.id}-${attempt}`,
        payload: { orderId: order.id },
      });
    }
  }
  for (const shipment of order.shipments) askToTell(decision, shipment, `:retry:${order.version}`);
}
