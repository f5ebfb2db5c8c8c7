import type { ChannelFact } from '../../src/model/channel-order.js';
import { given } from './defined.js';
import { readInstant } from './shopify-read.js';
import type { WireFulfillment } from './shopify.wire.js';

type FulfillmentObserved = Extract<ChannelFact, { kind: 'FULFILLMENT_OBSERVED' }>;

/** A fulfillment as Shopify holds it: our own echo, or one made in its admin. */
export function mapFulfillment(fulfillment: WireFulfillment): FulfillmentObserved {
  const createdAt = given(fulfillment.created_at);
  return {
    kind: 'FULFILLMENT_OBSERVED',
    reference: fulfillment.order_id,
    fulfillmentId: fulfillment.id,
    observedAt: readInstant(given(fulfillment.updated_at) ?? fulfillment.created_at, '/updated_at'),
    ...(createdAt === undefined ? {} : { createdAt: readInstant(createdAt, '/created_at') }),
    status: fulfillment.status,
    trackingNumbers: trackingNumbers(fulfillment),
    lines: (fulfillment.line_items ?? []).map((line) => ({ lineReference: line.id, quantity: line.quantity })),
  };
}

function trackingNumbers(fulfillment: WireFulfillment): readonly string[] {
  const several = fulfillment.tracking_numbers ?? [];
  const one = given(fulfillment.tracking_number);
  return several.length > 0 || one === undefined ? several : [one];
}
