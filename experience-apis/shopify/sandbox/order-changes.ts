import {
  cents,
  decimal,
  moneySet,
  restTime,
  type RestFulfillment,
  type RestLine,
  type RestOrder,
  type RestRefund,
} from './rest-order.js';
import type { Tracking, UnitsOfLine } from './shop-entries.js';

/** Gives ids in order: deterministic, so that a replay of the journal gives the same. */
export type NextId = () => number;

/** The order as Shopify first tells it: with ids, a number, and nothing fulfilled. */
export function placed(draft: RestOrder, at: string, number: number, nextId: NextId): RestOrder {
  const id = nextId();
  const time = restTime(at);
  return {
    ...draft,
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: `#${number}`,
    number: number - 1000,
    order_number: number,
    confirmation_number: id.toString(36).toUpperCase(),
    created_at: time,
    processed_at: time,
    updated_at: time,
    line_items: draft.line_items.map((line) => {
      const lineId = nextId();
      return { ...line, id: lineId, admin_graphql_api_id: `gid://shopify/LineItem/${lineId}` };
    }),
  };
}

export function cancelled(order: RestOrder, at: string, reason: string): RestOrder {
  return {
    ...order,
    updated_at: restTime(at),
    cancelled_at: restTime(at),
    cancel_reason: reason,
    financial_status: order.financial_status === 'paid' ? 'refunded' : 'voided',
    line_items: order.line_items.map((line) => ({ ...line, current_quantity: 0, fulfillable_quantity: 0 })),
  };
}

/** Units by line item id. */
export function fulfilled(
  order: RestOrder,
  at: string,
  lines: readonly UnitsOfLine[],
  tracking: Tracking,
  nextId: NextId,
): { readonly order: RestOrder; readonly fulfillment: RestFulfillment } {
  const fulfillment = newFulfillment(order, at, lines, tracking, nextId());
  const units = new Map(lines.map(({ id, quantity }) => [id, quantity]));
  const lineItems = order.line_items.map((line) => {
    const left = line.fulfillable_quantity - (units.get(line.id) ?? 0);
    if (left === line.fulfillable_quantity) return line;
    return { ...line, fulfillable_quantity: left, fulfillment_status: left === 0 ? 'fulfilled' : 'partial' };
  });
  const open = lineItems.some((line) => line.requires_shipping && line.fulfillable_quantity > 0);
  const after: RestOrder = {
    ...order,
    updated_at: restTime(at),
    fulfillment_status: open ? 'partial' : 'fulfilled',
    line_items: lineItems,
    fulfillments: [...order.fulfillments, fulfillment],
  };
  return { order: after, fulfillment };
}

function newFulfillment(
  order: RestOrder,
  at: string,
  lines: readonly UnitsOfLine[],
  tracking: Tracking,
  id: number,
): RestFulfillment {
  const byId = new Map(order.line_items.map((line) => [line.id, line]));
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Fulfillment/${id}`,
    order_id: order.id,
    name: `${order.name}.${order.fulfillments.length + 1}`,
    status: 'success',
    service: 'manual',
    shipment_status: null,
    created_at: restTime(at),
    updated_at: restTime(at),
    tracking_company: tracking.company,
    tracking_number: tracking.number,
    tracking_numbers: tracking.number === null ? [] : [tracking.number],
    tracking_url: tracking.url,
    tracking_urls: tracking.url === null ? [] : [tracking.url],
    line_items: lines.flatMap(({ id: lineId, quantity }) => {
      const line = byId.get(lineId);
      return line === undefined ? [] : [{ ...line, quantity }];
    }),
    receipt: {},
  };
}

/** Takes units off the order and gives their money back; unfulfilled units are cancelled, others count as returned. */
export function refunded(
  order: RestOrder,
  at: string,
  lines: readonly UnitsOfLine[],
  restock: boolean,
  nextId: NextId,
): { readonly order: RestOrder; readonly refund: RestRefund } {
  const id = nextId();
  const byId = new Map(order.line_items.map((line) => [line.id, line]));
  const refundLines = lines.flatMap(({ id: lineId, quantity }) => {
    const line = byId.get(lineId);
    return line === undefined ? [] : [refundLine(line, quantity, order.currency, restock, nextId())];
  });
  const total = refundLines.reduce((sum, line) => sum + cents(line.subtotal) + cents(line.total_tax), 0);
  const transaction = refundTransaction(order, decimal(total), at, nextId());
  const refund: RestRefund = {
    id,
    admin_graphql_api_id: `gid://shopify/Refund/${id}`,
    order_id: order.id,
    created_at: restTime(at),
    processed_at: restTime(at),
    note: null,
    restock,
    duties: [],
    order_adjustments: [],
    refund_shipping_lines: [],
    refund_line_items: refundLines,
    transactions: [transaction],
  };
  const after: RestOrder = {
    ...order,
    updated_at: restTime(at),
    financial_status: 'partially_refunded',
    line_items: order.line_items.map((line) => withoutUnits(line, lines)),
    refunds: [...order.refunds, refund],
  };
  return { order: after, refund };
}

function refundLine(line: RestLine, quantity: number, currency: string, restock: boolean, id: number) {
  const discount = line.discount_allocations.reduce((sum, { amount }) => sum + cents(amount), 0);
  const tax = line.tax_lines.reduce((sum, { price }) => sum + cents(price), 0);
  const subtotal = Math.floor(((cents(line.price) * line.quantity - discount) * quantity) / line.quantity);
  const taxPart = Math.floor((tax * quantity) / line.quantity);
  const taken = line.fulfillable_quantity >= quantity ? 'cancel' : 'return';
  return {
    id,
    line_item_id: line.id,
    line_item: line,
    quantity,
    restock_type: restock ? taken : 'no_restock',
    subtotal: decimal(subtotal),
    subtotal_set: moneySet(subtotal, currency),
    total_tax: decimal(taxPart),
    total_tax_set: moneySet(taxPart, currency),
  };
}

function refundTransaction(order: RestOrder, amount: string, at: string, id: number): object {
  return {
    id,
    order_id: order.id,
    kind: 'refund',
    status: 'success',
    gateway: 'bogus',
    amount,
    currency: order.currency,
    created_at: restTime(at),
    processed_at: restTime(at),
    test: true,
  };
}

function withoutUnits(line: RestLine, taken: readonly UnitsOfLine[]): RestLine {
  const units = taken.find(({ id }) => id === line.id)?.quantity ?? 0;
  if (units === 0) return line;
  const unfulfilled = line.fulfillable_quantity >= units ? units : 0;
  return {
    ...line,
    current_quantity: line.current_quantity - units,
    fulfillable_quantity: line.fulfillable_quantity - unfulfilled,
  };
}
