import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root.js';
import { BUYERS, DISCOUNTS, MARKETS, SHIPPING, type Buyer, type Discount, type Market } from './order-variety.js';
import { cents, decimal, moneySet, restTime, type RestLine, type RestOrder, type RestTaxLine } from './rest-order.js';

const SAMPLE = 'experience-apis/shopify/fixtures/doc.2026-04.orders.create.json';
const LINES_MAX = 4;
const UNITS_MAX = 3;
/** One order in … */
const DISCOUNTED_ONE_IN = 3;
const GIFT_ONE_IN = 10;

/** Something the shop sells. */
export interface SampleItem {
  readonly sku: string;
  readonly title: string;
  /** Price in cents. */
  readonly price: number;
}

export interface OrderSampleOptions {
  /** Numbers from 0 to below 1; the same numbers give the same order. */
  readonly random: () => number;
  readonly items: readonly SampleItem[];
  readonly now: Date;
  readonly currency?: 'USD' | 'EUR';
}

interface Sample {
  readonly payload: RestOrder & { readonly shipping_lines: readonly object[]; readonly customer: object };
}

let sample: Sample['payload'] | undefined;

/** Shopify's own documented order, read once. */
function template(): Sample['payload'] {
  // The fixture is part of the package; its shape is what the contract spec checks.
  sample ??= (JSON.parse(readFileSync(join(packageRoot(), SAMPLE), 'utf8')) as Sample).payload;
  return sample;
}

/**
 * A draft of an order for `placeOrder`: the documented sample with other goods, quantities, buyer, discount, taxes and shipping,
 * its sums worked out in whole cents. Ids and times are the shop's to give.
 */
export function buildOrder({ random, items, now, currency = 'USD' }: OrderSampleOptions): RestOrder {
  const market = MARKETS[currency];
  const discount = random() * DISCOUNTED_ONE_IN < 1 ? pick(DISCOUNTS, random) : undefined;
  const lines = chooseItems(items, random).map((item) =>
    buildLine(item, 1 + Math.floor(random() * UNITS_MAX), discount, market, random),
  );
  const shipping = buildShipping(market, random);
  const buyer = pick(BUYERS[currency], random);
  return {
    ...template(),
    ...buyerFields(buyer, market),
    ...totals(lines, shipping, market),
    currency,
    presentment_currency: currency,
    taxes_included: market.taxesIncluded,
    financial_status: 'paid',
    fulfillment_status: null,
    cancelled_at: null,
    cancel_reason: null,
    confirmed: true,
    updated_at: restTime(now.toISOString()),
    line_items: lines,
    shipping_lines: [shipping],
    fulfillments: [],
    refunds: [],
    discount_codes:
      discount === undefined
        ? []
        : [{ code: discount.code, amount: decimal(sum(lines.map(discountOf))), type: 'percentage' }],
    discount_applications: discount === undefined ? [] : [discountApplication(discount)],
    note_attributes: random() * GIFT_ONE_IN < 1 ? [{ name: 'Gift message', value: 'With love from all of us' }] : [],
  };
}

function chooseItems(items: readonly SampleItem[], random: () => number): readonly SampleItem[] {
  const left = [...items];
  const count = Math.min(left.length, 1 + Math.floor(random() * LINES_MAX));
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}

function buildLine(
  item: SampleItem,
  quantity: number,
  discount: Discount | undefined,
  market: Market,
  random: () => number,
): RestLine {
  const goods = item.price * quantity;
  const off = discount === undefined ? 0 : Math.round((goods * discount.percent) / 100);
  const price = moneySet(item.price, market.currency);
  const [like] = template().line_items;
  if (like === undefined) throw new Error('the sample order has no lines');
  return {
    ...like,
    id: 0,
    attributed_staffs: [],
    sku: item.sku,
    title: item.title,
    name: item.title,
    quantity,
    current_quantity: quantity,
    fulfillable_quantity: quantity,
    price: decimal(item.price),
    price_set: price,
    properties: random() * GIFT_ONE_IN < 1 ? [{ name: 'Gift wrap', value: 'Forest green' }] : [],
    tax_lines: [taxLine(goods - off, market)],
    discount_allocations:
      off === 0
        ? []
        : [{ amount: decimal(off), amount_set: moneySet(off, market.currency), discount_application_index: 0 }],
  };
}

function taxLine(net: number, market: Market): RestTaxLine {
  const base = market.taxesIncluded ? 10_000 + market.taxBasisPoints : 10_000;
  const tax = Math.round((net * market.taxBasisPoints) / base);
  return {
    title: market.taxName,
    price: decimal(tax),
    price_set: moneySet(tax, market.currency),
    rate: market.taxBasisPoints / 10_000,
    channel_liable: false,
  };
}

function buildShipping(market: Market, random: () => number) {
  const { code, title, price } = pick(SHIPPING, random);
  const set = moneySet(price, market.currency);
  return {
    ...template().shipping_lines[0],
    code,
    title,
    price: decimal(price),
    price_set: set,
    discounted_price: decimal(price),
    discounted_price_set: set,
    current_discounted_price_set: set,
    tax_lines: price === 0 ? [] : [taxLine(price, market)],
  };
}

function totals(
  lines: readonly RestLine[],
  shipping: { readonly price: string; readonly tax_lines: readonly RestTaxLine[] },
  market: Market,
): object {
  const goods = sum(lines.map((line) => cents(line.price) * line.quantity));
  const discount = sum(lines.map(discountOf));
  const tax = sum([...lines, shipping].flatMap((part) => part.tax_lines.map(({ price }) => cents(price))));
  const shipped = cents(shipping.price);
  const total = goods - discount + shipped + (market.taxesIncluded ? 0 : tax);
  const amounts: Readonly<Record<string, number>> = {
    total_line_items_price: goods,
    total_discounts: discount,
    current_total_discounts: discount,
    subtotal_price: goods - discount,
    current_subtotal_price: goods - discount,
    total_tax: tax,
    current_total_tax: tax,
    total_price: total,
    current_total_price: total,
  };
  const stated = Object.entries(amounts).flatMap(([name, amount]): [string, unknown][] => [
    [name, decimal(amount)],
    [`${name}_set`, moneySet(amount, market.currency)],
  ]);
  return {
    ...Object.fromEntries(stated),
    total_shipping_price_set: moneySet(shipped, market.currency),
    current_shipping_price_set: moneySet(shipped, market.currency),
    total_outstanding: '0.00',
    total_cash_rounding_payment_adjustment_set: moneySet(0, market.currency),
    total_cash_rounding_refund_adjustment_set: moneySet(0, market.currency),
  };
}

function buyerFields(buyer: Buyer, market: Market): object {
  const { firstName, lastName, email, ...place } = buyer;
  const address = {
    ...place,
    ...market.country,
    first_name: firstName,
    last_name: lastName,
    name: `${firstName} ${lastName}`,
    company: null,
    address2: null,
    latitude: null,
    longitude: null,
  };
  return {
    email,
    contact_email: email,
    customer: { ...template().customer, email, first_name: firstName, last_name: lastName, currency: market.currency },
    billing_address: address,
    shipping_address: address,
  };
}

function discountApplication(discount: Discount): object {
  return {
    type: 'discount_code',
    code: discount.code,
    value: `${discount.percent}.0`,
    value_type: 'percentage',
    allocation_method: 'across',
    target_selection: 'all',
    target_type: 'line_item',
  };
}

function discountOf(line: RestLine): number {
  return sum(line.discount_allocations.map(({ amount }) => cents(amount)));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

function pick<T>(from: readonly [T, ...T[]], random: () => number): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}
