import { z } from 'zod';

/*
 * Bodies of the webhooks that the hub reads, as far as it reads them: loose, so that a field unknown here never breaks one.
 * They are parsed by `parseExactJson`: a number that is not a safe integer arrives as its text.
 */

/** An id with all its digits. */
const id = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/, 'not an id')]).transform(String);
const decimal = z.union([z.string(), z.number()]).transform(String);
const currency = z.string().regex(/^[A-Z]{3}$/, 'not an ISO 4217 currency code');
const quantity = z.int().nonnegative();
const text = z.string().nullish();

const money = z.looseObject({ amount: decimal, currency_code: currency });

/** The same amount in the shop's currency and in the one the buyer saw. */
export const moneySetSchema = z.looseObject({ shop_money: money, presentment_money: money.nullish() });
export type WireMoneySet = z.output<typeof moneySetSchema>;
const moneySet = moneySetSchema.nullish();

const taxLineSchema = z.looseObject({
  title: text,
  price: decimal.nullish(),
  price_set: moneySet,
  rate: decimal.nullish(),
  channel_liable: z.boolean().nullish(),
});
export type WireTaxLine = z.output<typeof taxLineSchema>;

const discountAllocationSchema = z.looseObject({
  amount: decimal.nullish(),
  amount_set: moneySet,
  discount_application_index: z.int().nullish(),
});
export type WireDiscountAllocation = z.output<typeof discountAllocationSchema>;

const discountApplicationSchema = z.looseObject({ code: text, title: text, description: text });
export type WireDiscountApplication = z.output<typeof discountApplicationSchema>;

const dutySchema = z.looseObject({
  harmonized_system_code: text,
  country_code_of_origin: text,
  price_set: moneySet,
  tax_lines: z.array(taxLineSchema).nullish(),
});
export type WireDuty = z.output<typeof dutySchema>;

/** Free name and value, as themes and apps set them. Values are texts mostly, but any JSON is allowed. */
const propertySchema = z.looseObject({ name: z.coerce.string(), value: z.unknown() });
export type WireProperty = z.output<typeof propertySchema>;

const lineItemSchema = z.looseObject({
  id,
  sku: text,
  title: text,
  name: text,
  quantity,
  current_quantity: quantity.nullish(),
  fulfillable_quantity: z.int().nullish(),
  fulfillment_status: text,
  requires_shipping: z.boolean().nullish(),
  gift_card: z.boolean().nullish(),
  price: decimal.nullish(),
  price_set: moneySet,
  properties: z.array(propertySchema).nullish(),
  tax_lines: z.array(taxLineSchema).nullish(),
  duties: z.array(dutySchema).nullish(),
  discount_allocations: z.array(discountAllocationSchema).nullish(),
});
export type WireLineItem = z.output<typeof lineItemSchema>;

const shippingLineSchema = z.looseObject({
  code: text,
  title: text,
  is_removed: z.boolean().nullish(),
  price: decimal.nullish(),
  price_set: moneySet,
  tax_lines: z.array(taxLineSchema).nullish(),
  discount_allocations: z.array(discountAllocationSchema).nullish(),
});
export type WireShippingLine = z.output<typeof shippingLineSchema>;

const addressSchema = z.looseObject({
  name: text,
  first_name: text,
  last_name: text,
  company: text,
  address1: text,
  address2: text,
  city: text,
  province: text,
  province_code: text,
  zip: text,
  country_code: text,
  phone: text,
});
export type WireAddress = z.output<typeof addressSchema>;

const customerSchema = z.looseObject({ id: id.nullish(), first_name: text, last_name: text, email: text, phone: text });

const fulfilledLineSchema = z.looseObject({ id, quantity });

/** The body of `fulfillments/*`, and each entry of an order's `fulfillments`. */
export const fulfillmentSchema = z.looseObject({
  id,
  order_id: id,
  status: z.string(),
  created_at: text,
  updated_at: text,
  tracking_number: text,
  tracking_numbers: z.array(z.string()).nullish(),
  line_items: z.array(fulfilledLineSchema).nullish(),
});
export type WireFulfillment = z.output<typeof fulfillmentSchema>;

/** The body of `orders/create`, `orders/updated`, `orders/cancelled`, `orders/paid` and of the order's fulfilment topics. */
export const orderSchema = z.looseObject({
  id,
  name: text,
  currency,
  presentment_currency: text,
  created_at: text,
  processed_at: text,
  updated_at: z.string(),
  cancelled_at: text,
  cancel_reason: text,
  financial_status: text,
  fulfillment_status: text,
  confirmation_number: text,
  customer_locale: text,
  source_name: text,
  tags: text,
  po_number: text,
  test: z.boolean().nullish(),
  taxes_included: z.boolean().nullish(),
  payment_gateway_names: z.array(z.string()).nullish(),
  email: text,
  contact_email: text,
  phone: text,
  note: text,
  note_attributes: z.array(propertySchema).nullish(),
  customer: customerSchema.nullish(),
  billing_address: addressSchema.nullish(),
  shipping_address: addressSchema.nullish(),
  company: z.looseObject({ id: id.nullish(), location_id: id.nullish() }).nullish(),
  line_items: z.array(lineItemSchema).nullish(),
  shipping_lines: z.array(shippingLineSchema).nullish(),
  discount_applications: z.array(discountApplicationSchema).nullish(),
  discount_codes: z.array(z.looseObject({ code: text })).nullish(),
  tax_lines: z.array(taxLineSchema).nullish(),
  fulfillments: z.array(fulfillmentSchema).nullish(),
  refunds: z.array(z.looseObject({})).nullish(),
  total_price: decimal.nullish(),
  total_price_set: moneySet,
  current_total_price: decimal.nullish(),
  current_total_price_set: moneySet,
  total_discounts: decimal.nullish(),
  total_discounts_set: moneySet,
  total_tax: decimal.nullish(),
  total_tax_set: moneySet,
  total_tip_received: decimal.nullish(),
  original_total_duties_set: moneySet,
  original_total_additional_fees_set: moneySet,
  total_cash_rounding_payment_adjustment_set: moneySet,
});
export type WireOrder = z.output<typeof orderSchema>;

/** The body of `returns/request` and `returns/approve`; `order_id` stands in the documented samples, `order` in others. */
export const returnSchema = z.looseObject({
  id,
  order_id: id.nullish(),
  order: z.looseObject({ id }).nullish(),
  status: text,
  return_line_items: z
    .array(
      z.looseObject({
        quantity,
        fulfillment_line_item: z.looseObject({ line_item: z.looseObject({ id }) }).nullish(),
      }),
    )
    .nullish(),
});
export type WireReturn = z.output<typeof returnSchema>;

const transactionSchema = z.looseObject({
  kind: z.string(),
  status: z.string(),
  amount: decimal,
  currency: currency.nullish(),
});

/** The body of `refunds/create`. */
export const refundSchema = z.looseObject({
  id,
  order_id: id,
  created_at: text,
  processed_at: text,
  refund_line_items: z
    .array(z.looseObject({ line_item_id: id, quantity, restock_type: text, subtotal_set: moneySet }))
    .nullish(),
  transactions: z.array(transactionSchema).nullish(),
});
export type WireRefund = z.output<typeof refundSchema>;
