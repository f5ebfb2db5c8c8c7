import type { Order2026 } from '../amazon.wire.js';
import { OrderLog } from './sandbox-order-log.js';
import type { Journal, PackageDetail, SandboxEntry, SandboxFeed } from './sandbox-journal.js';

/** What Amazon knows: orders, confirmed packages, quantities, feeds. Every change is an entry; replaying the entries gives the state. */
export class SandboxState {
  readonly log = new OrderLog();
  private readonly ordersById = new Map<string, Order2026>();
  private readonly packages = new Map<string, PackageDetail[]>();
  private readonly availability = new Map<string, Map<string, number>>();
  private readonly feedsById = new Map<string, SandboxFeed>();
  private lastTime = 0;

  constructor(
    private readonly journal: Journal | undefined,
    private readonly now: () => number,
  ) {
    // The journal holds what `record` appended, nothing else.
    for (const entry of journal?.entries() ?? []) this.apply(entry as SandboxEntry);
  }

  record(entry: SandboxEntry): void {
    this.journal?.append(entry);
    this.apply(entry);
  }

  /** The order, stamped with the time of its change. Times of one order only grow; different orders may share one. */
  stamped(order: Order2026): Order2026 {
    const before = this.ordersById.get(order.orderId)?.lastUpdatedTime;
    const earliest = before === undefined ? 0 : Date.parse(before) + 1;
    return { ...order, lastUpdatedTime: new Date(Math.max(this.now(), this.lastTime, earliest)).toISOString() };
  }

  order(orderId: string): Order2026 | undefined {
    return this.ordersById.get(orderId);
  }

  orders(): readonly Order2026[] {
    return [...this.ordersById.values()];
  }

  confirmations(orderId: string): readonly PackageDetail[] {
    return this.packages.get(orderId) ?? [];
  }

  /** Quantity by fulfillment channel code. */
  quantitiesOf(sku: string): ReadonlyMap<string, number> | undefined {
    return this.availability.get(sku);
  }

  /** Quantity of the seller's own stock by SKU. */
  quantities(): ReadonlyMap<string, number> {
    return new Map([...this.availability].map(([sku, codes]) => [sku, codes.get('DEFAULT') ?? 0]));
  }

  feed(feedId: string): SandboxFeed | undefined {
    return this.feedsById.get(feedId);
  }

  /** In the order in which they came. */
  feeds(): readonly SandboxFeed[] {
    return [...this.feedsById.values()];
  }

  private apply(entry: SandboxEntry): void {
    if (entry.type === 'feed') {
      this.feedsById.set(entry.feed.feedId, entry.feed);
      return;
    }
    if (entry.type === 'availability') {
      const codes = this.availability.get(entry.sku) ?? new Map<string, number>();
      this.availability.set(entry.sku, codes.set(entry.channelCode, entry.quantity));
      return;
    }
    const { order, confirmed } = entry;
    this.ordersById.set(order.orderId, order);
    this.lastTime = Math.max(this.lastTime, Date.parse(order.lastUpdatedTime));
    this.log.append(order);
    if (confirmed === undefined) return;
    const packages = this.packages.get(order.orderId) ?? [];
    packages.push(confirmed);
    this.packages.set(order.orderId, packages);
  }
}
