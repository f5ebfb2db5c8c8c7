import type { ChannelAccount } from '../../src/model/channel.js';
import type { ChannelFact, Interpretation } from '../../src/model/channel-order.js';
import { keptCancellationSchema, type KeptCancellation } from './partner-cancellation.wire.js';
import { mapOrder } from './partner.mapper.js';
import { parseJson, readCancellation, readOrder, type Reading } from './partner.reading.js';

export const ORDER_TOPIC = 'order';
export const CANCELLATION_TOPIC = 'cancellation';

type Refusal = Extract<Interpretation, { outcome: 'REFUSED' }>;

/** Reads one message of a partner. Pure; never throws: what it cannot read, it refuses with the place and the reason. */
export function interpretPartner(account: ChannelAccount, topic: string, body: Buffer): Interpretation {
  switch (topic) {
    case ORDER_TOPIC:
      return interpret(readOrder(body), (order) => ({ kind: 'ORDER', order: mapOrder(account.id, order) }));
    case CANCELLATION_TOPIC:
      return interpretCancellation(body);
    default:
      return { outcome: 'REFUSED', reason: 'UNKNOWN_TOPIC', detail: 'Partners send orders and cancellations alone.' };
  }
}

/** How a cancellation request is handed to Intake: the same key for another order is another body. */
export function keepCancellation(kept: KeptCancellation): Buffer {
  return Buffer.from(JSON.stringify(kept));
}

/** The first thing that is wrong, as a message is kept with it. */
export function refusalOf(reading: Exclude<Reading<unknown>, { outcome: 'READ' }>): Refusal {
  if (reading.outcome === 'NOT_JSON')
    return { outcome: 'REFUSED', reason: 'BODY_NOT_READABLE', detail: reading.detail };
  const [first] = reading.findings;
  return {
    outcome: 'REFUSED',
    reason: first?.reason ?? 'CONTRACT_MISMATCH',
    detail: first?.detail ?? 'The body does not fit the contract.',
    pointer: first?.pointer ?? '',
  };
}

function interpretCancellation(body: Buffer): Interpretation {
  const json = parseJson(body);
  if (json.outcome !== 'READ') return refusalOf(json);
  const kept = keptCancellationSchema.safeParse(json.value);
  if (!kept.success) {
    const detail = 'This is the body of a cancellation request, without its order and key.';
    return { outcome: 'REFUSED', reason: 'CONTRACT_MISMATCH', detail };
  }
  const { reference, requestId, request } = kept.data;
  return interpret(readCancellation(Buffer.from(request)), (cancellation) => ({
    kind: 'CANCELLATION_REQUESTED',
    reference,
    requestId,
    ...cancellation,
  }));
}

function interpret<T>(reading: Reading<T>, toFact: (value: T) => ChannelFact): Interpretation {
  if (reading.outcome !== 'READ') return refusalOf(reading);
  return { outcome: 'FACTS', facts: [toFact(reading.value)] };
}
