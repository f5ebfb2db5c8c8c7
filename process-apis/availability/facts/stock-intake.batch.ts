import { randomUUIDv7 } from 'node:crypto';
import type { StockEvent } from '../../../src/model/events.js';
import type { StockFact } from '../../../src/model/stock.js';
import type { RecordedFact } from '../../../src/platform/commit/index.js';
import type { NewEvent } from '../../../src/platform/event-log/index.js';
import type { StockBook } from '../book/stock-book.js';
import { happenedAt } from './stock-fact.checks.js';
import type { BatchContext } from './stock-fact.context.js';
import { decideStockFact } from './stock-fact.decide.js';
import type { FactDecision, StockOutcome } from './stock-fact.types.js';

/** The facts of one transaction: decided one after the other, each seeing what the ones before it changed. */
export class FactBatch {
  readonly events: NewEvent[] = [];
  readonly facts: RecordedFact<unknown>[] = [];
  private readonly taken = new Set<string>();

  constructor(
    private readonly book: StockBook,
    private readonly context: BatchContext,
  ) {}

  take(fact: StockFact): StockOutcome {
    if (this.taken.has(fact.id)) return { result: 'DUPLICATE' };
    const made = decideStockFact(fact, this.book, this.context);
    if (made.result === 'REFUSED') return made;
    this.taken.add(fact.id);
    const stream = this.apply({ ...fact, occurredAt: happenedAt(fact, this.context.now) }, made);
    const { result } = made;
    this.facts.push({ id: fact.id, outcome: { result, ...(stream === undefined ? {} : { stream }) } });
    return { result };
  }

  private apply(fact: StockFact, made: FactDecision): string | undefined {
    const { sku, node, occurredAt } = fact;
    const stream = made.event === undefined ? undefined : this.append(fact, made.event);
    if (stream !== undefined) this.book.book(made.movements, { stream, version: 1, occurredAt });
    this.context.book(made.movements, occurredAt);
    if (made.countedAt !== undefined) this.book.counted(sku, node, made.countedAt);
    if (made.expiry !== undefined) this.book.lotExpires(sku, node, made.expiry.lot, made.expiry.expiresOn);
    if (made.supply !== undefined) this.context.supplies.change(made.supply);
    for (const level of made.levels ?? []) this.context.level(level);
    return stream;
  }

  private append(fact: StockFact, event: StockEvent): string {
    const newEvent = stockEvent(event, fact.id, fact.occurredAt);
    this.events.push(newEvent);
    return newEvent.streamId;
  }
}

/** An event of stock, in a stream of its own. */
export function stockEvent(event: StockEvent, factId: string, occurredAt: string): NewEvent {
  const { type, ...data } = event;
  return {
    streamType: 'stock',
    streamId: randomUUIDv7(),
    streamVersion: 1,
    type,
    schemaVersion: 1,
    scope: '',
    source: event.source,
    factId,
    occurredAt,
    data,
  };
}
