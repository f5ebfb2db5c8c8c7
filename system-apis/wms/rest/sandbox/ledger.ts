import type { WireEvent } from '../wms-rest-event.wire.js';
import type { RejectionCode } from '../wms-rest-release.wire.js';
import { eventsOf, type HeldRelease, type Shipped } from './held-release.js';
import type { Entry, Journal } from './journal.js';

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
  private readonly setAsideEvents = new Map<string, WireEvent>();
  private readonly shippedEvents: Shipped[] = [];

  constructor(
    private readonly journal: Journal,
    private readonly serialSkus: ReadonlySet<string>,
  ) {
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

  private apply(entry: Entry): readonly WireEvent[] {
    switch (entry.t) {
      case 'accepted':
        this.held.set(entry.id, { accepted: entry, stepsDone: 0, cancelled: false });
        return [];
      case 'rejected':
        this.rejected.set(entry.id, entry);
        return [];
      case 'step':
        return this.applyStep(entry);
      case 'cancelled':
        this.applyCancelled(entry.id);
        return [];
      case 'stock':
        return this.toTell([entry.event]);
      case 'told':
      case 'setAside':
        this.applyAnswered(entry);
        return [];
    }
  }

  private applyStep({ id, step, at }: Extract<Entry, { t: 'step' }>): readonly WireEvent[] {
    const held = this.held.get(id);
    if (held === undefined) throw new Error(`the journal has a step of the unknown release ${id}`);
    held.stepsDone = step + 1;
    return this.toTell(eventsOf(held.accepted, step, at, this.serialSkus));
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
      if (event.type === 'fulfillment.shipped') this.shippedEvents.push(event);
    }
    return events;
  }
}
