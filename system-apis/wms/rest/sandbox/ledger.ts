import type { WireEvent } from '../wms-rest-event.wire.js';
import type { WireStockPosition } from '../wms-rest-stock.wire.js';
import type { LotUnits } from '../wms-rest-text.wire.js';
import type { RejectionCode } from '../wms-rest-release.wire.js';
import { eventsOf, type HeldRelease, type Shipped } from './held-release.js';
import type { Entry, Journal } from './journal.js';
import { componentsOf, type KeptLine, type Units } from './plan.js';
import { StockBook, type UnitFactors } from './stock-book.js';

export interface RejectedRelease {
  readonly fingerprint: string;
  readonly code: RejectionCode;
  readonly reason: string;
}

/** All that the warehouse knows. It changes by journal entries alone, so replaying them gives the same state. */
export class Ledger {
  private readonly held = new Map<string, HeldRelease>();
  private readonly rejected = new Map<string, RejectedRelease>();
  private readonly cancelledBefore = new Set<string>();
  private readonly untoldEvents = new Map<string, WireEvent>();
  private readonly releaseEvents = new Map<string, readonly WireEvent[]>();
  private readonly setAsideEvents = new Map<string, WireEvent>();
  private readonly shippedEvents: Shipped[] = [];
  private readonly stockEventIds = new Set<string>();
  readonly book: StockBook;
  private opened = false;

  constructor(
    private readonly journal: Journal,
    private readonly serialSkus: ReadonlySet<string>,
    unitFactors: UnitFactors = {},
  ) {
    this.book = new StockBook(unitFactors);
    // The journal is this sandbox's own, so its entries have the shape that `record` gave them.
    for (const entry of journal.entries()) this.apply(entry as Entry);
  }

  /** Keeps the entry, then lets it take effect. Gives the events that follow from it. */
  record(entry: Entry): readonly WireEvent[] {
    this.journal.append(entry);
    return this.apply(entry);
  }

  heldRelease(id: string): HeldRelease | undefined {
    return this.held.get(id);
  }

  rejectedRelease(id: string): RejectedRelease | undefined {
    return this.rejected.get(id);
  }

  /** A cancellation of this id came before its release. */
  isCancelledBefore(id: string): boolean {
    return this.cancelledBefore.has(id);
  }

  heldReleases(): readonly HeldRelease[] {
    return [...this.held.values()];
  }

  nextReference(): string {
    return `WR-${String(this.held.size + 1).padStart(6, '0')}`;
  }

  /** All events of the release, told or not, in their order. */
  eventsOf(id: string): readonly WireEvent[] {
    return this.releaseEvents.get(id) ?? [];
  }

  shipments(): readonly Shipped[] {
    return this.shippedEvents;
  }

  /** Events that the hub has not answered for, oldest first. */
  untold(): readonly WireEvent[] {
    return [...this.untoldEvents.values()];
  }

  untoldCount(): number {
    return this.untoldEvents.size;
  }

  setAside(): readonly WireEvent[] {
    return [...this.setAsideEvents.values()];
  }

  /** Whether the stock of the beginning was booked, now or before a restart. */
  get isOpened(): boolean {
    return this.opened;
  }

  knowsStockEvent(id: string): boolean {
    return this.stockEventIds.has(id);
  }

  stockOf(node: string): { readonly positions: readonly WireStockPosition[]; readonly sequence: number } {
    return { positions: this.book.positions(node), sequence: this.book.sequence(node) };
  }

