import type { OrderEvent } from '../../../src/model/events.js';
import type { Order } from '../../../src/model/order.js';
import type { Movement, StockNode } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import type { StockView } from '../../availability/index.js';
import { evolve } from '../orders.evolve.js';
import type { OrderTask } from '../orders.tasks.js';

/** All that a decision may know besides the order and the fact. The clock and the ids come in here. */
export interface DecisionContext {
  readonly now: Instant;
  readonly newId: () => string;
  readonly nodes: readonly StockNode[];
  /** The item behind a channel's listing SKU. */
  readonly skuOf: (channel: string, listingSku: string) => string | undefined;
  readonly stock: StockView;
}

/** An event with the stock movements that it causes. */
export interface DecidedEvent {
  readonly event: OrderEvent;
  readonly movements: readonly Movement[];
}

/** A stock view that sees the movements decided so far in this decision. */
class StockAfter implements StockView {
  private readonly deltas = new Map<string, Movement[]>();

  constructor(private readonly base: StockView) {}

  add(movements: readonly Movement[]): void {
    for (const movement of movements) {
      const at = `${movement.node}\n${movement.sku}`;
      this.deltas.set(at, [...(this.deltas.get(at) ?? []), movement]);
    }
  }

  position(sku: string, node: string): ReturnType<StockView['position']> {
    const base = this.base.position(sku, node);
    const deltas = this.deltas.get(`${node}\n${sku}`);
    if (base === undefined || deltas === undefined) return base;
    const after = { ...base };
    for (const { bucket, delta } of deltas) after[bucket] += delta;
    return after;
  }
}

/**
 * Collects what a fact leads to. Each event is folded into the order at once, so that the next rule sees it.
 * Still pure: nothing outside is read or changed.
 */
export class Decision {
  readonly events: DecidedEvent[] = [];
  readonly tasks: OrderTask[] = [];
  readonly stock: StockView;
  private readonly stockAfter: StockAfter;

  constructor(
    private current: Order | undefined,
    readonly context: DecisionContext,
  ) {
    this.stockAfter = new StockAfter(context.stock);
    this.stock = this.stockAfter;
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
    this.stockAfter.add(movements);
    this.events.push({ event, movements });
  }

  enqueue(task: OrderTask): void {
    this.tasks.push(task);
  }
}

/** The fact is against the rules; the transition is refused with this reason, and nothing changes. */
export class FactRejectedError extends Error {
  readonly code = 'FACT_REJECTED';
}
