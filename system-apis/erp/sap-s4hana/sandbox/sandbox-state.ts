import { DeliveryTable } from './delivery-table.js';
import { sandboxEntrySchema, type SandboxEntry } from './sandbox-entry.js';
import { SalesOrderTable } from './sales-order-table.js';
import { StockTable } from './stock-table.js';
import type { Journal } from './sap-sandbox.types.js';

type NewEntry<Entry> = Entry extends unknown ? Omit<Entry, 'at'> : never;

/** All documents. Every change is an entry: applied, and appended to the journal. */
export class SandboxState {
  readonly salesOrders = new SalesOrderTable();
  readonly deliveries = new DeliveryTable();
  readonly stock = new StockTable();
  private changes = 0;

  constructor(private readonly journal: Journal | undefined) {
    for (const entry of journal?.entries() ?? []) this.apply(sandboxEntrySchema.parse(entry));
  }

  record(change: NewEntry<SandboxEntry>): void {
    const entry: SandboxEntry = { ...change, at: this.timestamp() };
    this.apply(entry);
    this.journal?.append(entry);
  }

  private apply(entry: SandboxEntry): void {
    switch (entry.kind) {
      case 'SALES_ORDER_CREATED':
        return this.salesOrders.create(entry);
      case 'SALES_ORDER_ITEM_CHANGED':
        return this.salesOrders.changeItem(entry);
      case 'DELIVERY_CREATED':
        this.salesOrders.deliver(entry);
        return this.deliveries.create(entry);
      case 'SERIAL_ADDED':
        return this.deliveries.addSerial(entry);
      case 'SERIALS_DELETED':
        return this.deliveries.deleteSerials(entry);
      case 'PICKED':
        return this.deliveries.pick(entry);
      case 'GOODS_ISSUED':
        for (const item of this.deliveries.get(entry.delivery)?.items.values() ?? []) this.stock.issue(item);
        return this.deliveries.issueGoods(entry);
      case 'STOCK_SET':
        return this.stock.set(entry);
    }
  }

  // SAP's time stamps have seven decimals, so that two changes in one millisecond differ; the etag is made of them.
  private timestamp(): string {
    this.changes += 1;
    return new Date().toISOString().replace('Z', `${String(this.changes % 10_000).padStart(4, '0')}Z`);
  }
}
