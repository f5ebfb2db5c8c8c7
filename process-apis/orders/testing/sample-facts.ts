import { holdsOf, type Order } from '../../../src/model/order.js';
import type { OrderFactBody, OrderFactKind } from '../orders.facts.js';
import { channelLine, channelOrder, versionAt } from './channel-orders.js';
import type { Harness } from './harness.js';
import { shipped } from './outside.js';

type FactMaker<Kind extends OrderFactKind> = (harness: Harness) => Extract<OrderFactBody, { kind: Kind }>;

/** One fact of each kind, about the order as it stands: its first fulfillment order, its first shipment. */
export const SAMPLE_FACTS: { readonly [Kind in OrderFactKind]: FactMaker<Kind> } = {
  ChannelOrderReceived: () => ({
    kind: 'ChannelOrderReceived',
    order: channelOrder({ version: versionAt(2), lines: [channelLine('A', 4), channelLine('B', 2)] }),
  }),
  CancellationRequested: () => ({ kind: 'CancellationRequested', by: 'PARTNER', reason: 'not wanted any more' }),
  Reconsidered: () => ({ kind: 'Reconsidered' }),
  RetryRequested: () => ({ kind: 'RetryRequested' }),
  SalesOrderPosted: () => ({ kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} }),
  SalesOrderConfirmed: () => ({ kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' }),
  SalesOrderRejected: (harness) => {
    const { salesOrder } = orderOf(harness)?.erp ?? {};
    return { kind: 'SalesOrderRejected', reason: 'credit limit', ...(salesOrder === undefined ? {} : { salesOrder }) };
  },
  SalesOrderNotNeeded: () => ({ kind: 'SalesOrderNotNeeded' }),
  SalesOrderReduced: (harness) => ({
    kind: 'SalesOrderReduced',
    remaining: (orderOf(harness)?.lines ?? []).map((line) => ({ lineId: line.id, quantity: 1 })),
  }),
  FulfillmentReleased: (harness) => ({
    kind: 'FulfillmentReleased',
    fulfillmentOrderId: foOf(harness),
    wmsReference: 'W-1',
  }),
  FulfillmentRejected: (harness) => ({
    kind: 'FulfillmentRejected',
    fulfillmentOrderId: foOf(harness),
    reason: 'the node is closed',
  }),
  FulfillmentPicked: (harness) => ({
    kind: 'FulfillmentPicked',
    fulfillmentOrderId: foOf(harness),
    lines: oneOf(harness),
  }),
  FulfillmentPacked: (harness) => ({
    kind: 'FulfillmentPacked',
    fulfillmentOrderId: foOf(harness),
    lines: oneOf(harness),
  }),
  FulfillmentShortPicked: (harness) => ({
    kind: 'FulfillmentShortPicked',
    fulfillmentOrderId: foOf(harness),
    lines: oneOf(harness),
    reason: 'the location was empty',
  }),
  FulfillmentShipped: (harness) => shipped(foOf(harness), 'S-9', oneOf(harness)),
  FulfillmentCancelled: (harness) => ({ kind: 'FulfillmentCancelled', fulfillmentOrderId: foOf(harness) }),
  FulfillmentCancelRefused: (harness) => ({
    kind: 'FulfillmentCancelRefused',
    fulfillmentOrderId: foOf(harness),
    reason: 'packed',
  }),
  ChannelShipmentConfirmed: (harness) => ({
    kind: 'ChannelShipmentConfirmed',
    shipmentId: shipmentOf(harness)?.id ?? 'none',
    packageId: shipmentOf(harness)?.packages[0]?.id ?? 'none',
  }),
  GoodsIssuePosted: (harness) => ({
    kind: 'GoodsIssuePosted',
    shipmentId: shipmentOf(harness)?.id ?? 'none',
    deliveryDocument: 'D-1',
  }),
  InvoicePosted: (harness) => ({
    kind: 'InvoicePosted',
    deliveryDocument: shipmentOf(harness)?.deliveryDocument ?? 'D-1',
    invoice: 'I-1',
  }),
  RefundIssued: () => ({
    kind: 'RefundIssued',
    refundId: 'RF-1',
    issuedAt: versionAt(3),
    amount: { minor: 1_000, currency: 'EUR' },
  }),
  FulfillmentObserved: () => ({
    kind: 'FulfillmentObserved',
    fulfillmentId: 'F-1',
    trackingNumbers: ['BY-HAND'],
    lines: [{ lineReference: 'A', quantity: 1 }],
  }),
  OutsideCallFailed: (harness) => ({
    kind: 'OutsideCallFailed',
    waitKey: orderOf(harness)?.waits[0]?.key ?? 'none',
    system: 'ERP',
    operation: 'some call',
    error: 'no answer',
    errorKind: 'transient',
    final: false,
  }),
  WaitOverdue: (harness) => ({ kind: 'WaitOverdue', waitKey: orderOf(harness)?.waits[0]?.key ?? 'none' }),
  HoldPlaced: () => ({ kind: 'HoldPlaced', hold: 'FRAUD', reason: 'The buyer is suspicious.', by: 'operator:ada' }),
  HoldReleased: (harness) => ({
    kind: 'HoldReleased',
    holdId: holdsOf(orderOf(harness) ?? {})[0]?.id ?? 'none',
    by: 'operator:ada',
    reason: 'looked at',
  }),
  AddressCorrected: () => ({
    kind: 'AddressCorrected',
    shipTo: { name: 'Ada Lovelace', line1: 'St James Square 12', city: 'London', country: 'GB' },
    by: 'operator:ada',
  }),
  ShipMethodCorrected: () => ({ kind: 'ShipMethodCorrected', shipMethod: 'EXPRESS', by: 'operator:ada' }),
  ReSourceRequested: (harness) => ({
    kind: 'ReSourceRequested',
    fulfillmentOrderId: foOf(harness),
    by: 'operator:ada',
    reason: 'the node is on strike',
  }),
  FulfillmentRefusedAsDifferent: (harness) => ({
    kind: 'FulfillmentRefusedAsDifferent',
    fulfillmentOrderId: foOf(harness),
  }),
  CarrierRefused: (harness) => ({
    kind: 'CarrierRefused',
    fulfillmentOrderId: foOf(harness),
    reason: 'does not deliver there',
  }),
  PackageTracked: (harness) => ({
    kind: 'PackageTracked',
    packageId: shipmentOf(harness)?.packages[0]?.id ?? 'none',
    status: 'FAILED',
    at: versionAt(50),
  }),
  ReturnAnnounced: () => ({
    kind: 'ReturnAnnounced',
    returnReference: 'RET-1',
    announcedAt: versionAt(60),
    lines: [{ lineReference: 'A', quantity: 1 }],
  }),
};

function orderOf(harness: Harness): Order | undefined {
  return harness.hasOrder ? harness.order : undefined;
}

function foOf(harness: Harness): string {
  return orderOf(harness)?.fulfillmentOrders[0]?.id ?? 'none';
}

function shipmentOf(harness: Harness): Order['shipments'][number] | undefined {
  return orderOf(harness)?.shipments[0];
}

/** One unit of the line that the stage "partly shipped" has not shipped. */
function oneOf(harness: Harness): readonly { readonly lineId: string; readonly quantity: number }[] {
  return [{ lineId: orderOf(harness)?.lines[1]?.id ?? 'none', quantity: 1 }];
}
