import type { OrderParties } from '../../../src/model/channel-order.js';
import type { OrderEvent } from '../../../src/model/events.js';
import type { Hold, Order } from '../../../src/model/order.js';
import type { ChannelPolicy } from '../../../src/model/channel.js';
import type { Movement, StockNode } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import type { SoftReservation, StockState } from '../../availability/index.js';
import type { ItemFacts, ListedItem } from '../../catalog/index.js';
import type { SourcingPolicy } from '../../sourcing/index.js';
import { evolve } from '../orders.evolve.js';
import type { FactOutcome } from '../orders.facts.js';
import type { ClockFor } from '../orders.sla.js';
import type { OrderTask } from '../orders.tasks.js';

/** All that a decision may know besides the order and the fact. The clock and the ids come in here. */
export interface DecisionContext {
  readonly now: Instant;
  readonly newId: () => string;
  readonly nodes: readonly StockNode[];
  readonly policyOf: (channel: string) => ChannelPolicy;
  readonly sourcingOf: (channel: string) => SourcingPolicy;
  /** The item behind a channel's listing SKU. */
  readonly listedItem: (channel: string, listingSku: string) => ListedItem | undefined;
  readonly itemFacts: (sku: string) => ItemFacts | undefined;
  /** What may ship instead, best first. */
  readonly substitutesOf: (channel: string, sku: string) => readonly string[];
  /** A soft reservation that is still held. */
  readonly reservationOf: (channel: string, reference: string) => SoftReservation | undefined;
  /** What rules say of an order that was just accepted. */
  readonly holdsFor: (order: Order) => readonly Pick<Hold, 'kind' | 'reason' | 'placedBy'>[];
  /** The installation's own SLA clocks. */
  readonly clockFor: ClockFor;
  /** As they are kept, of orders that a fact is about which may change them; absent where none are. */
  readonly partiesOf: (orderId: string) => OrderParties | undefined;
  /** Somebody watches parcels, and is told of each. */
  readonly tracksPackages?: boolean;
  /** The hub was restored: what it did outside for orders placed before then is not all known. */
  readonly lostBefore?: Instant;
  readonly stock: StockState;
}

/** An event with the stock movements that it causes. */
export interface DecidedEvent {
  readonly event: OrderEvent;
  readonly movements: readonly Movement[];
}

/**
 * Collects what a fact leads to. Each event is folded into the order at once, so that the next rule sees it.
 * Still pure: nothing outside is read or changed.
 */
export class Decision {
  readonly events: DecidedEvent[] = [];
  readonly tasks: OrderTask[] = [];
  /** The stock as it is after what was decided so far. */
  readonly stock: StockState;
  /** The soft reservation that this decision made firm. */
  converted: SoftReservation | undefined;

  constructor(
    private current: Order | undefined,
    readonly context: DecisionContext,
    private readonly occurredAt: Instant,
    /** The caller's key of a soft reservation that the order is to make firm. */
    readonly reservationReference?: string,
  ) {
    this.stock = context.stock.fork();
  }

  get order(): Order {
    if (this.current === undefined) throw new Error('the order was not accepted yet');
    return this.current;
  }

  get exists(): boolean {
    return this.current !== undefined;
  }

  emit(event: OrderEvent, movements: readonly Movement[] = []): void {
    this.current = evolve(this.current, event);
    this.stock.apply(movements, { occurredAt: this.occurredAt, channel: this.order.channel });
    this.events.push({ event, movements });
  }

  enqueue(task: OrderTask): void {
    this.tasks.push(task);
  }
}

/** The fact is against the rules; the transition is refused with this reason, and nothing changes. */
export class FactRejectedError extends Error {
  readonly code = 'FACT_REJECTED';

  constructor(
    sentence: string,
    /** Which rule, where who told it must be told apart from others. */
    readonly rule?: RejectionRule,
  ) {
    super(sentence);
  }
}

/** DUPLICATE_REFERENCE: another order has the number. */
export type RejectionRule = NonNullable<FactOutcome['rule']>;
