import { MoneyError, parseMoney, type Money } from '../../src/model/money.js';
import { InstantError, parseInstant, type Instant } from '../../src/model/time.js';
import { MappingRefusal } from './mapping-refusal.js';
import type { WireMoneySet } from './shopify.wire.js';

/** An amount as Shopify states it: once as a set of currencies, once as plain text in the shop's currency. */
export interface StatedAmount {
  readonly set?: WireMoneySet | null | undefined;
  readonly plain?: string | null | undefined;
  readonly pointer: string;
}

/**
 * The amount in the shop's currency, which is the order's. Undefined when Shopify states none.
 * @throws MappingRefusal for an amount that the currency cannot hold or that is in another currency.
 */
export function readAmount(stated: StatedAmount, currency: string): Money | undefined {
  const inSet = stated.set?.shop_money;
  const decimal = inSet?.amount ?? stated.plain;
  if (decimal === null || decimal === undefined) return undefined;
  if (inSet !== undefined && inSet.currency_code !== currency)
    throw new MappingRefusal(
      'CONTRACT_MISMATCH',
      `shop money is in ${inSet.currency_code}, the order is in ${currency}`,
      stated.pointer,
    );
  return exactMoney(decimal, currency, stated.pointer);
}

/** Like readAmount, for amounts that must be there. */
export function requireAmount(stated: StatedAmount, currency: string): Money {
  const money = readAmount(stated, currency);
  if (money === undefined) throw new MappingRefusal('CONTRACT_MISMATCH', 'the amount is missing', stated.pointer);
  return money;
}

export function exactMoney(decimal: string, currency: string, pointer: string): Money {
  try {
    return parseMoney(decimal, currency);
  } catch (cause) {
    if (cause instanceof MoneyError) throw new MappingRefusal(cause.code, cause.message, pointer);
    throw cause;
  }
}

export function readInstant(text: string | null | undefined, pointer: string): Instant {
  if (text === null || text === undefined)
    throw new MappingRefusal('TIME_NOT_READABLE', 'the time is missing', pointer);
  try {
    return parseInstant(text);
  } catch (cause) {
    if (cause instanceof InstantError) throw new MappingRefusal(cause.code, cause.message, pointer);
    throw cause;
  }
}
