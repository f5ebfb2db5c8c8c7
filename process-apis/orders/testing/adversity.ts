import { TRACKING_STATUSES, type FulfillmentOrder, type Order } from '../../../src/model/order.js';
import type { OrderFactBody } from '../orders.facts.js';
import { channelLine, channelOrder, versionAt } from './channel-orders.js';
import { remainingOf, shipped } from './outside.js';

/** What an unkind outside may say to an order as it stands: refusals, shortages, parts, failures. */
export function unkindAnswers(order: Order): readonly OrderFactBody[] {
  return [
    ...erpRefusals(order),
    ...warehouseTrouble(order),
    ...carrierTrouble(order),
    ...failedCalls(order),
    ...lateSteps(order),
  ];
}

/** What the channel, a partner or a person may want of an order at any time. */
export function wishes(change: number): readonly OrderFactBody[] {
  const version = versionAt(10 + change);
  const part = [{ lineReference: change % 2 === 0 ? 'A' : 'B', quantity: 1 + (change % 3) }];
  const more = [channelLine('A', 3 + (change % 3)), channelLine('B', 2)];
  const fewer = [channelLine('A', 3, { cancelledQuantity: change % 4 }), channelLine('B', 2)];
  const added = [channelLine('A', 3), channelLine('B', 2), channelLine('C', 1)];
  return [
    { kind: 'CancellationRequested', by: 'PARTNER', reason: 'part', lines: part },
    { kind: 'CancellationRequested', by: 'CHANNEL', reason: 'all' },
    ...[more, fewer, added].map((lines): OrderFactBody => ({
      kind: 'ChannelOrderReceived',
      order: channelOrder({ version, lines }),
    })),
    { kind: 'ChannelOrderReceived', order: channelOrder({ version, cancelled: true }) },
    {
      kind: 'FulfillmentObserved',
      fulfillmentId: `F-${change}`,
      trackingNumbers: ['BY-HAND'],
      lines: [{ lineReference: 'A', quantity: 1 }],
    },
    { kind: 'RefundIssued', refundId: `RF-${change}`, issuedAt: version, amount: { minor: 1, currency: 'EUR' } },
    { kind: 'RetryRequested' },
    ...changesOfPlace(change),
    { kind: 'HoldPlaced', hold: 'FRAUD', reason: 'suspicious', by: `operator:${change % 2}` },
    { kind: 'ReSourceRequested', by: 'operator:ada', reason: 'look again' },
    {
      kind: 'ReturnAnnounced',
      returnReference: `RET-${change}`,
      announcedAt: version,
      lines: [{ lineReference: 'A', quantity: 1 }],
    },
  ];
}

/** To another address, another way, and with what the channel wants settled first. */
function changesOfPlace(change: number): readonly OrderFactBody[] {
  const version = versionAt(10 + change);
  const shipTo = { line1: `Street ${change % 3}`, city: 'Berlin', country: 'DE' };
  const holds = change % 2 === 0 ? [] : [{ kind: 'PAYMENT', reason: 'not captured' } as const];
  return [
    { kind: 'AddressCorrected', shipTo, by: 'operator:ada' },
    { kind: 'ShipMethodCorrected', shipMethod: `METHOD-${change % 3}`, by: 'operator:ada' },
    { kind: 'ChannelOrderReceived', order: channelOrder({ version, parties: { shipTo } }) },
    { kind: 'ChannelOrderReceived', order: channelOrder({ version, holds, shipMethod: `WAY-${change % 3}` }) },
  ];
}

function erpRefusals({ erp, lines }: Order): readonly OrderFactBody[] {
  const { salesOrder } = erp;
  const rejected = {
    kind: 'SalesOrderRejected',
    reason: 'credit limit',
    ...(salesOrder === undefined ? {} : { salesOrder }),
  } as const;
  const reduced: OrderFactBody = {
    kind: 'SalesOrderReduced',
    remaining: lines.map((line) => ({ lineId: line.id, quantity: line.quantities.shipped })),
  };
  const coded = ['ADDRESS', 'PRICE', 'CREDIT_HOLD'].map((code): OrderFactBody => ({ ...rejected, code }));
  return erp.status === 'REQUESTED' || erp.status === 'POSTED' ? [rejected, ...coded, reduced] : [reduced];
}

function warehouseTrouble(order: Order): readonly OrderFactBody[] {
  return order.fulfillmentOrders.flatMap((fo): readonly OrderFactBody[] => {
    const fulfillmentOrderId = fo.id;
    const all = remainingOf(fo);
    const one = all.slice(0, 1).map((line) => ({ ...line, quantity: 1 }));
    const over = fo.lines.map(({ lineId, quantity }) => ({ lineId, quantity: quantity + 1 }));
    return [
      { kind: 'FulfillmentRejected', fulfillmentOrderId, reason: 'closed' },
      { kind: 'FulfillmentRejected', fulfillmentOrderId, reason: 'no such street', code: 'ADDRESS' },
      { kind: 'FulfillmentRefusedAsDifferent', fulfillmentOrderId },
      { kind: 'CarrierRefused', fulfillmentOrderId, reason: 'too heavy' },
      { kind: 'ReSourceRequested', fulfillmentOrderId, by: 'operator:ada', reason: 'strike' },
      { kind: 'FulfillmentPicked', fulfillmentOrderId, lines: one },
      { kind: 'FulfillmentPacked', fulfillmentOrderId, lines: all },
      { kind: 'FulfillmentShortPicked', fulfillmentOrderId, lines: one, reason: 'empty' },
      shipped(fo.id, `S-${fo.number}-${order.version}`, one),
      shipped(fo.id, `S-${fo.number}-over`, over),
      ...shippedAllTheSame(fo),
      { kind: 'FulfillmentCancelled', fulfillmentOrderId },
      { kind: 'FulfillmentCancelRefused', fulfillmentOrderId, reason: 'packed' },
    ];
  });
}

/** Units that the node had given up leave it. */
function shippedAllTheSame(fo: FulfillmentOrder): readonly OrderFactBody[] {
  const units = fo.lines.flatMap(({ lineId, dropped }) => (dropped > 0 ? [{ lineId, quantity: dropped }] : []));
  return units.length === 0 ? [] : [shipped(fo.id, `S-${fo.number}-late`, units)];
}

function carrierTrouble({ shipments, version }: Order): readonly OrderFactBody[] {
  const parcels = shipments.flatMap((shipment) => shipment.packages);
  return parcels.flatMap(({ id: packageId }) =>
    TRACKING_STATUSES.map((status): OrderFactBody => ({
      kind: 'PackageTracked',
      packageId,
      status,
      at: versionAt(100 + (version % 7)),
    })),
  );
}

function lateSteps({ waits }: Order): readonly OrderFactBody[] {
  return waits.map(({ key, retriedAt }) => ({
    kind: 'WaitOverdue',
    waitKey: key,
    taskIsGone: true,
    ...(retriedAt === undefined ? {} : { retriedAt }),
  }));
}

function failedCalls({ waits }: Order): readonly OrderFactBody[] {
  return waits.flatMap(({ key, system }) =>
    [false, true].map((final): OrderFactBody => ({
      kind: 'OutsideCallFailed',
      waitKey: key,
      system,
      operation: 'call',
      error: 'no answer',
      errorKind: 'transient',
      final,
    })),
  );
}
