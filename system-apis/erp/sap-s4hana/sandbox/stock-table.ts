import type { DeliveryItemEntry, EntryOf } from './sandbox-entry.js';
import type { SandboxStock } from './sap-sandbox.types.js';

/** SAP keeps three decimals of a quantity; whole numbers of them add up exactly. */
const PARTS_PER_UNIT = 1_000;
const UNRESTRICTED = '01';

interface StockRecord extends Required<Omit<SandboxStock, 'quantity'>> {
  readonly parts: number;
}

/** Stock by material, place, batch and type. A goods issue may take it below zero, as in a plant that allows it. */
export class StockTable {
  private readonly records = new Map<string, StockRecord>();
  private changedByHand = false;

  get wasSet(): boolean {
    return this.changedByHand;
  }

  set(entry: EntryOf<'STOCK_SET'>): void {
    this.changedByHand = true;
    const { material, plant, storageLocation, batch, stockType, specialStockType } = entry;
    const parts = Math.round(entry.quantity * PARTS_PER_UNIT);
    this.put({ material, plant, storageLocation, batch, stockType, specialStockType, parts });
  }

  issue({ material, plant, storageLocation, quantity }: DeliveryItemEntry): void {
    const record = { material, plant, storageLocation, batch: '', stockType: UNRESTRICTED, specialStockType: '' };
    const before = this.records.get(keyOf(record))?.parts ?? 0;
    this.put({ ...record, parts: before - quantity * PARTS_PER_UNIT });
  }

  /** In the order of the keys; stock of 0 is no record. */
  all(): readonly Required<SandboxStock>[] {
    return [...this.records]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { parts, ...record }]) => ({ ...record, quantity: parts / PARTS_PER_UNIT }));
  }

  private put(record: StockRecord): void {
    if (record.parts === 0) this.records.delete(keyOf(record));
    else this.records.set(keyOf(record), record);
  }
}

function keyOf(record: Omit<StockRecord, 'parts'>): string {
  const { material, plant, storageLocation, batch, specialStockType, stockType } = record;
  return JSON.stringify([material, plant, storageLocation, batch, specialStockType, stockType]);
}
