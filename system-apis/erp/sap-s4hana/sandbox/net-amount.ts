import { text, type Entity } from './entity-check.js';

const SCALE = 9;
const DECIMALS = 2;

/** What an item costs by its conditions: rate per condition quantity × quantity, to the cent. */
export function netAmount(prices: readonly Entity[], quantity: number): bigint {
  return prices.reduce((sum, price) => {
    const per = BigInt(text(price, 'ConditionQuantity') || '1');
    const rate = scaled(text(price, 'ConditionRateValue') || '0');
    return (
      sum +
      roundedDivision(rate * BigInt(Math.round(quantity)), (per === 0n ? 1n : per) * 10n ** BigInt(SCALE - DECIMALS))
    );
  }, 0n);
}

/** Cents as a decimal: 1250n is "12.50". */
export function sumAmounts(cents: readonly bigint[]): string {
  const digits = String(cents.reduce((sum, amount) => sum + amount, 0n)).padStart(DECIMALS + 1, '0');
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

function scaled(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
}

function roundedDivision(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor / 2n) / divisor;
}
