import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { StockEvent } from '../../src/model/events.js';
import type { Movement, StockFact } from '../../src/model/stock.js';
import { findFacts, insertFacts, inRetriedTransaction } from '../../src/platform/commit/index.js';
import { appendEvents, type NewEvent } from '../../src/platform/event-log/index.js';
import { findUnknownPlaces } from './position.sql.js';
import { StockBook } from './stock-book.js';

export const STOCK_FACTS_MAX = 1_000;

/**
 * Takes stock facts from outside through the one write path: each once, with its event and its movements.
 * A count below what is reserved takes on-hand down to the reservations only; the rest shows as drift at the next count.
 */
export class StockIntake {
  constructor(
    private readonly pool: Pool,
    private readonly committed: () => void,
  ) {}

  /** Those of the facts that are about an item or a node that the catalog does not hold: `receive` cannot take them. */
  async ofUnknownPlaces(facts: readonly StockFact[]): Promise<ReadonlySet<StockFact>> {
    const unknown = await findUnknownPlaces(this.pool, facts);
    return new Set(unknown.flatMap((index) => facts[index] ?? []));
  }

  /** Gives the number of facts that were new. At most STOCK_FACTS_MAX at once. */
  async receive(facts: readonly StockFact[]): Promise<number> {
    if (facts.length > STOCK_FACTS_MAX) throw new RangeError(`at most ${STOCK_FACTS_MAX} stock facts at once`);
    const unique = [...new Map(facts.map((fact) => [fact.id, fact])).values()];
    const taken = await inRetriedTransaction(this.pool, async (tx) => {
      const book = await StockBook.lock(
        tx,
        unique.map((fact) => fact.sku),
      );
      const known = await findFacts(
        tx,
        unique.map((fact) => fact.id),
      );
      const fresh = unique.filter((fact) => !known.has(fact.id));
      const events = fresh.map((fact) => applyFact(book, fact));
      await appendEvents(tx, events);
      await insertFacts(
        tx,
        fresh.map((fact, index) => ({ id: fact.id, outcome: { stream: events[index]?.streamId } })),
      );
      await book.flush(tx);
      return fresh.length;
    });
    if (taken > 0) this.committed();
    return taken;
  }
}

function applyFact(book: StockBook, fact: StockFact): NewEvent {
  const streamId = randomUUIDv7();
  const delta = fact.kind === 'RECEIVED' ? fact.quantity : countedDelta(book, fact);
  const movement: Movement = {
    sku: fact.sku,
    node: fact.node,
    bucket: 'onHand',
    delta,
    reason: fact.kind === 'RECEIVED' ? 'RECEIPT' : 'COUNT',
  };
  book.apply([movement], streamId, 1);
  const event: StockEvent = {
    type: fact.kind === 'RECEIVED' ? 'StockReceived' : 'StockCounted',
    source: fact.source,
    stock: [{ sku: fact.sku, node: fact.node, quantity: delta }],
  };
  const { type, ...data } = event;
  return {
    streamType: 'stock',
    streamId,
    streamVersion: 1,
    type,
    schemaVersion: 1,
    scope: '',
    source: fact.source,
    factId: fact.id,
    occurredAt: fact.occurredAt,
    data,
  };
}

function countedDelta(book: StockBook, fact: StockFact): number {
  const position = book.position(fact.sku, fact.node);
  const onHand = position?.onHand ?? 0;
  return Math.max(fact.quantity, position?.reserved ?? 0) - onHand;
}
