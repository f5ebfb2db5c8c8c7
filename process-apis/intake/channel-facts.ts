import { createHash } from 'node:crypto';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { ChannelFact } from '../../src/model/channel-order.js';
import type { Instant } from '../../src/model/time.js';
import type { OrderFact } from '../orders/index.js';

/** Who asks when a channel of this kind asks for a cancellation. */
function requesterOf(account: ChannelAccount): 'CHANNEL' | 'PARTNER' {
  return account.kind === 'partner' ? 'PARTNER' : 'CHANNEL';
}

/**
 * A channel's fact as a fact about an order, with the id that makes it the same fact whenever and however it comes:
 * from a webhook, a poll, a retry or a replay.
 */
export function toOrderFact(account: ChannelAccount, fact: ChannelFact, receivedAt: Instant): OrderFact {
  const reference = referenceOf(fact);
  const id = (...parts: readonly string[]): string => [account.id, reference, ...parts].join('/');
  const base = { source: account.id, address: { by: 'REFERENCE', channel: account.id, reference } } as const;
  switch (fact.kind) {
    case 'ORDER': {
      // Some channels' clocks are coarse: what differs at one version is another fact.
      const content = createHash('sha256').update(JSON.stringify(fact.order)).digest('base64url').slice(0, 16);
      return {
        ...base,
        id: id('order', fact.order.version, content),
        occurredAt: fact.order.version,
        body: { kind: 'ChannelOrderReceived', order: fact.order },
      };
    }
    case 'CANCELLATION_REQUESTED':
      return {
        ...base,
        id: id('cancellation', fact.requestId),
        occurredAt: receivedAt,
        body: {
          kind: 'CancellationRequested',
          by: requesterOf(account),
          reason: fact.reason,
          ...(fact.lines === undefined ? {} : { lines: fact.lines }),
        },
      };
    case 'REFUND_ISSUED':
      return {
        ...base,
        id: id('refund', fact.refundId),
        occurredAt: fact.issuedAt,
        body: { kind: 'RefundIssued', refundId: fact.refundId, issuedAt: fact.issuedAt, amount: fact.amount },
      };
    case 'RETURN_ANNOUNCED': {
      const announcedAt = fact.announcedAt ?? receivedAt;
      return {
        ...base,
        id: id('return', fact.returnId),
        occurredAt: announcedAt,
        body: { kind: 'ReturnAnnounced', returnReference: fact.returnId, announcedAt, lines: fact.lines },
      };
    }
    case 'FULFILLMENT_OBSERVED':
      return {
        ...base,
        id: id('fulfillment', fact.fulfillmentId, fact.status),
        occurredAt: fact.observedAt,
        body: {
          kind: 'FulfillmentObserved',
          fulfillmentId: fact.fulfillmentId,
          ...(fact.createdAt === undefined ? {} : { createdAt: fact.createdAt }),
          trackingNumbers: fact.trackingNumbers,
          lines: fact.lines,
        },
      };
  }
}

function referenceOf(fact: ChannelFact): string {
  return fact.kind === 'ORDER' ? fact.order.reference : fact.reference;
}
