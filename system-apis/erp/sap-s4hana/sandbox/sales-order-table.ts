import { nestedEntities, text, type Entity } from './entity-check.js';
import { netAmount, sumAmounts } from './net-amount.js';
import type { EntryOf } from './sandbox-entry.js';
import type { SandboxSalesOrder } from './sap-sandbox.types.js';

export interface SalesOrderItemDocument {
  readonly number: string;
  /** The item's own properties, without what hangs on it. */
  readonly properties: Entity;
  readonly prices: readonly Entity[];
  readonly quantity: number;
  readonly delivered: number;
  readonly rejection: string;
}

export interface SalesOrderDocument {
  readonly number: string;
  readonly header: Entity;
  readonly items: ReadonlyMap<string, SalesOrderItemDocument>;
  readonly changedAt: string;
  readonly decidesAt: number;
  readonly rejection: string;
}

const FIRST_NUMBER = 1_000_001;

/** All sales orders, by number and by customer reference (which SAP does not keep unique). */
export class SalesOrderTable {
  private readonly byNumber = new Map<string, SalesOrderDocument>();
  private readonly byPurchaseOrder = new Map<string, string[]>();

  nextNumber(): string {
    return String(FIRST_NUMBER + this.byNumber.size);
  }

  /** The document as it is now: a credit decision that is due has been made. */
  get(number: string): SalesOrderDocument | undefined {
    const order = this.byNumber.get(number);
    if (order === undefined || order.rejection === '' || Date.now() < order.decidesAt) return order;
    const items = [...order.items.values()].map((item) => ({
      ...item,
      rejection: item.rejection === '' ? order.rejection : item.rejection,
    }));
    return { ...order, items: byItemNumber(items) };
  }

  withPurchaseOrder(purchaseOrder: string): readonly SalesOrderDocument[] {
    return this.all(this.byPurchaseOrder.get(purchaseOrder) ?? []);
  }

  all(numbers: Iterable<string> = this.byNumber.keys()): readonly SalesOrderDocument[] {
    return [...numbers].flatMap((number) => this.get(number) ?? []);
  }

  create(entry: EntryOf<'SALES_ORDER_CREATED'>): void {
    const items = entry.items.map(itemDocument);
    this.byNumber.set(entry.salesOrder, {
      number: entry.salesOrder,
      header: withoutNavigations(entry.header),
      items: byItemNumber(items),
      changedAt: entry.at,
      decidesAt: entry.decidesAt,
      rejection: entry.rejection,
    });
    const purchaseOrder = text(entry.header, 'PurchaseOrderByCustomer');
    const others = this.byPurchaseOrder.get(purchaseOrder);
    if (others === undefined) this.byPurchaseOrder.set(purchaseOrder, [entry.salesOrder]);
    else others.push(entry.salesOrder);
  }

  changeItem(entry: EntryOf<'SALES_ORDER_ITEM_CHANGED'>): void {
    const { RequestedQuantity: quantity, SalesDocumentRjcnReason: rejection } = entry.change;
    this.updateItem(entry.salesOrder, entry.item, entry.at, (item) => ({
      ...item,
      properties: { ...item.properties, ...entry.change },
      ...(typeof quantity === 'string' ? { quantity: Number(quantity) } : {}),
      ...(typeof rejection === 'string' ? { rejection } : {}),
    }));
  }

  deliver(entry: EntryOf<'DELIVERY_CREATED'>): void {
    for (const { salesOrder, salesOrderItem, quantity } of entry.items)
      this.updateItem(salesOrder, salesOrderItem, entry.at, (item) => ({
        ...item,
        delivered: item.delivered + quantity,
      }));
  }

  private updateItem(
    salesOrder: string,
    number: string,
    at: string,
    update: (item: SalesOrderItemDocument) => SalesOrderItemDocument,
  ): void {
    const order = this.byNumber.get(salesOrder);
    const item = order?.items.get(number);
    if (order === undefined || item === undefined)
      throw new Error(`sales order item ${salesOrder}/${number} is missing`);
    this.byNumber.set(salesOrder, {
      ...order,
      items: new Map(order.items).set(number, update(item)),
      changedAt: at,
    });
  }
}

export function totalNetAmount(order: SalesOrderDocument): string {
  return sumAmounts([...order.items.values()].map((item) => netAmount(item.prices, item.quantity)));
}

/** The document as inspection and the credit decision see it. */
export function describeSalesOrder(order: SalesOrderDocument): SandboxSalesOrder {
  return {
    salesOrder: order.number,
    purchaseOrder: text(order.header, 'PurchaseOrderByCustomer'),
    soldToParty: text(order.header, 'SoldToParty'),
    currency: text(order.header, 'TransactionCurrency'),
    totalNetAmount: totalNetAmount(order),
    header: order.header,
    items: [...order.items.values()].map((item) => ({
      item: item.number,
      material: text(item.properties, 'Material'),
      quantity: item.quantity,
      delivered: item.delivered,
      rejectionReason: item.rejection,
    })),
  };
}

function itemDocument(item: Entity): SalesOrderItemDocument {
  return {
    number: text(item, 'SalesOrderItem'),
    properties: withoutNavigations(item),
    prices: nestedEntities(item['to_PricingElement']),
    quantity: Number(text(item, 'RequestedQuantity')),
    delivered: 0,
    rejection: text(item, 'SalesDocumentRjcnReason'),
  };
}

function byItemNumber(items: readonly SalesOrderItemDocument[]): ReadonlyMap<string, SalesOrderItemDocument> {
  return new Map(items.map((item) => [item.number, item]));
}

function withoutNavigations(entity: Entity): Entity {
  return Object.fromEntries(Object.entries(entity).filter(([name]) => !name.startsWith('to_')));
}