  private apply(entry: Entry): readonly WireEvent[] {
    switch (entry.t) {
      case 'accepted':
        this.held.set(entry.id, { accepted: entry, stepsDone: 0, cancelled: false, refusals: 0, refused: false });
        return [];
      case 'rejected':
        this.rejected.set(entry.id, entry);
        return [];
      case 'step':
        return this.applyStep(entry);
      case 'cancelled':
        this.applyCancelled(entry.id);
        return [];
      case 'carrierRefused':
        return this.applyRefused(entry);
      case 'carrierTook':
        this.knownRelease(entry.id).refused = false;
        return [];
      case 'opening':
        this.opened = true;
        for (const stock of entry.stock) this.book.open(stock);
        return [];
      case 'stock':
        this.stockEventIds.add(entry.event.id);
        this.book.apply(entry.event);
        return entry.dropped === true ? [] : this.toTell([entry.event]);
      case 'told':
      case 'setAside':
        this.applyAnswered(entry);
        return [];
    }
  }

  private applyStep({ id, step, at }: Extract<Entry, { t: 'step' }>): readonly WireEvent[] {
    const held = this.knownRelease(id);
    held.stepsDone = step + 1;
    const events = eventsOf(held.accepted, step, at, this.serialSkus);
    return this.toTell(events.map((event) => this.booked(held, event)));
  }

  private applyRefused({ id, reason, at }: Extract<Entry, { t: 'carrierRefused' }>): readonly WireEvent[] {
    const held = this.knownRelease(id);
    held.refused = true;
    held.refusals += 1;
    return this.toTell([
      {
        id: `${held.accepted.wmsReference}-refused-${held.refusals}`,
        type: 'fulfillment.carrier_refused',
        occurredAt: at,
        fulfillmentOrderId: id,
        reason,
      },
    ]);
  }

  private knownRelease(id: string): HeldRelease {
    const held = this.held.get(id);
    if (held === undefined) throw new Error(`the release ${id} is not known`);
    return held;
  }

  /** Takes what the event is about off the stock, and says which lots shipped. */
  private booked(held: HeldRelease, event: WireEvent): WireEvent {
    if (event.type === 'fulfillment.short_picked') this.bookMissing(held, event.lines);
    if (event.type !== 'fulfillment.shipped') return event;
    const packages = event.packages.map((box) => ({
      ...box,
      items: box.items.map((item) => {
        const lots = this.bookShipped(held, item);
        return lots.length === 0 ? item : { ...item, lots: [...lots] };
      }),
    }));
    return { ...event, packages };
  }

  private bookShipped(held: HeldRelease, item: Units): readonly LotUnits[] {
    const line = lineOf(held, item.lineId);
    return componentsOf(line).flatMap(({ sku, quantity }) =>
      this.book.takeOut(held.accepted.node, sku, quantity * item.quantity, line.lots ?? []),
    );
  }

  private bookMissing(held: HeldRelease, short: readonly Units[]): void {
    for (const { lineId, quantity } of short) {
      const [missing] = componentsOf(lineOf(held, lineId));
      if (missing !== undefined) this.book.takeOut(held.accepted.node, missing.sku, missing.quantity * quantity, []);
    }
  }

  private applyCancelled(id: string): void {
    const held = this.held.get(id);
    if (held === undefined) this.cancelledBefore.add(id);
    else held.cancelled = true;
  }

  private applyAnswered(entry: Extract<Entry, { t: 'told' | 'setAside' }>): void {
    for (const id of entry.events) {
      const event = this.untoldEvents.get(id);
      this.untoldEvents.delete(id);
      if (event !== undefined && entry.t === 'setAside') this.setAsideEvents.set(id, event);
    }
  }

  private toTell(events: readonly WireEvent[]): readonly WireEvent[] {
    for (const event of events) {
      this.untoldEvents.set(event.id, event);
      if ('fulfillmentOrderId' in event)
        this.releaseEvents.set(event.fulfillmentOrderId, [...this.eventsOf(event.fulfillmentOrderId), event]);
      if (event.type === 'fulfillment.shipped') this.shippedEvents.push(event);
    }
    return events;
  }
}

function lineOf({ accepted }: HeldRelease, lineId: string): KeptLine {
  const line = accepted.lines.find((one) => one.lineId === lineId);
  if (line === undefined) throw new Error(`the release ${accepted.id} has no line ${lineId}`);
  return line;
}
