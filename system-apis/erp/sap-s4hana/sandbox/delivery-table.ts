import { text, type Entity } from './entity-check.js';
import type { DeliveryItemEntry, EntryOf } from './sandbox-entry.js';
import type { SandboxDelivery } from './sap-sandbox.types.js';

export interface DeliveryItemDocument extends DeliveryItemEntry {
  readonly serials: ReadonlySet<string>;
}

export interface DeliveryDocument {
  readonly number: string;
  readonly header: Entity;
  readonly items: ReadonlyMap<string, DeliveryItemDocument>;
  readonly changedAt: string;
  readonly picked: boolean;
  /** When the billing due list takes it; undefined before goods issue. */
  readonly billsAt: number | undefined;
}

const FIRST_NUMBER = 80_000_001;
const INVOICE_OFFSET = 10_000_000;

/** All deliveries, by number and by external delivery number (which SAP does not keep unique). */
export class DeliveryTable {
  private readonly byNumber = new Map<string, DeliveryDocument>();
  private readonly byExternalNumber = new Map<string, string[]>();

  nextNumber(): string {
    return String(FIRST_NUMBER + this.byNumber.size);
  }

  get(number: string): DeliveryDocument | undefined {
    return this.byNumber.get(number);
  }

  withExternalNumber(externalNumber: string): readonly DeliveryDocument[] {
    return this.all(this.byExternalNumber.get(externalNumber) ?? []);
  }

  all(numbers: Iterable<string> = this.byNumber.keys()): readonly DeliveryDocument[] {
    return [...numbers].flatMap((number) => this.get(number) ?? []);
  }

  create(entry: EntryOf<'DELIVERY_CREATED'>): void {
    this.byNumber.set(entry.delivery, {
      number: entry.delivery,
      header: entry.header,
      items: new Map(entry.items.map((item) => [item.item, { ...item, serials: new Set<string>() }])),
      changedAt: entry.at,
      picked: false,
      billsAt: undefined,
    });
    const externalNumber = text(entry.header, 'DeliveryDocumentBySupplier');
    const others = this.byExternalNumber.get(externalNumber);
    if (others === undefined) this.byExternalNumber.set(externalNumber, [entry.delivery]);
    else others.push(entry.delivery);
  }

  addSerial(entry: EntryOf<'SERIAL_ADDED'>): void {
    this.updateSerials(entry, (serials) => new Set([...serials, entry.serial]));
  }

  deleteSerials(entry: EntryOf<'SERIALS_DELETED'>): void {
    this.updateSerials(entry, () => new Set());
  }

  pick(entry: EntryOf<'PICKED'>): void {
    this.update(entry, (delivery) => ({ ...delivery, picked: true }));
  }

  issueGoods(entry: EntryOf<'GOODS_ISSUED'>): void {
    this.update(entry, (delivery) => ({ ...delivery, billsAt: entry.billsAt }));
  }

  private updateSerials(
    entry: EntryOf<'SERIAL_ADDED' | 'SERIALS_DELETED'>,
    change: (serials: ReadonlySet<string>) => ReadonlySet<string>,
  ): void {
    this.update(entry, (delivery) => {
      const item = delivery.items.get(entry.item);
      if (item === undefined) throw new Error(`delivery item ${entry.delivery}/${entry.item} is missing`);
      return {
        ...delivery,
        items: new Map(delivery.items).set(entry.item, { ...item, serials: change(item.serials) }),
      };
    });
  }

  private update(
    entry: { readonly delivery: string; readonly at: string },
    change: (delivery: DeliveryDocument) => DeliveryDocument,
  ): void {
    const delivery = this.byNumber.get(entry.delivery);
    if (delivery === undefined) throw new Error(`delivery ${entry.delivery} is missing`);
    this.byNumber.set(entry.delivery, { ...change(delivery), changedAt: entry.at });
  }
}

/** The number of the billing document, once the billing due list has run. */
export function invoiceNumber(delivery: DeliveryDocument): string | undefined {
  if (delivery.billsAt === undefined || Date.now() < delivery.billsAt) return undefined;
  return String(Number(delivery.number) + INVOICE_OFFSET);
}

export function describeDelivery(delivery: DeliveryDocument): SandboxDelivery {
  const invoice = invoiceNumber(delivery);
  return {
    deliveryDocument: delivery.number,
    externalDelivery: text(delivery.header, 'DeliveryDocumentBySupplier'),
    items: [...delivery.items.values()].map(({ salesOrder, salesOrderItem, material, quantity, serials }) => ({
      salesOrder,
      salesOrderItem,
      material,
      quantity,
      serials: [...serials],
    })),
    goodsIssued: delivery.billsAt !== undefined,
    ...(invoice === undefined ? {} : { invoice }),
  };
}
