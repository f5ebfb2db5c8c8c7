import { createHash } from 'node:crypto';
import { cancelled, fulfilled, placed, refunded } from './order-changes.js';
import type { RestFulfillment, RestOrder } from './rest-order.js';
import type { ShopEntry, UnitsOfLine, Webhook } from './shop-entries.js';
import { Stockroom, type StockedItem } from './stockroom.js';

const FIRST_ID = 5_900_000_000_001;
const FIRST_ORDER_NUMBER = 1001;

export interface WorkLine {
  readonly id: number;
  readonly lineItemId: number;
  readonly total: number;
  readonly remaining: number;
}

/** Shopify's FulfillmentOrder: the work of one location. */
export interface Work {
  readonly id: number;
  readonly orderId: number;
  readonly locationId: number;
  readonly status: 'OPEN' | 'IN_PROGRESS' | 'CLOSED' | 'CANCELLED';
  readonly lines: readonly WorkLine[];
}

/** All that a shop holds, as the fold of its entries. Holds immutable bodies, so a webhook can keep the one of its event. */
export class Shop {
  readonly orders = new Map<number, RestOrder>();
  readonly fulfillments = new Map<number, RestFulfillment>();
  readonly work = new Map<number, Work>();
  readonly stock: Stockroom;
  private readonly workOfOrder = new Map<number, readonly number[]>();
  private newestOrder = 0;
  private lastId = FIRST_ID;
  private entries = 0;

  constructor(
    private readonly domain: string,
    items: readonly StockedItem[],
  ) {
    this.stock = new Stockroom(items);
  }

  workOf(orderId: number): readonly Work[] {
    return (this.workOfOrder.get(orderId) ?? []).flatMap((id) => this.work.get(id) ?? []);
  }

  /** Applies what happened, and gives the webhooks that Shopify sends of it. The caller has checked that it can happen. */
  apply(entry: ShopEntry): readonly Webhook[] {
    this.entries += 1;
    switch (entry.kind) {
      case 'order':
        return this.place(entry);
      case 'cancel':
        return this.cancel(entry);
      case 'refund':
        return this.refund(entry);
      case 'fulfillment':
        return this.fulfill(entry);
      case 'counted':
        this.stock.put(entry.item, entry.location, entry.available);
        return [];
      case 'quantities':
        this.stock.set(entry.key, entry.fingerprint, entry.changes);
        return [];
    }
  }

  /** The order as it must be for an entry about it; a journal that names another is broken. */
  orderOf(id: number): RestOrder {
    const order = this.orders.get(id);
    if (order === undefined) throw new Error(`the shop has no order ${id}`);
    return order;
  }

  newest(): RestOrder {
    return this.orderOf(this.newestOrder);
  }

  private place(entry: Extract<ShopEntry, { kind: 'order' }>): readonly Webhook[] {
    const order = placed(entry.order, entry.at, FIRST_ORDER_NUMBER + this.orders.size, () => this.nextId());
    this.orders.set(order.id, order);
    this.newestOrder = order.id;
    this.planWork(order);
    for (const line of order.line_items) this.stock.take(line.sku, line.quantity);
    return [this.webhook('orders/create', entry.at, order)];
  }

  private cancel(entry: Extract<ShopEntry, { kind: 'cancel' }>): readonly Webhook[] {
    const before = this.orderOf(entry.orderId);
    for (const line of before.line_items) this.stock.take(line.sku, -line.fulfillable_quantity);
    for (const work of this.workOf(before.id))
      this.work.set(work.id, {
        ...work,
        status: 'CANCELLED',
        lines: work.lines.map((line) => ({ ...line, remaining: 0 })),
      });
    const order = cancelled(before, entry.at, entry.reason);
    this.orders.set(order.id, order);
    return [this.webhook('orders/cancelled', entry.at, order), this.webhook('orders/updated', entry.at, order)];
  }

