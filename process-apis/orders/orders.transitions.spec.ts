import { describe, expect, it } from 'vitest';
import type { OrderFactBody, OrderFactKind } from './orders.facts.js';
import { TRANSITIONS } from './orders.transitions.js';
import type { Harness, Played } from './testing/harness.js';
import { expectSound } from './testing/invariants.js';
import { SAMPLE_FACTS } from './testing/sample-facts.js';
import { settle } from './testing/settle.js';
import { orderAt, STAGES, type Stage } from './testing/stages.js';

const BEFORE_THE_NODE = [
  'waiting for a listing',
  'waiting for stock',
  'held',
  'requested',
  'posted',
  'rejected by the ERP',
] as const satisfies readonly Stage[];
const WITH_THE_NODE = ['released', 'picked', 'packed', 'partly shipped'] as const satisfies readonly Stage[];

/** Events, then the tasks, or why the fact is not taken. A stage that is not named: the fact changes nothing there. */
const EXPECTED: Readonly<Record<OrderFactKind, Readonly<Partial<Record<Stage, string>>>>> = {
  ChannelOrderReceived: {
    new: 'OrderAccepted InventoryReserved SalesOrderRequested + erp.post-sales-order',
    ...same(
      'OrderAmended',
      'waiting for a listing',
      'waiting for stock',
      'requested',
      'posted',
      'confirmed',
      'released',
      'picked',
      'packed',
      'partly shipped',
      'shipped',
      'completed',
    ),
    ...same('OrderAmended InventoryReserved', 'held', 'rejected by the ERP'),
    cancelled: 'OrderAmended InventoryReserved SalesOrderRequested + erp.post-sales-order',
  },
  CancellationRequested: {
    ...same(
      'CancellationRequested LinesCancelled OrderCancelled OrderCompleted',
      'waiting for a listing',
      'waiting for stock',
    ),
    requested: 'CancellationRequested InventoryUnreserved',
    posted: 'CancellationRequested InventoryUnreserved SalesOrderReduceRequested + erp.reduce-sales-order',
    ...same('CancellationRequested InventoryUnreserved OrderCancelled OrderCompleted', 'held', 'rejected by the ERP'),
    confirmed: 'CancellationRequested',
    ...same('CancellationRequested FulfillmentCancelRequested + wms.cancel', 'released', 'picked', 'packed'),
    'partly shipped': 'CancellationRequested CancellationRefused FulfillmentCancelRequested + wms.cancel',
    ...same('CancellationRequested CancellationRefused', 'shipped', 'completed'),
  },
  Reconsidered: {},
  RetryRequested: {
    'rejected by the ERP': 'SalesOrderRequested + erp.post-sales-order',
  },
  SalesOrderPosted: {
    requested: 'SalesOrderPosted',
  },
  SalesOrderConfirmed: {
    posted: 'SalesOrderConfirmed FulfillmentRequested + wms.release',
  },
  SalesOrderRejected: {
    ...same('SalesOrderRejected', 'requested', 'posted'),
  },
  SalesOrderNotNeeded: {
    requested: 'SalesOrderNotNeeded SalesOrderRequested + erp.post-sales-order',
  },
  SalesOrderReduced: {},
  FulfillmentReleased: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same('REJECTED', 'held', 'requested', 'posted', 'rejected by the ERP'),
    confirmed: 'FulfillmentReleased',
  },
  FulfillmentRejected: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same('REJECTED', 'held', 'requested', 'posted', 'rejected by the ERP'),
    ...same(
      'FulfillmentRejected InventoryUnreserved InventoryReserved FulfillmentRequested + wms.release',
      'confirmed',
      'released',
      'picked',
      'packed',
      'partly shipped',
    ),
  },
  FulfillmentPicked: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same('REJECTED', 'held', 'requested', 'posted', 'rejected by the ERP'),
    ...same('FulfillmentPicked', 'confirmed', 'released'),
  },
  FulfillmentPacked: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same('REJECTED', 'held', 'requested', 'posted', 'rejected by the ERP'),
    ...same('FulfillmentPacked', 'confirmed', 'released', 'picked'),
  },
  FulfillmentShortPicked: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same('REJECTED', 'held', 'requested', 'posted', 'rejected by the ERP', 'shipped', 'completed'),
    ...same(
      'FulfillmentShortPicked InventoryReserved FulfillmentRequested + wms.release',
      'confirmed',
      'released',
      'picked',
      'packed',
      'partly shipped',
    ),
  },
  FulfillmentShipped: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same('REJECTED', 'held', 'requested', 'posted', 'rejected by the ERP', 'shipped', 'completed'),
    ...same(
      'ShipmentConfirmed + channel.confirm-package + erp.post-goods-issue',
      'confirmed',
      'released',
      'picked',
      'packed',
      'partly shipped',
    ),
  },
  FulfillmentCancelled: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same('REJECTED', 'held', 'requested', 'posted', 'rejected by the ERP'),
    ...same(
      'FulfillmentCancelled InventoryUnreserved InventoryReserved FulfillmentRequested + wms.release',
      'confirmed',
      'released',
      'picked',
      'packed',
      'partly shipped',
    ),
  },
  FulfillmentCancelRefused: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same('REJECTED', 'held', 'requested', 'posted', 'rejected by the ERP'),
  },
  ChannelShipmentConfirmed: {
    ...same('ChannelShipmentConfirmed', 'partly shipped', 'shipped'),
  },
  GoodsIssuePosted: {
    ...same('GoodsIssuePosted', 'partly shipped', 'shipped'),
  },
  InvoicePosted: {},
  RefundIssued: {
    ...same(
      'RefundIssued',
      'waiting for a listing',
      'waiting for stock',
      'held',
      'requested',
      'posted',
      'rejected by the ERP',
      'confirmed',
      'released',
      'picked',
      'packed',
      'partly shipped',
      'shipped',
      'completed',
      'cancelled',
    ),
  },
  FulfillmentObserved: {
    ...same('FulfilledOutside', 'waiting for a listing', 'waiting for stock'),
    ...same('InventoryUnreserved FulfilledOutside', 'held', 'requested', 'rejected by the ERP'),
    posted: 'InventoryUnreserved FulfilledOutside SalesOrderReduceRequested + erp.reduce-sales-order',
  },
  OutsideCallFailed: {
    ...same(
      'OutsideCallFailed',
      'waiting for a listing',
      'waiting for stock',
      'held',
      'requested',
      'posted',
      'rejected by the ERP',
      'confirmed',
      'released',
      'picked',
      'packed',
      'partly shipped',
      'shipped',
    ),
  },
  WaitOverdue: same(
    'WaitBecameOverdue',
    'waiting for a listing',
    'waiting for stock',
    'held',
    'requested',
    'posted',
    'rejected by the ERP',
    'confirmed',
    ...WITH_THE_NODE,
    'shipped',
  ),
  HoldPlaced: {
    ...same(
      'OrderHeld',
      'waiting for a listing',
      'waiting for stock',
      'held',
      'requested',
      'posted',
      'rejected by the ERP',
    ),
    ...same('REJECTED', 'confirmed', ...WITH_THE_NODE, 'shipped', 'completed', 'cancelled'),
  },
  HoldReleased: {
    ...same('REJECTED', ...STAGES.filter((stage) => stage !== 'new')),
    held: 'HoldReleased SalesOrderRequested + erp.post-sales-order',
  },
  AddressCorrected: {
    ...same('AddressCorrected', ...BEFORE_THE_NODE),
    confirmed: 'AddressCorrected FulfillmentRecalled',
    ...same('AddressCorrected FulfillmentRecalled FulfillmentCancelRequested + wms.cancel', ...WITH_THE_NODE),
    ...same('REJECTED', 'shipped', 'completed', 'cancelled'),
  },
  ShipMethodCorrected: {
    ...same('ShipMethodCorrected', ...BEFORE_THE_NODE),
    confirmed: 'ShipMethodCorrected FulfillmentRecalled',
    ...same('ShipMethodCorrected FulfillmentRecalled FulfillmentCancelRequested + wms.cancel', ...WITH_THE_NODE),
    ...same('REJECTED', 'shipped', 'completed', 'cancelled'),
  },
  ReSourceRequested: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same(
      'ReSourceRequested FulfillmentRecalled InventoryUnreserved InventoryReserved',
      'held',
      'requested',
      'posted',
      'rejected by the ERP',
    ),
    confirmed: 'ReSourceRequested FulfillmentRecalled',
    ...same('ReSourceRequested FulfillmentRecalled FulfillmentCancelRequested + wms.cancel', ...WITH_THE_NODE),
    ...same('REJECTED', 'shipped', 'completed'),
  },
  FulfillmentRefusedAsDifferent: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    confirmed: 'FulfillmentRefusedAsDifferent FulfillmentCancelRequested + wms.cancel',
  },
  CarrierRefused: {
    ...same('UNKNOWN_ORDER', 'waiting for a listing', 'waiting for stock', 'cancelled'),
    ...same('REJECTED', 'held', 'requested', 'posted', 'rejected by the ERP'),
    ...same('CarrierRefused', 'confirmed', ...WITH_THE_NODE),
  },
  PackageTracked: {
    ...same('REJECTED', ...STAGES.filter((stage) => stage !== 'new')),
    ...same('PackageDeliveryFailed', 'partly shipped', 'shipped', 'completed'),
  },
  ReturnAnnounced: same('ReturnAnnounced', ...STAGES.filter((stage) => stage !== 'new')),
};

