/**
 * Money is an integer of minor units with an ISO 4217 currency. Never a float.
 * `minor` is a safe integer: 9 × 10^15 minor units are enough for any order.
 */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

/** A vendor's decimal that cannot be held exactly; `code` is stable and reaches the sender. */
export class MoneyError extends Error {
  readonly code = 'AMOUNT_NOT_REPRESENTABLE';
}

// ISO 4217 minor units that are not 2.
const MINOR_UNITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
  CLF: 4,
  UYW: 4,
};

/** Number of decimal places of an ISO 4217 currency. */
export function minorUnits(currency: string): number {
  return MINOR_UNITS[currency] ?? 2;
}

/** Reads a vendor's decimal string ("12.5", "-3", "1000.00") exactly; refuses what the currency cannot hold. */
export function parseMoney(decimal: string, currency: string): Money {
  if (!/^[A-Z]{3}$/.test(currency)) throw new MoneyError(`"${currency}" is not an ISO 4217 currency code`);
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal.trim());
  if (match === null) throw new MoneyError(`"${decimal}" is not a decimal amount`);
  const [, sign, whole = '0', fraction = ''] = match;
  const digits = minorUnits(currency);
  if (/[1-9]/.test(fraction.slice(digits)))
    throw new MoneyError(`"${decimal}" has more decimals than ${currency} has (${digits})`);
  const magnitude = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  if (!Number.isSafeInteger(magnitude)) throw new MoneyError(`"${decimal}" ${currency} is too large`);
  return { minor: sign === '-' && magnitude !== 0 ? -magnitude : magnitude, currency };
}

/** "12.50" for 1250 minor units of a currency with two decimals; the inverse of parseMoney. */
export function formatDecimal(money: Money): string {
  const digits = minorUnits(money.currency);
  const text = String(Math.abs(money.minor)).padStart(digits + 1, '0');
  const sign = money.minor < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export function zero(currency: string): Money {
  return { minor: 0, currency };
}

/** Adds amounts of one currency; mixing currencies is a programming error. */
export function sumMoney(amounts: readonly Money[], currency: string): Money {
  let minor = 0;
  for (const amount of amounts) {
    if (amount.currency !== currency) throw new MoneyError(`cannot add ${amount.currency} to ${currency}`);
    minor += amount.minor;
  }
  if (!Number.isSafeInteger(minor)) throw new MoneyError(`the sum in ${currency} is too large`);
  return { minor, currency };
}

export function multiplyMoney(money: Money, quantity: number): Money {
  return sumMoney([{ minor: money.minor * quantity, currency: money.currency }], money.currency);
}
