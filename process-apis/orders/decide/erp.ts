import type { OrderFactBody } from '../orders.facts.js';
import { wantsNothingOfErp } from '../orders.evolve-erp.js';
import { erpPriceDifference } from '../orders.prices.js';
import type { Decision } from './decision.js';
import { holdForRefusal, holdOnce } from './hold.js';

type Fact<Kind extends OrderFactBody['kind']> = Extract<OrderFactBody, { kind: Kind }>;

export function decideSalesOrderPosted(decision: Decision, fact: Fact<'SalesOrderPosted'>): void {
  if (decision.order.erp.status !== 'REQUESTED') return;
  const { salesOrder, items, netAmount } = fact;
  decision.emit({ type: 'SalesOrderPosted', salesOrder, items, ...(netAmount === undefined ? {} : { netAmount }) });
  const { priceTolerance } = decision.context.policyOf(decision.order.channel);
  const difference = erpPriceDifference(decision.order, netAmount, priceTolerance);
  if (difference !== undefined) holdOnce(decision, 'PRICE', difference);
}

export function decideSalesOrderConfirmed(decision: Decision, fact: Fact<'SalesOrderConfirmed'>): void {
  const { erp } = decision.order;
  if (erp.status === 'POSTED' && erp.salesOrder === fact.salesOrder)
    decision.emit({ type: 'SalesOrderConfirmed', salesOrder: fact.salesOrder });
}

/**
 * Stock stays claimed: the order is still wanted, and a person decides whether it is sent again or cancelled.
 * A refusal that names no document answers the posting: one that was posted all the same stands.
 * A document that the hub has cancelled wholly looks rejected in the ERP: that is no news. Nor is one of an earlier attempt.
 */
export function decideSalesOrderRejected(decision: Decision, fact: Fact<'SalesOrderRejected'>): void {
  const { erp } = decision.order;
  const { salesOrder, reason, code } = fact;
  if (erp.status !== 'REQUESTED' && erp.status !== 'POSTED') return;
  if (salesOrder === undefined ? erp.status === 'POSTED' : salesOrder !== erp.salesOrder) return;
  if (wantsNothingOfErp(erp)) return;
  decision.emit({
    type: 'SalesOrderRejected',
    reason,
    ...(salesOrder === undefined ? {} : { salesOrder }),
    ...(code === undefined ? {} : { code }),
  });
  holdForRefusal(decision, code, `The ERP refused the sales order: ${reason}`);
}

export function decideSalesOrderNotNeeded(decision: Decision): void {
  if (decision.order.erp.status === 'REQUESTED') decision.emit({ type: 'SalesOrderNotNeeded' });
}

/**
 * Answers to two reductions may come in any order: what the ERP holds only goes down, and never below what the hub
 * last asked for (a lower answer is about an earlier document).
 */
export function decideSalesOrderReduced(decision: Decision, fact: Fact<'SalesOrderReduced'>): void {
  const { held, requested } = decision.order.erp;
  const remaining = fact.remaining.flatMap(({ lineId, quantity }) => {
    const left = Math.max(quantity, requested[lineId] ?? 0);
    return left < (held[lineId] ?? 0) ? [{ lineId, quantity: left }] : [];
  });
  if (remaining.length > 0) decision.emit({ type: 'SalesOrderReduced', remaining });
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
  const { shipmentId, packageId, channelReference, notWanted } = fact;
  decision.emit({
    type: 'ChannelShipmentConfirmed',
    shipmentId,
    packageId,
    at: decision.context.now,
    ...(channelReference === undefined ? {} : { channelReference }),
    ...(notWanted === undefined ? {} : { notWanted }),
  });
}
