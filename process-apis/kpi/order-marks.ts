import type { OrderEvent } from '../../src/model/events.js';
import type { Order } from '../../src/model/order.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';
import { waitKeys } from '../orders/index.js';
import { dayOf, msBetween, type Mark } from './figures.js';
import { CONFIRMATION_LIMIT_MS } from './kpi.definitions.js';
import type { Progress } from './progress.types.js';

/** The source of facts that a person told. */
export const OPERATOR = 'operator';

interface Happened {
  /** The order before it; absent when it begins with it. */
  readonly before: Progress | undefined;
  /** The order after it. */
  readonly order: Order;
  readonly event: OrderEvent;
  readonly logged: LoggedEvent;
}

/** What an event of an order counts for, besides the stage that it leaves. Pure. */
export function orderMarks(happened: Happened): readonly Mark[] {
  return [...ofWay(happened), ...ofAcceptedDay(happened), ...ofOutside(happened), ...byHand(happened)];
}

function ofWay({ before, order, event, logged }: Happened): readonly Mark[] {
  const of = { day: dayOf(logged.recordedAt), channel: order.channel };
  if (event.type === 'OrderAccepted')
    return [
      { kpi: 'ORDER_ACCEPTANCE_LAG', ...of, ms: msBetween(order.placedAt, logged.recordedAt) },
      { kpi: 'OVERSELL_RATE', ...of, denominator: 1 },
      { kpi: 'CANCELLATION_RATE', ...of, denominator: 1 },
      { kpi: 'DUPLICATE_ORDER_RATE', ...of, denominator: 1 },
    ];
  if (event.type !== 'OrderCompleted' || before === undefined || before.completedAt !== undefined) return [];
  return [{ kpi: 'ORDER_LIFECYCLE_LATENCY', ...of, ms: msBetween(before.acceptedAt, logged.recordedAt) }];
}

/** Stock did not suffice. What is ordered ahead of its release is not short. */
export function isShort(event: OrderEvent): boolean {
  if (event.type === 'OrderRejected' || event.type === 'FulfillmentShortPicked') return true;
  return event.type === 'OrderBackordered' && event.shortages.some(({ releasedAt }) => releasedAt === undefined);
}

/** Once for each order, to the day of its acceptance. */
function ofAcceptedDay({ before, order, event }: Happened): readonly Mark[] {
  if (before === undefined) return [];
  const of = { day: dayOf(before.acceptedAt), channel: order.channel, numerator: 1, count: 0 };
  return [
    ...(isShort(event) && !before.short ? [{ kpi: 'OVERSELL_RATE', ...of } as const] : []),
    ...(event.type === 'OrderCancelled' && !before.cancelled ? [{ kpi: 'CANCELLATION_RATE', ...of } as const] : []),
  ];
}

function ofOutside({ before, order, event, logged }: Happened): readonly Mark[] {
  const at = logged.recordedAt;
  const of = { day: dayOf(at), channel: order.channel };
  switch (event.type) {
    case 'SalesOrderPosted':
      return [{ kpi: 'ERP_POSTING_SUCCESS_RATE', ...of, numerator: 1, denominator: 1 }];
    case 'SalesOrderRejected':
      return before?.state?.order.erp.status === 'REQUESTED'
        ? [{ kpi: 'ERP_POSTING_SUCCESS_RATE', ...of, denominator: 1 }]
        : [];
    case 'OutsideCallFailed':
      if (event.notSent === true) return [];
      if (event.system === 'CHANNEL') return [{ kpi: 'FAILED_ACKNOWLEDGEMENTS', ...of, stage: 'SHIPMENT' }];
      return event.waitKey === waitKeys.posting ? [{ kpi: 'ERP_POSTING_SUCCESS_RATE', ...of, denominator: 1 }] : [];
    case 'FulfillmentReleased': {
      const claimedAt = before?.state?.planned[event.fulfillmentOrderId];
      if (claimedAt === undefined) return [];
      const confirmedAt = before?.state?.confirmedAt ?? claimedAt;
      const node = order.fulfillmentOrders.find(({ id }) => id === event.fulfillmentOrderId)?.node ?? '';
      const from = claimedAt > confirmedAt ? claimedAt : confirmedAt;
      return [{ kpi: 'WAREHOUSE_RELEASE_TIME', ...of, node, ms: msBetween(from, at) }];
    }
    case 'ChannelShipmentConfirmed': {
      const shipment = order.shipments.find(({ id }) => id === event.shipmentId);
      if (shipment === undefined || event.notWanted !== undefined) return [];
      const ms = msBetween(shipment.shippedAt, event.at);
      const numerator = ms <= CONFIRMATION_LIMIT_MS ? 1 : 0;
      const { node } = shipment;
      return [{ kpi: 'SHIPMENT_CONFIRMATION_TIMELINESS', ...of, node, ms, numerator, denominator: 1 }];
    }
    default:
      return [];
  }
}

/** All events of one fact are one intervention. */
function byHand({ before, order, logged }: Happened): readonly Mark[] {
  if (logged.source !== OPERATOR || before?.state?.byHand === logged.factId) return [];
  return [{ kpi: 'MANUAL_INTERVENTIONS', day: dayOf(logged.recordedAt), channel: order.channel, stage: 'ORDER' }];
}
