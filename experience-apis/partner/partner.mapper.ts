import type { Charge, ChannelOrder, ChannelOrderLine, OrderParties } from '../../src/model/channel-order.js';
import { parseMoney, type Money } from '../../src/model/money.js';
import { parseInstant } from '../../src/model/time.js';
import type { WireCharge, WireLine, WireMoney, WireOrder } from './partner-order.wire.js';

/** The gift message of the whole order, among those of its lines. */
const WHOLE_ORDER = '';

/** A partner's order as a channel order. Of an order that passed `readOrder`; pure. */
export function mapOrder(channel: string, order: WireOrder): ChannelOrder {
  const { reference, displayReference, currency, shipMethod, shipBy, deliverBy, grandTotal, attributes } = order;
  return {
    channel,
    reference,
    ...(displayReference === undefined ? {} : { displayReference }),
    // A partner that never amends need not send updatedAt.
    version: parseInstant(order.updatedAt ?? order.placedAt),
    placedAt: parseInstant(order.placedAt),
    currency,
    // A partner asks for a cancellation; it never states one.
    cancelled: false,
    ...(shipMethod === undefined ? {} : { shipMethod }),
    ...(shipBy === undefined ? {} : { shipBy: parseInstant(shipBy) }),
    ...(deliverBy === undefined ? {} : { deliverBy: parseInstant(deliverBy) }),
    lines: order.lines.map(mapLine),
    charges: order.charges.map(mapCharge),
    ...(grandTotal === undefined ? {} : { grandTotal: mapMoney(grandTotal) }),
    parties: mapParties(order),
    ...(order.reservation === undefined ? {} : { reservation: order.reservation }),
    ...(order.collectAt === undefined ? {} : { collectAt: order.collectAt }),
    attributes,
  };
}

function mapLine(line: WireLine): ChannelOrderLine {
  const { lineReference, listingSku, gtin, quantity, requiresShipping, gift } = line;
  return {
    lineReference,
    listingSku,
    title: line.title ?? listingSku,
    ...(gtin === undefined ? {} : { gtin }),
    quantity,
    fulfilledQuantity: 0,
    cancelledQuantity: 0,
    requiresShipping,
    unitPrice: mapMoney(line.unitPrice),
    charges: line.charges.map(mapCharge),
    ...(gift === undefined ? {} : { gift: mapGift(gift) }),
  };
}

/** What is written on the card is personal, and goes with the parties. */
function mapGift({ message, ...gift }: NonNullable<WireLine['gift']>): NonNullable<ChannelOrderLine['gift']> {
  return { ...gift, hasMessage: message !== undefined };
}

function mapCharge(charge: WireCharge): Charge {
  return { ...charge, amount: mapMoney(charge.amount) };
}

function mapMoney({ amount, currency }: WireMoney): Money {
  return parseMoney(amount, currency);
}

function mapParties(order: WireOrder): OrderParties {
  const { shipTo, billTo, note } = order;
  const giftMessages = mapGiftMessages(order);
  return {
    ...(order.buyer === undefined ? {} : { buyer: mapBuyer(order.buyer) }),
    ...(shipTo === undefined ? {} : { shipTo }),
    ...(billTo === undefined ? {} : { billTo }),
    ...(Object.keys(giftMessages).length === 0 ? {} : { giftMessages }),
    ...(note === undefined ? {} : { note }),
  };
}

function mapBuyer({ customerId, ...buyer }: NonNullable<WireOrder['buyer']>): NonNullable<OrderParties['buyer']> {
  return { ...buyer, ...(customerId === undefined ? {} : { channelCustomerId: customerId }) };
}

function mapGiftMessages({ gift, lines }: WireOrder): Readonly<Record<string, string>> {
  const all = [{ lineReference: WHOLE_ORDER, gift }, ...lines];
  return Object.fromEntries(
    all.flatMap((one) => (one.gift?.message === undefined ? [] : [[one.lineReference, one.gift.message] as const])),
  );
}
