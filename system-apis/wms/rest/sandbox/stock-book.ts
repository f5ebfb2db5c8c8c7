import { LOTS_MAX, type WireStockEvent, type WireStockPosition } from '../wms-rest-stock.wire.js';
import type { LotUnits } from '../wms-rest-text.wire.js';

/** Base units by unit of measure, by item: `{ 'COFFEE-250': { CASE: 12 } }`. */
export type UnitFactors = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Units in base units that are there before the first event. */
export interface OpeningStock {
  readonly node: string;
  readonly sku: string;
  readonly quantity: number;
  readonly lot?: string;
  readonly expiresOn?: string;
}

/** Units of no known lot when `lot` is absent. */
interface OfLot {
  readonly lot?: string | undefined;
  readonly expiresOn?: string | undefined;
}

interface LotRecord {
  readonly lot: string;
  readonly expiresOn: string | undefined;
  onHand: number;
}

interface BookedPosition {
  onHand: number;
  held: number;
  /** Lots with units; units of no known lot are in `onHand` alone. */
  readonly lots: Map<string, LotRecord>;
}

/** What the warehouse has, by node and item, in base units. What leaves beyond the books was there unbooked: they stop at 0. */
export class StockBook {
  private readonly nodes = new Map<string, Map<string, BookedPosition>>();
  private readonly sequences = new Map<string, number>();

  constructor(private readonly unitFactors: UnitFactors) {}

  /** The last number that a stock event of the node had; 0 before the first. */
  sequence(node: string): number {
    return this.sequences.get(node) ?? 0;
  }

  /** Items that were ever there, by SKU. */
  positions(node: string): readonly WireStockPosition[] {
    return [...(this.nodes.get(node) ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(toWirePosition);
  }

  /** Why the event cannot be booked, or undefined. */
  refusalOf(event: Pick<WireStockEvent, 'sku' | 'node' | 'unit'> & OfLot): string | undefined {
    if (event.unit !== undefined && this.unitFactors[event.sku]?.[event.unit] === undefined)
      return `the sandbox does not know how many units of ${event.sku} are in a ${event.unit}`;
    const lots = this.nodes.get(event.node)?.get(event.sku)?.lots;
    if (event.lot !== undefined && lots?.has(event.lot) === false && lots.size >= LOTS_MAX)
      return `${event.sku} has ${LOTS_MAX} lots at ${event.node} already`;
    return undefined;
  }

  open(stock: OpeningStock): void {
    this.change(stock.node, stock.sku, stock.quantity, stock);
  }

  apply(event: WireStockEvent): void {
    if (event.sequence !== undefined) this.sequences.set(event.node, event.sequence);
    const { sku, node } = event;
    const units = event.quantity * this.factor(event);
    switch (event.type) {
      case 'stock.received':
      case 'transfer.received':
      case 'stock.adjusted':
        return this.change(node, sku, units, event);
      case 'transfer.shipped':
        return this.change(node, sku, -units, event);
      case 'stock.counted':
        return this.count(node, sku, units, event);
      case 'stock.held':
        return this.hold(node, sku, units);
      case 'stock.hold_lifted':
        return this.hold(node, sku, -units);
      case 'stock.announced':
      case 'stock.announcement_cancelled':
    }
  }

  /** Takes units off: those of the suggested lots first, then what expires first. Gives the lots that they came from. */
  takeOut(node: string, sku: string, units: number, suggested: readonly LotUnits[]): readonly LotUnits[] {
    const position = this.position(node, sku);
    const taken = new Map<string, number>();
    let open = units;
    const takeFrom = (record: LotRecord | undefined, most: number): void => {
      const quantity = Math.min(record?.onHand ?? 0, most, open);
      if (record === undefined || quantity === 0) return;
      record.onHand -= quantity;
      open -= quantity;
      taken.set(record.lot, (taken.get(record.lot) ?? 0) + quantity);
    };
    for (const { lot, quantity, sku: of } of suggested) if (of === sku) takeFrom(position.lots.get(lot), quantity);
    for (const record of firstExpiredFirst(position)) takeFrom(record, open);
    settle(position, position.onHand - units);
    return [...taken].map(([lot, quantity]) => ({ sku, lot, quantity }));
  }

  private change(node: string, sku: string, units: number, ofLot: OfLot): void {
    const position = this.position(node, sku);
    const record = lotRecord(position, ofLot);
    if (record !== undefined) record.onHand = Math.max(0, record.onHand + units);
    settle(position, position.onHand + units);
  }

  private count(node: string, sku: string, units: number, ofLot: OfLot): void {
    const position = this.position(node, sku);
    const record = lotRecord(position, ofLot);
    const before = record === undefined ? position.onHand : record.onHand;
    if (record !== undefined) record.onHand = units;
    settle(position, position.onHand + units - before);
  }

  private hold(node: string, sku: string, units: number): void {
    const position = this.position(node, sku);
    position.held = Math.max(0, position.held + units);
    settle(position, position.onHand);
  }

  private factor({ sku, unit }: Pick<WireStockEvent, 'sku' | 'unit'>): number {
    return unit === undefined ? 1 : (this.unitFactors[sku]?.[unit] ?? 1);
  }

  private position(node: string, sku: string): BookedPosition {
    const items = this.nodes.get(node) ?? new Map<string, BookedPosition>();
    this.nodes.set(node, items);
    const position = items.get(sku) ?? { onHand: 0, held: 0, lots: new Map<string, LotRecord>() };
    items.set(sku, position);
    return position;
  }
}

function lotRecord(position: BookedPosition, { lot, expiresOn }: OfLot): LotRecord | undefined {
  if (lot === undefined) return undefined;
  const record = position.lots.get(lot) ?? { lot, expiresOn, onHand: 0 };
  position.lots.set(lot, record);
  return record;
}

/** Neither held units nor those of lots are ever more than are there. */
function settle(position: BookedPosition, onHand: number): void {
  position.onHand = Math.max(0, onHand);
  position.held = Math.min(position.held, position.onHand);
  let excess = [...position.lots.values()].reduce((sum, record) => sum + record.onHand, 0) - position.onHand;
  for (const record of firstExpiredFirst(position)) {
    const off = Math.min(record.onHand, Math.max(0, excess));
    record.onHand -= off;
    excess -= off;
    if (record.onHand === 0) position.lots.delete(record.lot);
  }
}

function firstExpiredFirst({ lots }: BookedPosition): readonly LotRecord[] {
  const key = ({ expiresOn, lot }: LotRecord): string => `${expiresOn ?? '9999-12-31'} ${lot}`;
  return [...lots.values()].toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function toWirePosition([sku, position]: readonly [string, BookedPosition]): WireStockPosition {
  const lots = firstExpiredFirst(position).map(({ lot, expiresOn, onHand }) => ({
    lot,
    ...(expiresOn === undefined ? {} : { expiresOn }),
    onHand,
  }));
  return {
    sku,
    onHand: position.onHand,
    qualityHold: position.held,
    ...(lots.length === 0 ? {} : { lots }),
  };
}
