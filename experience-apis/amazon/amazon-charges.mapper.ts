import type { Charge, ChargeKind } from '../../src/model/channel-order.js';
import type { Money } from '../../src/model/money.js';
import { filled, type MoneyReader } from './amazon.reading.js';
import type { ItemBreakdown2026, Order2026, OrderItem2026 } from './amazon.wire.js';

type OrderBreakdown = NonNullable<NonNullable<Order2026['proceeds']>['breakdowns']>[number];

const KIND_OF_TYPE: Readonly<Record<string, ChargeKind>> = {
  ITEM: 'ITEM',
  SHIPPING: 'SHIPPING',
  GIFT_WRAP: 'GIFT_WRAP',
  COD_FEE: 'FEE',
  TAX: 'TAX',
  DISCOUNT: 'DISCOUNT',
  DELIVERY_TIP: 'TIP',
};

const KIND_OF_SUBTYPE: Readonly<Record<string, Readonly<Record<string, ChargeKind>>>> = {
  TAX: { SHIPPING: 'SHIPPING_TAX', GIFT_WRAP: 'GIFT_WRAP_TAX' },
  DISCOUNT: { SHIPPING: 'SHIPPING_DISCOUNT' },
};

const TAX_KINDS: ReadonlySet<ChargeKind> = new Set(['TAX', 'SHIPPING_TAX', 'GIFT_WRAP_TAX']);

/** The charges of one line. Their sum is what Amazon states for the item, to the last minor unit. */
export function lineCharges(item: OrderItem2026, money: MoneyReader, pointer: string): readonly Charge[] {
  const breakdowns = item.proceeds?.breakdowns ?? [];
  const total = item.proceeds?.proceedsTotal;
  if (breakdowns.length === 0) {
    if (total === null || total === undefined) return [];
    return [{ kind: 'ITEM', label: 'proceedsTotal', amount: money(total, `${pointer}/proceeds/proceedsTotal`) }];
  }
  const collected = item.tax?.taxCollections?.some(({ model }) => model === 'MARKETPLACE_FACILITATOR') ?? false;
  return breakdowns
    .flatMap((breakdown, index) => breakdownCharges(breakdown, money, `${pointer}/proceeds/breakdowns/${index}`))
    .map((charge) => (collected && TAX_KINDS.has(charge.kind) ? { ...charge, collectedByChannel: true } : charge));
}

/**
 * What the order states beyond its lines: tips, and any rest that the lines do not explain.
 * Amazon repeats the sums of the lines at the order; counting them again would double every amount.
 */
export function orderCharges(
  breakdowns: readonly OrderBreakdown[],
  lines: readonly { readonly charges: readonly Charge[] }[],
  money: MoneyReader,
): readonly Charge[] {
  const lineSums = sumsByType(lines.flatMap(({ charges }) => charges));
  return breakdowns.flatMap(({ type, subtotal }, index) => {
    const stated = signed(type, money(subtotal, `/proceeds/breakdowns/${index}/subtotal`));
    const rest = stated.minor - (lineSums.get(type) ?? 0);
    if (rest === 0) return [];
    return [{ kind: KIND_OF_TYPE[type] ?? 'OTHER', label: type, amount: { ...stated, minor: rest } }];
  });
}

function breakdownCharges(breakdown: ItemBreakdown2026, money: MoneyReader, pointer: string): readonly Charge[] {
  const { type } = breakdown;
  const subtotal = signed(type, money(breakdown.subtotal, `${pointer}/subtotal`));
  const details = KIND_OF_SUBTYPE[type] === undefined ? [] : detailCharges(breakdown, money, pointer);
  // The subtotal is what counts; the split is taken only when it explains the subtotal fully.
  const explained = details.reduce((sum, { amount }) => sum + amount.minor, 0) === subtotal.minor;
  if (details.length > 0 && explained) return details;
  return [{ kind: KIND_OF_TYPE[type] ?? 'OTHER', label: type, amount: subtotal }];
}

function detailCharges(breakdown: ItemBreakdown2026, money: MoneyReader, pointer: string): readonly Charge[] {
  const { type } = breakdown;
  return (breakdown.detailedBreakdowns ?? []).flatMap(({ subtype, value }, index) => {
    if (value === null || value === undefined) return [];
    const kind = KIND_OF_SUBTYPE[type]?.[subtype ?? ''] ?? KIND_OF_TYPE[type] ?? 'OTHER';
    const amount = signed(type, money(value, `${pointer}/detailedBreakdowns/${index}/value`));
    return [{ kind, label: `${type}/${filled(subtype) ?? 'OTHER'}`, amount }];
  });
}

/** Amazon's models do not say whether discounts are negative; for the hub they always are. */
function signed(type: string, amount: Money): Money {
  if (type !== 'DISCOUNT' || amount.minor === 0) return amount;
  return { ...amount, minor: -Math.abs(amount.minor) };
}

function sumsByType(charges: readonly Charge[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { label, amount } of charges) {
    const type = label === 'proceedsTotal' ? 'ITEM' : (label.split('/')[0] ?? label);
    sums.set(type, (sums.get(type) ?? 0) + amount.minor);
  }
  return sums;
}
