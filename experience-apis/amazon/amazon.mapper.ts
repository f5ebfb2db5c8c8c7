import type { ChannelAccount } from '../../src/model/channel.js';
import type { Interpretation } from '../../src/model/channel-order.js';
import type { z } from 'zod';
import { interpretOrder } from './amazon-order.mapper.js';
import { OrderChangeWire, unwrapNotification } from './amazon-notification.wire.js';
import { OrderReadV0Wire } from './amazon-orders-v0.wire.js';
import { Refusal } from './amazon.reading.js';
import { OrderWire } from './amazon.wire.js';
import { jsonPointer } from '../../src/platform/http/problem.js';

/** Topic of an order object of the Orders API 2026-01-01, as the poller hands it on. */
export const ORDER_TOPIC = 'order';
/** Topic of the notification; also its NotificationType. */
export const ORDER_CHANGE_TOPIC = 'ORDER_CHANGE';
/** Topic of anything read through Orders API v0. */
export const ORDERS_V0_TOPIC = 'ordersV0';

type TopicReader = (account: ChannelAccount, body: unknown) => Interpretation;

const READERS: Readonly<Record<string, TopicReader>> = {
  [ORDER_TOPIC]: (account, body) => interpretOrder(account, read(OrderWire, body)),
  [ORDER_CHANGE_TOPIC]: (_, body) => interpretOrderChange(body),
  [ORDERS_V0_TOPIC]: (_, body) => interpretOrderV0(body),
};

/** Other programs of Amazon: business with Amazon itself, not with its buyers. Known, and not spoken here. */
const OTHER_PROGRAMS: Readonly<Record<string, string>> = {
  vendorOrders: 'purchase orders of Vendor Central: Amazon is the buyer there, with acknowledgements of their own',
  vendorDirectFulfillmentOrders: 'drop-ship orders of Vendor Central, with acknowledgements and labels of their own',
  externalFulfillmentShipments: 'shipments that Amazon assigns to a seller warehouse as a fulfillment service',
};

/** Reads one Amazon message. Pure; never throws. */
export function interpretAmazon(account: ChannelAccount, topic: string, body: Buffer): Interpretation {
  const reader = Object.hasOwn(READERS, topic) ? READERS[topic] : undefined;
  if (reader === undefined) return unknownTopic(topic);
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { outcome: 'REFUSED', reason: 'BODY_NOT_READABLE', detail: 'the body is not JSON' };
  }
  try {
    return reader(account, json);
  } catch (error) {
    if (error instanceof Refusal)
      return { outcome: 'REFUSED', reason: error.reason, detail: error.message, pointer: error.pointer };
    // One order that trips a bug here must not hold up all orders behind it: it is kept and can be processed again.
    const name = error instanceof Error ? error.name : 'unknown error';
    return {
      outcome: 'REFUSED',
      reason: 'CONTRACT_MISMATCH',
      detail: `the message could not be interpreted (${name})`,
    };
  }
}

function interpretOrderChange(body: unknown): Interpretation {
  const change = read(OrderChangeWire, unwrapNotification(body)).Payload.OrderChangeNotification;
  return {
    outcome: 'IGNORED',
    reason: 'HINT_ONLY',
    detail: `order ${change.AmazonOrderId} changed (${change.OrderChangeType ?? 'no type'}): it is read through the API`,
  };
}

/** v0 tells orders, items, addresses and buyers apart; the 2026-01-01 API gives the order whole. */
function interpretOrderV0(body: unknown): Interpretation {
  const order = read(OrderReadV0Wire, body);
  if (order.FulfillmentChannel === 'AFN')
    return { outcome: 'IGNORED', reason: 'FULFILLED_BY_CHANNEL', detail: 'Amazon fulfils the order (AFN)' };
  if (order.OrderStatus === 'Pending' || order.OrderStatus === 'PendingAvailability')
    return { outcome: 'IGNORED', reason: 'NOT_RELEASED_BY_CHANNEL', detail: `the order is ${order.OrderStatus}` };
  return {
    outcome: 'IGNORED',
    reason: 'HINT_ONLY',
    detail: `a v0 answer holds a part of order ${order.AmazonOrderId}: it is read whole through Orders API 2026-01-01`,
  };
}

function unknownTopic(topic: string): Interpretation {
  const program = Object.entries(OTHER_PROGRAMS).find(([name]) => topic.startsWith(name))?.[1];
  const why = program === undefined ? 'not a topic of this channel' : `not a topic of this channel: ${program}`;
  return { outcome: 'REFUSED', reason: 'UNKNOWN_TOPIC', detail: `"${topic}" is ${why}` };
}

/** The pointer and what the schema says go into the refusal; values never do, they may be personal. */
function read<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Refusal('CONTRACT_MISMATCH', issue?.message ?? 'not as the contract says', jsonPointer(issue?.path ?? []));
}
