import type { Charge, ChargeKind } from '../../src/model/channel-order.js';
import type { Money } from '../../src/model/money.js';
import { defined, given } from './defined.js';
import { readAmount, requireAmount, type StatedAmount } from './shopify-read.js';
import type {
  WireDiscountAllocation,
  WireDiscountApplication,
  WireDuty,
  WireLineItem,
  WireOrder,
  WireShippingLine,
  WireTaxLine,
} from './shopify.wire.js';

/** What all charges of one order are read with. */
export interface ChargeContext {
  readonly currency: string;
  readonly taxesIncluded: boolean;
  readonly discounts: readonly WireDiscountApplication[];
}

export function chargeContext(order: WireOrder): ChargeContext {
  return {
    currency: order.currency,
    taxesIncluded: order.taxes_included ?? false,
    discounts: order.discount_applications ?? [],
  };
}

/** Taxes, discounts and duties of a line. The goods themselves are unit price × quantity, and stand on the line. */
export function lineCharges(line: WireLineItem, pointer: string, context: ChargeContext): readonly Charge[] {
  return [
    ...discountCharges(line.discount_allocations, 'DISCOUNT', pointer, context),
    ...taxCharges(line.tax_lines, 'TAX', pointer, context),
    ...(line.duties ?? []).flatMap((duty, index) => dutyCharges(duty, `${pointer}/duties/${index}`, context)),
  ];
}

/** Charges that belong to no line. A shipping line that was removed by an edit is paid by nobody and left out. */
export function orderCharges(order: WireOrder, context: ChargeContext): readonly Charge[] {
  const shipping = (order.shipping_lines ?? []).flatMap((line, index) =>
    line.is_removed === true ? [] : shippingCharges(line, `/shipping_lines/${index}`, context),
  );
  return [...shipping, ...statedTotals(order, context), ...totalsWithoutDetail(order, context)];
}

function shippingCharges(line: WireShippingLine, pointer: string, context: ChargeContext): readonly Charge[] {
  const price = requireAmount(
    { set: line.price_set, plain: line.price, pointer: `${pointer}/price` },
    context.currency,
  );
  return [
    { kind: 'SHIPPING', label: given(line.title) ?? 'Shipping', amount: price },
    ...discountCharges(line.discount_allocations, 'SHIPPING_DISCOUNT', pointer, context),
    ...taxCharges(line.tax_lines, 'SHIPPING_TAX', pointer, context),
  ];
}

function dutyCharges(duty: WireDuty, pointer: string, context: ChargeContext): readonly Charge[] {
  const amount = readAmount({ set: duty.price_set, pointer: `${pointer}/price_set` }, context.currency);
  const label = ['Duty', given(duty.harmonized_system_code), given(duty.country_code_of_origin)]
    .filter((part) => part !== undefined)
    .join(' ');
  return [
    ...(amount === undefined ? [] : [{ kind: 'DUTY' as const, label, amount }]),
    ...taxCharges(duty.tax_lines, 'TAX', pointer, context),
  ];
}

function taxCharges(
  taxes: readonly WireTaxLine[] | null | undefined,
  kind: ChargeKind,
  pointer: string,
  context: ChargeContext,
): readonly Charge[] {
  return (taxes ?? []).map((tax, index) => ({
    kind,
    label: given(tax.title) ?? 'Tax',
    amount: requireAmount(
      { set: tax.price_set, plain: tax.price, pointer: `${pointer}/tax_lines/${index}/price` },
      context.currency,
    ),
    ...defined({ rate: given(tax.rate), collectedByChannel: tax.channel_liable ?? undefined }),
    includedInPrice: context.taxesIncluded,
  }));
}

function discountCharges(
  allocations: readonly WireDiscountAllocation[] | null | undefined,
  kind: ChargeKind,
  pointer: string,
  context: ChargeContext,
): readonly Charge[] {
  return (allocations ?? []).map((allocation, index) => {
    const application = context.discounts[allocation.discount_application_index ?? -1];
    const place = `${pointer}/discount_allocations/${index}/amount`;
    const amount = requireAmount(
      { set: allocation.amount_set, plain: allocation.amount, pointer: place },
      context.currency,
    );
    const label = given(application?.code) ?? given(application?.title) ?? given(application?.description);
    return { kind, label: label ?? 'Discount', amount: negative(amount) };
  });
}

/** Amounts that Shopify states for the whole order only. */
function statedTotals(order: WireOrder, context: ChargeContext): readonly Charge[] {
  const dutiesOnLines = (order.line_items ?? []).some((line) => (line.duties ?? []).length > 0);
  return [
    ...charge('TIP', 'Tip', { plain: order.total_tip_received, pointer: '/total_tip_received' }, context),
    ...charge(
      'FEE',
      'Additional fees',
      { set: order.original_total_additional_fees_set, pointer: '/original_total_additional_fees_set' },
      context,
    ),
    ...charge(
      'OTHER',
      'Cash rounding',
      {
        set: order.total_cash_rounding_payment_adjustment_set,
        pointer: '/total_cash_rounding_payment_adjustment_set',
      },
      context,
    ),
    ...(dutiesOnLines
      ? []
      : charge(
          'DUTY',
          'Duties',
          { set: order.original_total_duties_set, pointer: '/original_total_duties_set' },
          context,
        )),
  ];
}

/** Orders made by other apps can carry a total discount or tax and no lines that explain it: kept, or the sums would not add up. */
function totalsWithoutDetail(order: WireOrder, context: ChargeContext): readonly Charge[] {
  const parts = [...(order.line_items ?? []), ...(order.shipping_lines ?? [])];
  const discounted = parts.some((part) => (part.discount_allocations ?? []).length > 0);
  const taxed = parts.some((part) => (part.tax_lines ?? []).length > 0);
  const discount = charge(
    'DISCOUNT',
    'Discount on the order',
    { set: order.total_discounts_set, plain: order.total_discounts, pointer: '/total_discounts' },
    context,
  ).map((whole) => ({ ...whole, amount: negative(whole.amount) }));
  const tax = charge(
    'TAX',
    'Tax on the order',
    { set: order.total_tax_set, plain: order.total_tax, pointer: '/total_tax' },
    context,
  ).map((whole) => ({ ...whole, includedInPrice: context.taxesIncluded }));
  return [...(discounted ? [] : discount), ...(taxed ? [] : tax)];
}

function charge(kind: ChargeKind, label: string, stated: StatedAmount, context: ChargeContext): readonly Charge[] {
  const amount = readAmount(stated, context.currency);
  return amount === undefined || amount.minor === 0 ? [] : [{ kind, label, amount }];
}

function negative(money: Money): Money {
  return { minor: money.minor === 0 ? 0 : -money.minor, currency: money.currency };
}
