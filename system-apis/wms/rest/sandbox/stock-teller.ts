import { randomUUID } from 'node:crypto';
import { WireEvent } from '../wms-rest-event.wire.js';
import type { WireStockEvent } from '../wms-rest-stock.wire.js';
import type { Clock } from './clock.js';
import type { Ledger } from './ledger.js';

type Told<Event> = Event extends unknown ? Omit<Event, 'id' | 'occurredAt' | 'sequence'> : never;

/** A stock event before the warehouse has numbered it. The id is made of type, document, item and node when absent. */
export type NewStockEvent = Told<WireStockEvent> & { readonly id?: string };

/** Units that came in or were counted. */
export interface StockTold {
  readonly id?: string;
  readonly document?: string;
  readonly sku: string;
  readonly node: string;
  readonly quantity: number;
  readonly unit?: string;
  readonly lot?: string;
  readonly expiresOn?: string;
  readonly serials?: string[];
  readonly reason?: string;
}

/** Books what happens to the stock, numbers it and hands it on to be told. */
export class StockTeller {
  private toDrop = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly onEvents: (events: readonly WireEvent[]) => void,
  ) {}

  dropNext(count: number): void {
    this.toDrop += count;
  }

  /** Throws when the event is not in the contract or cannot be booked. */
  tell(told: NewStockEvent): void {
    const id = told.id ?? idOf(told);
    if (this.ledger.knowsStockEvent(id)) return;
    const refusal = this.ledger.book.refusalOf(told);
    if (refusal !== undefined) throw new RangeError(refusal);
    const sequence = this.ledger.book.sequence(told.node) + 1;
    // The contract's own schema: a test that tells nonsense fails here and not at the hub.
    const event = WireEvent.parse({ ...told, id, occurredAt: this.clock.now(), sequence });
    if ('fulfillmentOrderId' in event) throw new TypeError(`${event.type} is no stock event`);
    const dropped = this.toDrop > 0;
    if (dropped) this.toDrop -= 1;
    this.onEvents(this.ledger.record({ t: 'stock', event, ...(dropped ? { dropped: true } : {}) }));
  }
}

function idOf(told: NewStockEvent): string {
  const document = 'document' in told ? told.document : undefined;
  return document === undefined ? `${told.type}-${randomUUID()}` : `${told.type}-${document}-${told.sku}-${told.node}`;
}
