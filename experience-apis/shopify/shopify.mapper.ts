import type { z } from 'zod';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { ChannelFact, IgnoredReason, Interpretation } from '../../src/model/channel-order.js';
import { given } from './defined.js';
import { contractMismatch, MappingRefusal } from './mapping-refusal.js';
import { mapFulfillment } from './shopify-fulfillment.mapper.js';
import { mapOrder } from './shopify-order.mapper.js';
import { mapRefund } from './shopify-refund.mapper.js';
import { mapReturn } from './shopify-return.mapper.js';
import {
  FULFILLMENT_TOPICS,
  isKnownTopic,
  ORDER_EDITED_TOPIC,
  ORDER_TOPICS,
  REFUND_TOPIC,
  RETURN_TOPICS,
} from './shopify-topics.js';
import { parseExactJson } from './shopify.json.js';
import { fulfillmentSchema, orderSchema, refundSchema, returnSchema, type WireOrder } from './shopify.wire.js';

/** Reads one webhook. Pure; never throws: what it cannot read, it refuses with the place and the reason. */
export function interpretWebhook(account: ChannelAccount, topic: string, body: Buffer): Interpretation {
  try {
    return interpretBody(account, topic, readJson(body));
  } catch (cause) {
    if (cause instanceof MappingRefusal) return cause.toInterpretation();
    throw cause;
  }
}

function readJson(body: Buffer): unknown {
  try {
    return parseExactJson(body);
  } catch (cause) {
    // SyntaxError: not JSON. TypeError: not UTF-8.
    if (cause instanceof SyntaxError || cause instanceof TypeError)
      throw new MappingRefusal('BODY_NOT_READABLE', 'the body is not JSON in UTF-8', '');
    throw cause;
  }
}

function interpretBody(account: ChannelAccount, topic: string, json: unknown): Interpretation {
  if (ORDER_TOPICS.has(topic)) return interpretOrder(account, read(orderSchema, json));
  if (FULFILLMENT_TOPICS.has(topic)) return facts(mapFulfillment(read(fulfillmentSchema, json)));
  if (topic === REFUND_TOPIC) {
    const refund = mapRefund(read(refundSchema, json));
    return refund === undefined ? ignored('NOT_RELEVANT', 'the refund moves neither money nor units') : facts(refund);
  }
  if (RETURN_TOPICS.has(topic)) return facts(mapReturn(read(returnSchema, json)));
  if (topic === ORDER_EDITED_TOPIC) return ignored('HINT_ONLY', 'orders/updated carries the edited order');
  if (isKnownTopic(topic)) return ignored('NOT_RELEVANT', `the hub has no use for ${topic}`);
  return { outcome: 'REFUSED', reason: 'UNKNOWN_TOPIC', detail: 'the topic is none of Shopify’s' };
}

function interpretOrder(account: ChannelAccount, order: WireOrder): Interpretation {
  const unpaid = order.financial_status === 'pending' && given(order.cancelled_at) === undefined;
  const mapped = mapOrder(account.id, order);
  // Off by default: cash on delivery and B2B terms are "pending" until long after the goods left.
  if (!unpaid || account.settings.waitForPayment !== true) return facts({ kind: 'ORDER', order: mapped });
  const holds = [{ kind: 'PAYMENT', reason: 'The payment is pending; orders/paid will come.' }] as const;
  return facts({ kind: 'ORDER', order: { ...mapped, holds } });
}

function read<T extends z.ZodType>(schema: T, json: unknown): z.output<T> {
  const result = schema.safeParse(json);
  if (!result.success) throw contractMismatch(result.error);
  return result.data;
}

function facts(fact: ChannelFact): Interpretation {
  return { outcome: 'FACTS', facts: [fact] };
}

function ignored(reason: IgnoredReason, detail: string): Interpretation {
  return { outcome: 'IGNORED', reason, detail };
}
