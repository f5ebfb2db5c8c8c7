import type { Order2026, OrderItem2026 } from '../amazon.wire.js';

/** Sections of the order and of its items that come only when `includedData` names their data set. */
const SECTIONS: Readonly<
  Record<string, { readonly order: readonly (keyof Order2026)[]; readonly item: readonly (keyof OrderItem2026)[] }>
> = {
  BUYER: { order: ['buyer'], item: [] },
  RECIPIENT: { order: ['recipient'], item: [] },
  PROCEEDS: { order: ['proceeds'], item: ['proceeds'] },
  EXPENSE: { order: [], item: ['expense'] },
  PROMOTION: { order: [], item: ['promotion'] },
  CANCELLATION: { order: [], item: ['cancellation'] },
  FULFILLMENT: { order: ['fulfillment'], item: ['fulfillment'] },
  PACKAGES: { order: ['packages'], item: [] },
  TAX: { order: ['tax'], item: ['tax'] },
  PAYMENT: { order: ['payment'], item: [] },
  FULFILLMENT_ORDERS: { order: ['fulfillmentOrders'], item: [] },
};

export function isDataSet(name: string): boolean {
  return Object.hasOwn(SECTIONS, name);
}

/** Shows orders as Amazon does to a caller who asked for these data sets. */
export function orderView(included: readonly string[]): (order: Order2026) => Order2026 {
  const left = Object.entries(SECTIONS).filter(([name]) => !included.includes(name));
  const orderSections = new Set(left.flatMap(([, sections]) => sections.order));
  const itemSections = new Set(left.flatMap(([, sections]) => sections.item));
  return (order) =>
    ({
      ...without(order, orderSections),
      orderItems:
        itemSections.size === 0 ? order.orderItems : order.orderItems.map((item) => without(item, itemSections)),
    }) as Order2026;
}

function without<T extends object>(value: T, keys: ReadonlySet<keyof T>): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key as keyof T))) as Partial<T>;
}