/** Reports of further units: the same under another id is not the same report. */
const COUNTED: ReadonlySet<OrderFactKind> = new Set([
  'FulfillmentPicked',
  'FulfillmentPacked',
  'FulfillmentShortPicked',
  // Each request gets its answer, also the one that is refused.
  'CancellationRequested',
  // Told only by a task that found nothing wanted: here units are, and each time the sales order is asked for anew.
  'SalesOrderNotNeeded',
]);

const KINDS = Object.keys(TRANSITIONS) as readonly OrderFactKind[];

function same(text: string, ...stages: readonly Stage[]): Partial<Record<Stage, string>> {
  return Object.fromEntries(stages.map((stage) => [stage, text]));
}

function tell(harness: Harness, body: OrderFactBody): Played {
  return 'fulfillmentOrderId' in body
    ? harness.tell(body, { by: 'FULFILLMENT_ORDER', fulfillmentOrderId: body.fulfillmentOrderId })
    : harness.tell(body);
}

function textOf({ outcome, events, tasks }: Played): string {
  const refusal = outcome.result === 'APPLIED' || outcome.result === 'UNCHANGED' ? '' : outcome.result;
  return refusal + events.map((event) => event.type).join(' ') + tasks.map((task) => ` + ${task.kind}`).join('');
}

