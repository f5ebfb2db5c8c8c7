import type { ChannelOrder, ChannelOrderLine } from '../../../src/model/channel-order.js';

export const CHANNEL = 'shop-eu';
export const REFERENCE = 'R-1';

/** The n-th version of an order at its channel. */
export function versionAt(n: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
}

export function channelLine(
  lineReference: string,
  quantity: number,
  given: Partial<ChannelOrderLine> = {},
): ChannelOrderLine {
  return {
    lineReference,
    listingSku: `L-${lineReference}`,
    title: `Item ${lineReference}`,
    quantity,
    fulfilledQuantity: 0,
    cancelledQuantity: 0,
    requiresShipping: true,
    unitPrice: { minor: 1_000, currency: 'EUR' },
    charges: [],
    ...given,
  };
}

/** Three units of A and two of B, unless told otherwise. */
export function channelOrder(given: Partial<ChannelOrder> = {}): ChannelOrder {
  return {
    channel: CHANNEL,
    reference: REFERENCE,
    version: versionAt(1),
    placedAt: versionAt(0),
    currency: 'EUR',
    cancelled: false,
    lines: [channelLine('A', 3), channelLine('B', 2)],
    charges: [],
    parties: { buyer: { name: 'Ada Lovelace', email: 'ada@example.com' } },
    attributes: {},
    ...given,
  };
}
