import type { ChannelOrderLine } from '../../src/model/channel-order.js';
import { LINE_QUANTITY_MAX, ORDER_LINES_MAX } from '../../src/model/order.js';
import { defined, given } from './defined.js';
import { giftOf } from './shopify-gift.mapper.js';
import { MappingRefusal } from './mapping-refusal.js';
import { lineCharges, type ChargeContext } from './shopify-charges.mapper.js';
import { requireAmount } from './shopify-read.js';
import type { WireFulfillment, WireLineItem, WireOrder } from './shopify.wire.js';

/** Fulfillments of these statuses came to nothing; their units are not fulfilled. */
const VOID_FULFILLMENTS: ReadonlySet<string> = new Set(['cancelled', 'error', 'failure']);

export function mapLines(order: WireOrder, context: ChargeContext): readonly ChannelOrderLine[] {
  const lines = order.line_items ?? [];
  if (lines.length === 0) throw new MappingRefusal('NO_LINES', 'the order has no lines', '/line_items');
  if (lines.length > ORDER_LINES_MAX)
    throw new MappingRefusal(
      'TOO_MANY_LINES',
      `the order has ${lines.length} lines, ${ORDER_LINES_MAX} at most are taken`,
      '/line_items',
    );
  const fulfilled = fulfilledUnits(order.fulfillments ?? []);
  return lines.map((line, index) => mapLine(line, `/line_items/${index}`, order, fulfilled, context));
}

function mapLine(
  line: WireLineItem,
  pointer: string,
  order: WireOrder,
  fulfilled: ReadonlyMap<string, number> | undefined,
  context: ChargeContext,
): ChannelOrderLine {
  if (line.quantity > LINE_QUANTITY_MAX)
    throw new MappingRefusal('CONTRACT_MISMATCH', `more than ${LINE_QUANTITY_MAX} units`, `${pointer}/quantity`);
  const price = { set: line.price_set, plain: line.price, pointer: `${pointer}/price` };
  return {
    lineReference: line.id,
    listingSku: line.sku ?? '',
    title: given(line.name) ?? given(line.title) ?? '',
    quantity: line.quantity,
    ...doneUnits(line, order, fulfilled),
    requiresShipping: line.requires_shipping ?? line.gift_card !== true,
    unitPrice: requireAmount(price, context.currency),
    charges: lineCharges(line, pointer, context),
    ...defined({ gift: giftOf(line) }),
  };
}

/**
 * Units that Shopify counts as fulfilled or gone. `current_quantity` also falls for units that were shipped and returned later:
 * those stay fulfilled here, since they did leave the house.
 */
function doneUnits(
  line: WireLineItem,
  order: WireOrder,
  fulfilled: ReadonlyMap<string, number> | undefined,
): Pick<ChannelOrderLine, 'fulfilledQuantity' | 'cancelledQuantity'> {
  const current = Math.min(line.current_quantity ?? line.quantity, line.quantity);
  const stated = fulfilled?.get(line.id) ?? (fulfilled === undefined ? fulfilledByStatus(line, current) : 0);
  const fulfilledQuantity = Math.min(stated, line.quantity);
  const rest = line.quantity - fulfilledQuantity;
  const removed = given(order.cancelled_at) === undefined ? line.quantity - current : rest;
  return { fulfilledQuantity, cancelledQuantity: Math.min(removed, rest) };
}

/** Without fulfillments in the body, the line's own status and its fulfillable quantity are all there is to go by. */
function fulfilledByStatus(line: WireLineItem, current: number): number {
  if (line.fulfillment_status === 'fulfilled') return current;
  if (line.fulfillment_status !== 'partial') return 0;
  return Math.max(0, current - (line.fulfillable_quantity ?? current));
}

function fulfilledUnits(fulfillments: readonly WireFulfillment[]): ReadonlyMap<string, number> | undefined {
  if (fulfillments.length === 0) return undefined;
  const units = new Map<string, number>();
  for (const fulfillment of fulfillments) {
    if (VOID_FULFILLMENTS.has(fulfillment.status)) continue;
    for (const line of fulfillment.line_items ?? []) units.set(line.id, (units.get(line.id) ?? 0) + line.quantity);
  }
  return units;
}