describe.each(KINDS)('%s', (kind) => {
  it.each(STAGES)('when the order is %s', (stage) => {
    const harness = orderAt(stage);
    expectSound(harness);
    const isUnknown = stage === 'new' && kind !== 'ChannelOrderReceived';
    const body = SAMPLE_FACTS[kind](harness);

    expect(textOf(tell(harness, body))).toBe(isUnknown ? 'UNKNOWN_ORDER' : (EXPECTED[kind][stage] ?? ''));
    expectSound(harness);

    const again = tell(harness, body);
    expectSound(harness);
    const isNothing = again.events.length + again.tasks.length === 0;
    expect(isNothing || COUNTED.has(kind)).toBe(true);
  });

  it.each(STAGES.filter((stage) => stage !== 'new'))('leaves an order that is %s able to complete', (stage) => {
    const harness = orderAt(stage);
    tell(harness, SAMPLE_FACTS[kind](harness));
    const needsPerson = harness.order.waits.some(({ key }) => /^(STOCK|LISTING):|^ERP:AMENDMENT$/.test(key));
    settle(harness);
    expect(harness.order.completedAt === undefined).toBe(needsPerson);
  });
});

describe('a fact under the same id', () => {
  it.each(KINDS)('of kind %s is taken once', (kind) => {
    const harness = orderAt('partly shipped');
    const body = SAMPLE_FACTS[kind](harness);
    const fact = {
      id: 'the-same',
      source: 'test',
      occurredAt: harness.now,
      address: { by: 'ID', orderId: harness.order.id },
      body,
    } as const;
    const first = harness.play(fact);
    const { order } = harness;
    const second = harness.play(fact);
    expect(second).toEqual({ outcome: { ...first.outcome, duplicate: true }, events: [], tasks: [] });
    expect(harness.order).toEqual(order);
  });
});
