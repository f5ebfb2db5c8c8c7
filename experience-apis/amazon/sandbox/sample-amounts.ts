import type { MoneyOnWire } from '../amazon.wire.js';

/** Amounts in minor units of one currency, to and from Amazon's decimals. */
export interface Amounts {
  minor(decimal: string): number;
  wire(minor: number): MoneyOnWire;
}

export function amountsIn(currency: string): Amounts {
  const { maximumFractionDigits: decimals = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return {
    minor: (decimal) => {
      const [whole = '0', fraction = ''] = decimal.split('.');
      return Number(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
    },
    wire: (minor) => ({ amount: decimalText(minor, decimals), currencyCode: currency }),
  };
}

function decimalText(minor: number, decimals: number): string {
  const text = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const sign = minor < 0 ? '-' : '';
  return decimals === 0 ? sign + text : `${sign}${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}
