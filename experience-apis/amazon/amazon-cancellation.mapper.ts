import type { ChannelFact } from '../../src/model/channel-order.js';
import { itemUnits } from './amazon-lines.mapper.js';
import { filled } from './amazon.reading.js';
import type { Order2026 } from './amazon.wire.js';

type CancellationRequested = Extract<ChannelFact, { kind: 'CANCELLATION_REQUESTED' }>;

/**
 * What the buyer asks to cancel and Amazon has not executed. Amazon gives a request no id: the order and its items
 * name it, so that reading the same order again tells the same request.
 */
export function cancellationRequests(order: Order2026): readonly CancellationRequested[] {
  const open = order.orderItems
    .map((item) => ({ item, units: itemUnits(order, item), request: item.cancellation?.cancellationRequest }))
    .filter(({ item, units }) => units.open > 0 && !item.cancellation?.cancellationExecution);
  const requested = open.filter(({ request }) => request);
  if (requested.length === 0) return [];

  const reference = order.orderId;
  const fact = { kind: 'CANCELLATION_REQUESTED', reference } as const;
  if (requested.length === open.length)
    return [{ ...fact, requestId: `${reference}:whole`, reason: reasonText(requested[0]?.request?.cancelReason) }];
  return requested.map(({ item, units, request }) => ({
    ...fact,
    requestId: `${reference}:${item.orderItemId}`,
    reason: reasonText(request?.cancelReason),
    lines: [{ lineReference: item.orderItemId, quantity: units.open }],
  }));
}

function reasonText(reason: string | null | undefined): string {
  return filled(reason) ?? 'the buyer asked to cancel and gave no reason';
}
