import type { ChannelOrder, Charge } from '../../src/model/channel-order.js';
import { formatDecimal, multiplyMoney, sumMoney, type Money } from '../../src/model/money.js';
import type { Order, OrderLine } from '../../src/model/order.js';

/**
 * How the channel's total differs from its own lines and charges, as a sentence; undefined when it does not, or by no more
 * than `tolerance` minor units, or when nothing is to be compared.
 */
export function priceDifference(told: ChannelOrder, tolerance: number | undefined): string | undefined {
  const { grandTotal, currency } = told;
  if (tolerance === undefined || grandTotal === undefined || grandTotal.currency !== currency) return undefined;
  const goods = told.lines.map((line) => multiplyMoney(line.unitPrice, line.quantity));
  const charges = [...told.charges, ...told.lines.flatMap((line) => line.charges)].filter(isOnTop);
  const sum = sumMoney([...goods, ...charges.map(({ amount }) => amount)], currency);
  return Math.abs(sum.minor - grandTotal.minor) <= tolerance
    ? undefined
    : `The channel's total is ${text(grandTotal)}, its lines and charges make ${text(sum)}.`;
}

/** How what the ERP makes of the prices differs from what was sold, as a sentence; as `priceDifference`. */
export function erpPriceDifference(
  order: Order,
  netAmount: Money | undefined,
  tolerance: number | undefined,
): string | undefined {
  if (tolerance === undefined || netAmount === undefined) return undefined;
  const sold = sumMoney(
    order.lines.map((line) => netAmountOf(line, order.erp.requested[line.id] ?? 0)),
    order.currency,
  );
  if (netAmount.currency !== order.currency)
    return `The ERP accounts in ${netAmount.currency}, the order is in ${order.currency}.`;
  return Math.abs(sold.minor - netAmount.minor) <= tolerance
    ? undefined
    : `The goods were sold for ${text(sold)}, the ERP makes ${text(netAmount)} of them.`;
}

/** Price of the units less the line's discounts. Discounts are for the whole line: a part of it gets its share, rounded down. */
export function netAmountOf(line: OrderLine, quantity: number): Money {
  const { currency } = line.unitPrice;
  const gross = multiplyMoney(line.unitPrice, quantity);
  const discounts = line.charges.filter((charge) => charge.kind === 'DISCOUNT' && isOnTop(charge));
  const whole = sumMoney(
    discounts.map((charge) => charge.amount),
    currency,
  );
  const share = Math.trunc((whole.minor * quantity) / Math.max(1, line.ordered));
  return { minor: gross.minor + share, currency };
}

function isOnTop(charge: Charge): boolean {
  return charge.includedInPrice !== true;
}

function text(money: Money): string {
  return `${formatDecimal(money)} ${money.currency}`;
}
