import type { RefusedReason } from '../../src/model/channel-order.js';
import { MoneyError, parseMoney, type Money } from '../../src/model/money.js';
import { InstantError, parseInstant, type Instant } from '../../src/model/time.js';
import type { MoneyOnWire } from './amazon.wire.js';

/** Stops the reading of one message: says which part cannot be taken, and why. Never leaves the mapper. */
export class Refusal extends Error {
  constructor(
    readonly reason: RefusedReason,
    message: string,
    readonly pointer: string,
  ) {
    super(message);
  }
}

/** Reads amounts of one order: exactly, and in one currency. `pointer` is the JSON Pointer of the amount. */
export type MoneyReader = (wire: MoneyOnWire, pointer: string) => Money;

export function moneyReader(currency: string): MoneyReader {
  return (wire, pointer) => {
    if (wire.currencyCode !== currency)
      throw new Refusal('CONTRACT_MISMATCH', `an amount in ${wire.currencyCode} in an order in ${currency}`, pointer);
    try {
      return parseMoney(wire.amount, wire.currencyCode);
    } catch (error) {
      if (error instanceof MoneyError) throw new Refusal('AMOUNT_NOT_REPRESENTABLE', error.message, pointer);
      throw error;
    }
  };
}

export function readInstant(time: string, pointer: string): Instant {
  try {
    return parseInstant(time);
  } catch (error) {
    if (error instanceof InstantError) throw new Refusal('TIME_NOT_READABLE', error.message, pointer);
    throw error;
  }
}

export function readOptionalInstant(time: string | null | undefined, pointer: string): Instant | undefined {
  return time === null || time === undefined ? undefined : readInstant(time, pointer);
}

/** Amazon sends empty strings for what it does not have. What is there is kept letter by letter. */
export function filled(text: string | null | undefined): string | undefined {
  return text === null || text === undefined || text.trim() === '' ? undefined : text;
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** The object without its undefined fields. */
export function compact<T extends object>(fields: T): Compact<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Compact<T>;
}
