import type { ChannelOrderLine } from '../../src/model/channel-order.js';
import { zero, type Money } from '../../src/model/money.js';
import { LINE_QUANTITY_MAX, ORDER_LINES_MAX } from '../../src/model/order.js';
import { lineCharges } from './amazon-charges.mapper.js';
import { compact, filled, Refusal, type MoneyReader } from './amazon.reading.js';
import type { Order2026, OrderItem2026 } from './amazon.wire.js';

/** Where the units of one order item are, in Amazon's count. */
export interface ItemUnits {
  readonly ordered: number;
  readonly fulfilled: number;
  readonly cancelled: number;
  /** Still to be shipped. */
  readonly open: number;
}

export function orderLines(order: Order2026, currency: string, money: MoneyReader): readonly ChannelOrderLine[] {
  const items = order.orderItems;
  if (items.length === 0) throw new Refusal('NO_LINES', 'the order has no items', '/orderItems');
  if (items.length > ORDER_LINES_MAX)
    throw new Refusal('TOO_MANY_LINES', `${items.length} items; the hub takes ${ORDER_LINES_MAX}`, '/orderItems');
  const seen = new Set<string>();
  return items.map((item, index) => {
    const pointer = `/orderItems/${index}`;
    if (seen.has(item.orderItemId))
      throw new Refusal('CONTRACT_MISMATCH', 'the same orderItemId twice', `${pointer}/orderItemId`);
    seen.add(item.orderItemId);
    return orderLine(item, itemUnits(order, item), currency, money, pointer);
  });
}

/**
 * Units that are neither fulfilled nor left to fulfil are cancelled. Without the FULFILLMENT section of the item
 * the order's status and the item's executed cancellation decide.
 */
export function itemUnits(order: Order2026, item: OrderItem2026): ItemUnits {
  const ordered = item.quantityOrdered;
  const status = order.fulfillment?.fulfillmentStatus;
  const fulfilled = Math.min(
    ordered,
    item.fulfillment?.quantityFulfilled ?? (status === 'SHIPPED' && !isCancelled(item) ? ordered : 0),
  );
  const unfulfilled = item.fulfillment?.quantityUnfulfilled ?? (isCancelled(item) ? 0 : ordered - fulfilled);
  const open = status === 'CANCELLED' ? 0 : Math.min(ordered - fulfilled, unfulfilled);
  return { ordered, fulfilled, cancelled: ordered - fulfilled - open, open };
}

function orderLine(
  item: OrderItem2026,
  units: ItemUnits,
  currency: string,
  money: MoneyReader,
  pointer: string,
): ChannelOrderLine {
  if (units.ordered > LINE_QUANTITY_MAX)
    throw new Refusal('CONTRACT_MISMATCH', `more than ${LINE_QUANTITY_MAX} units`, `${pointer}/quantityOrdered`);
  return compact({
    lineReference: item.orderItemId,
    listingSku: filled(item.product.sellerSku) ?? '',
    title: filled(item.product.title) ?? '',
    quantity: units.ordered,
    fulfilledQuantity: units.fulfilled,
    cancelledQuantity: units.cancelled,
    requiresShipping: true,
    unitPrice: unitPrice(item, currency, money, pointer),
    charges: lineCharges(item, money, pointer),
    gift: gift(item),
  });
}

function unitPrice(item: OrderItem2026, currency: string, money: MoneyReader, pointer: string): Money {
  const stated = item.product.price?.unitPrice;
  if (stated) return money(stated, `${pointer}/product/price/unitPrice`);
  const subtotal = item.proceeds?.breakdowns?.find(({ type }) => type === 'ITEM')?.subtotal;
  // Nothing is stated for replacements: they are free.
  if (subtotal === undefined || item.quantityOrdered === 0) return zero(currency);
  const whole = money(subtotal, `${pointer}/proceeds/breakdowns`);
  if (whole.minor % item.quantityOrdered !== 0)
    throw new Refusal(
      'AMOUNT_NOT_REPRESENTABLE',
      'no unit price, and the item price cannot be divided by the quantity',
      `${pointer}/product/price`,
    );
  return { ...whole, minor: whole.minor / item.quantityOrdered };
}

function gift(item: OrderItem2026): ChannelOrderLine['gift'] {
  const option = item.fulfillment?.packing?.giftOption;
  if (!option) return undefined;
  return compact({ wrap: filled(option.giftWrapLevel), hasMessage: filled(option.giftMessage) !== undefined });
}

function isCancelled(item: OrderItem2026): boolean {
  return (item.cancellation?.cancellationExecution ?? undefined) !== undefined;
}
