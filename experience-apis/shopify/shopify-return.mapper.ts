import type { ChannelFact } from '../../src/model/channel-order.js';
import { MappingRefusal } from './mapping-refusal.js';
import type { WireReturn } from './shopify.wire.js';

type ReturnAnnounced = Extract<ChannelFact, { kind: 'RETURN_ANNOUNCED' }>;

/** The return that a buyer asked for, or the shop opened. Shopify says no time in it: it is when it was told. */
export function mapReturn(told: WireReturn): ReturnAnnounced {
  const reference = told.order_id ?? told.order?.id;
  if (reference === null || reference === undefined)
    throw new MappingRefusal('CONTRACT_MISMATCH', 'the return names no order', '/order_id');
  return {
    kind: 'RETURN_ANNOUNCED',
    reference,
    returnId: told.id,
    lines: (told.return_line_items ?? []).flatMap(({ quantity, fulfillment_line_item: item }) =>
      item === null || item === undefined ? [] : [{ lineReference: item.line_item.id, quantity }],
    ),
  };
}
