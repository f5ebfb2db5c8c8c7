import type { ItemBreakdown2026, OrderItem2026 } from '../amazon.wire.js';
import type { Amounts } from './sample-amounts.js';
import type { Random } from './sample-random.js';

type Part = readonly [subtype: string, minor: number];

const TAX_PERCENT = 19;
const SHIPPING_MINOR = 499;
const GIFT_WRAP_MINOR = 350;

/** What the seller gets for an item: its price, and by chance shipping, gift wrap, a discount and tax. */
export function itemProceeds(
  random: Random,
  amounts: Amounts,
  itemMinor: number,
  gift: boolean,
): {
  readonly proceeds: NonNullable<OrderItem2026['proceeds']>;
  readonly totalMinor: number;
  readonly discounted: boolean;
} {
  const shipping = random() < 0.35 ? SHIPPING_MINOR : 0;
  const wrap = gift ? GIFT_WRAP_MINOR : 0;
  const discount = random() < 0.25 ? Math.round(itemMinor / 10) : 0;
  const taxed = random() < 0.6;
  const tax = (minor: number): number => (taxed ? Math.round((minor * TAX_PERCENT) / 100) : 0);
  const parts: readonly (readonly [type: string, split: readonly Part[]])[] = [
    ['ITEM', [['ITEM', itemMinor]]],
    ['SHIPPING', [['SHIPPING', shipping]]],
    ['GIFT_WRAP', [['GIFT_WRAP', wrap]]],
    ['DISCOUNT', [['ITEM', -discount]]],
    [
      'TAX',
      [
        ['ITEM', tax(itemMinor - discount)],
        ['SHIPPING', tax(shipping)],
        ['GIFT_WRAP', tax(wrap)],
      ],
    ],
  ];
  const totalMinor = parts.reduce((sum, [, split]) => sum + sumOf(split), 0);
  const breakdowns = parts.flatMap(([type, split]) => breakdown(amounts, type, split));
  return { proceeds: { proceedsTotal: amounts.wire(totalMinor), breakdowns }, totalMinor, discounted: discount > 0 };
}

function breakdown(amounts: Amounts, type: string, split: readonly Part[]): readonly ItemBreakdown2026[] {
  const stated = split.filter(([, minor]) => minor !== 0);
  if (stated.length === 0) return [];
  const subtotal = amounts.wire(sumOf(stated));
  if (type !== 'TAX' && type !== 'DISCOUNT') return [{ type, subtotal }];
  return [
    { type, subtotal, detailedBreakdowns: stated.map(([subtype, minor]) => ({ subtype, value: amounts.wire(minor) })) },
  ];
}

function sumOf(parts: readonly Part[]): number {
  return parts.reduce((sum, [, minor]) => sum + minor, 0);
}