  private refund(entry: Extract<ShopEntry, { kind: 'refund' }>): readonly Webhook[] {
    const before = this.orderOf(entry.orderId);
    const { order, refund } = refunded(before, entry.at, entry.lines, entry.restock, () => this.nextId());
    this.orders.set(order.id, order);
    for (const line of order.line_items) {
      const was = before.line_items.find(({ id }) => id === line.id)?.fulfillable_quantity ?? 0;
      this.closeWork(order.id, line.id, was - line.fulfillable_quantity);
      const units = entry.lines.find(({ id }) => id === line.id)?.quantity ?? 0;
      if (entry.restock) this.stock.take(line.sku, -units);
    }
    return [this.webhook('refunds/create', entry.at, refund), this.webhook('orders/updated', entry.at, order)];
  }

  private fulfill(entry: Extract<ShopEntry, { kind: 'fulfillment' }>): readonly Webhook[] {
    const before = this.orderOf(entry.orderId);
    const lines = this.takeFromWork(before.id, entry.lines);
    const { order, fulfillment } = fulfilled(before, entry.at, lines, entry.tracking, () => this.nextId());
    this.orders.set(order.id, order);
    this.fulfillments.set(fulfillment.id, fulfillment);
    return [
      this.webhook('fulfillments/create', entry.at, fulfillment),
      this.webhook('orders/updated', entry.at, order),
    ];
  }

  /** Routes each line to the location that stocks it, as one fulfillment order per location. */
  private planWork(order: RestOrder): void {
    const byLocation = new Map<number, WorkLine[]>();
    for (const line of order.line_items) {
      if (!line.requires_shipping) continue;
      const location = this.stock.locationOf(line.sku);
      const lines = byLocation.get(location) ?? [];
      lines.push({ id: this.nextId(), lineItemId: line.id, total: line.quantity, remaining: line.quantity });
      byLocation.set(location, lines);
    }
    const planned = [...byLocation].map(([locationId, lines]): Work => {
      return { id: this.nextId(), orderId: order.id, locationId, status: 'OPEN', lines };
    });
    for (const work of planned) this.work.set(work.id, work);
    this.workOfOrder.set(
      order.id,
      planned.map(({ id }) => id),
    );
  }

  /** Gives the units by line item. */
  private takeFromWork(orderId: number, taken: readonly UnitsOfLine[]): readonly UnitsOfLine[] {
    const units = new Map(taken.map(({ id, quantity }) => [id, quantity]));
    const byLine = new Map<number, number>();
    for (const work of this.workOf(orderId)) {
      if (!work.lines.some(({ id }) => units.has(id))) continue;
      const lines = work.lines.map((line) => ({ ...line, remaining: line.remaining - (units.get(line.id) ?? 0) }));
      for (const line of work.lines)
        if (units.has(line.id))
          byLine.set(line.lineItemId, (byLine.get(line.lineItemId) ?? 0) + (units.get(line.id) ?? 0));
      this.work.set(work.id, withStatus({ ...work, lines }));
    }
    return [...byLine].map(([id, quantity]) => ({ id, quantity }));
  }

  private closeWork(orderId: number, lineItemId: number, units: number): void {
    let left = units;
    for (const work of this.workOf(orderId)) {
      const lines = work.lines.map((line) => {
        const gone = line.lineItemId === lineItemId ? Math.min(left, line.remaining) : 0;
        left -= gone;
        return gone === 0 ? line : { ...line, remaining: line.remaining - gone };
      });
      this.work.set(work.id, withStatus({ ...work, lines }));
    }
  }

  private webhook(topic: string, at: string, resource: object): Webhook {
    const eventId = stableUuid(this.domain, String(this.entries));
    const webhookId = stableUuid(this.domain, String(this.entries), topic);
    return { webhookId, eventId, topic, triggeredAt: at, resource };
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}

function withStatus(work: Work): Work {
  if (work.lines.every(({ remaining }) => remaining === 0)) return { ...work, status: 'CLOSED' };
  const untouched = work.lines.every(({ remaining, total }) => remaining === total);
  return untouched ? work : { ...work, status: 'IN_PROGRESS' };
}

/** The same words give the same id, so that a webhook keeps its id over a restart. */
function stableUuid(...words: readonly string[]): string {
  const hex = createHash('sha256').update(words.join('\n')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
