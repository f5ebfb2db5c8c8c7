import { formatDecimal, MoneyError, multiplyMoney, parseMoney, type Money } from '../../src/model/money.js';
import { parseInstant } from '../../src/model/time.js';
import type { WireCancellation } from './partner-cancellation.wire.js';
import type { WireCharge, WireMoney, WireOrder } from './partner-order.wire.js';
import { finding, type Finding } from './partner.findings.js';

type Path = readonly (string | number)[];

const DISCOUNTS: ReadonlySet<WireCharge['kind']> = new Set(['DISCOUNT', 'SHIPPING_DISCOUNT']);

/** What no schema of single fields can say: how the parts of an order fit together. */
export function checkOrder(order: WireOrder): readonly Finding[] {
  return [
    ...repeatedLines(order.lines),
    ...order.lines.flatMap((_, index) => checkLineAmounts(order, index)),
    ...checkCharges(order, order.charges, ['charges']),
    ...(order.grandTotal === undefined ? [] : checkMoney(order, order.grandTotal, ['grandTotal'])),
    ...checkTimes(order),
    ...checkShipTo(order),
  ];
}

export function checkCancellation(cancellation: WireCancellation): readonly Finding[] {
  return repeatedLines(cancellation.lines ?? []);
}

function repeatedLines(lines: readonly { readonly lineReference: string }[]): readonly Finding[] {
  const firsts = new Map<string, number>();
  return lines.flatMap(({ lineReference }, index) => {
    const first = firsts.get(lineReference);
    if (first === undefined) firsts.set(lineReference, index);
    const detail = `Is the same as that of /lines/${first}: give each line its own.`;
    return first === undefined ? [] : [finding(['lines', index, 'lineReference'], detail)];
  });
}

function checkLineAmounts(order: WireOrder, index: number): readonly Finding[] {
  const line = order.lines[index];
  if (line === undefined) return [];
  const price = ['lines', index, 'unitPrice'];
  const findings = checkMoney(order, line.unitPrice, price);
  const charges = checkCharges(order, line.charges, ['lines', index, 'charges']);
  if (findings.length > 0) return [...findings, ...charges];
  return [...checkPrice(toMoney(line.unitPrice), line.quantity, price), ...charges];
}

function checkPrice(price: Money, quantity: number, path: Path): readonly Finding[] {
  if (price.minor < 0)
    return [finding([...path, 'amount'], 'Must not be negative: send a discount as a charge of the line.')];
  return representable(() => multiplyMoney(price, quantity), path);
}

function checkCharges(order: WireOrder, charges: readonly WireCharge[], path: Path): readonly Finding[] {
  return charges.flatMap(({ kind, amount }, index) => {
    const at = [...path, index, 'amount'];
    const findings = checkMoney(order, amount, at);
    if (findings.length > 0 || !DISCOUNTS.has(kind)) return findings;
    const money = toMoney(amount);
    if (money.minor <= 0) return [];
    const negative = formatDecimal({ ...money, minor: -money.minor });
    return [finding([...at, 'amount'], `A discount must not be positive: send "${negative}".`)];
  });
}

function checkMoney(order: WireOrder, money: WireMoney, path: Path): readonly Finding[] {
  if (money.currency !== order.currency)
    return [finding([...path, 'currency'], `Must be the currency of the order, ${order.currency}.`)];
  return representable(() => toMoney(money), path);
}

function representable(read: () => Money, path: Path): readonly Finding[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    const detail = `Cannot be held exactly: ${error.message}. Send an amount in whole minor units of the currency.`;
    return [finding([...path, 'amount'], detail, error.code)];
  }
}

function toMoney({ amount, currency }: WireMoney): Money {
  return parseMoney(amount, currency);
}

function checkTimes({ placedAt, updatedAt }: WireOrder): readonly Finding[] {
  if (updatedAt === undefined || parseInstant(updatedAt) >= parseInstant(placedAt)) return [];
  return [finding(['updatedAt'], 'Must not be before placedAt: send the time of the last change of the order.')];
}

function checkShipTo({ lines, shipTo }: WireOrder): readonly Finding[] {
  if (shipTo !== undefined || !lines.some((line) => line.requiresShipping)) return [];
  return [finding(['shipTo'], 'Is missing: send it, or set requiresShipping to false on every line.')];
}
