/* The parts of Shopify's REST order body that the sandbox works with. All else in it is carried along as it is. */

export interface RestMoney {
  readonly amount: string;
  readonly currency_code: string;
}

export interface RestMoneySet {
  readonly shop_money: RestMoney;
  readonly presentment_money: RestMoney;
}

export interface RestTaxLine {
  readonly title: string;
  readonly price: string;
  readonly price_set: RestMoneySet;
  readonly rate: number;
  readonly channel_liable: boolean;
}

export interface RestDiscountAllocation {
  readonly amount: string;
  readonly amount_set: RestMoneySet;
  readonly discount_application_index: number;
}

export interface RestLine {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly current_quantity: number;
  readonly fulfillable_quantity: number;
  readonly fulfillment_status: string | null;
  readonly requires_shipping: boolean;
  readonly price: string;
  readonly tax_lines: readonly RestTaxLine[];
  readonly discount_allocations: readonly RestDiscountAllocation[];
  readonly [field: string]: unknown;
}

export interface RestFulfillment {
  readonly id: number;
  readonly order_id: number;
  readonly name: string;
  readonly status: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly tracking_company: string | null;
  readonly tracking_number: string | null;
  readonly tracking_numbers: readonly string[];
  readonly tracking_url: string | null;
  readonly tracking_urls: readonly string[];
  readonly line_items: readonly RestLine[];
  readonly [field: string]: unknown;
}

export interface RestRefund {
  readonly id: number;
  readonly order_id: number;
  readonly [field: string]: unknown;
}

export interface RestOrder {
  readonly id: number;
  readonly name: string;
  readonly currency: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly cancelled_at: string | null;
  readonly cancel_reason: string | null;
  readonly financial_status: string;
  readonly fulfillment_status: string | null;
  readonly line_items: readonly RestLine[];
  readonly fulfillments: readonly RestFulfillment[];
  readonly refunds: readonly RestRefund[];
  readonly [field: string]: unknown;
}

/** Whole cents of an amount with two decimals; the sandbox's shops sell in such currencies only. */
export function cents(amount: string): number {
  return Math.round(Number(amount) * 100);
}

export function decimal(amount: number): string {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** A set whose buyer paid in the shop's own currency. */
export function moneySet(amount: number, currency: string): RestMoneySet {
  const money = { amount: decimal(amount), currency_code: currency };
  return { shop_money: money, presentment_money: money };
}

/** Shopify stamps whole seconds with an offset. */
export function restTime(at: string): string {
  return `${at.slice(0, 19)}+00:00`;
}
