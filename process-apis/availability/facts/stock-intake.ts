import type { Pool, PoolClient } from 'pg';
import type { StockFact } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import {
  findFacts,
  insertFacts,
  inRetriedTransaction,
  inUndoneTransaction,
  sentTogether,
} from '../../../src/platform/commit/index.js';
import { appendEvents } from '../../../src/platform/event-log/index.js';
import { StockBook } from '../book/stock-book.js';
import { readFactContext } from './stock-fact.context.js';
import { writeLevels } from './stock-fact.sql.js';
import type { StockOutcome } from './stock-fact.types.js';
import { FactBatch } from './stock-intake.batch.js';
import { followFeeds } from './stock-intake.feeds.js';
import { writeFeeds } from './stock-feed.sql.js';
import { writeSupplies } from './supply.sql.js';

export const STOCK_FACTS_MAX = 1_000;

/** Takes stock facts from outside through the one write path: each once, with its event and its movements. */
export class StockIntake {
  constructor(
    private readonly pool: Pool,
    private readonly committed: () => void,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /**
   * What became of each fact, in their order. A refused one changes nothing, holds up no other and may come again.
   * At most STOCK_FACTS_MAX at once.
   */
  async receive(facts: readonly StockFact[]): Promise<readonly StockOutcome[]> {
    if (facts.length > STOCK_FACTS_MAX) throw new RangeError(`at most ${STOCK_FACTS_MAX} stock facts at once`);
    if (facts.length === 0) return [];
    const outcomes = await inRetriedTransaction(this.pool, (tx) => take(tx, facts, this.now().toISOString()));
    if (outcomes.some(({ result }) => result !== 'DUPLICATE')) this.committed();
    return outcomes;
  }

  /** What would become of each fact now: taken, and undone. At most STOCK_FACTS_MAX at once. */
  async preview(facts: readonly StockFact[]): Promise<readonly StockOutcome[]> {
    if (facts.length > STOCK_FACTS_MAX) throw new RangeError(`at most ${STOCK_FACTS_MAX} stock facts at once`);
    if (facts.length === 0) return [];
    return inUndoneTransaction(this.pool, (tx) => take(tx, facts, this.now().toISOString()));
  }
}

async function take(tx: PoolClient, facts: readonly StockFact[], now: Instant): Promise<readonly StockOutcome[]> {
  const book = await StockBook.lock(
    tx,
    facts.map(({ sku }) => sku),
  );
  const known = await findFacts(
    tx,
    facts.map(({ id }) => id),
  );
  const fresh = facts.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return facts.map(() => ({ result: 'DUPLICATE' }));
  const context = await readFactContext(tx, fresh, now);
  const batch = new FactBatch(book, context);
  const outcomes = facts.map((fact) => (known.has(fact.id) ? DUPLICATE : batch.take(fact)));
  const { feeds, events } = await followFeeds(tx, facts, outcomes, context);
  await sentTogether([
    appendEvents(tx, [...batch.events, ...events]),
    insertFacts(tx, batch.facts),
    book.flush(tx),
    writeLevels(tx, context.changedLevels()),
    writeSupplies(tx, context.supplies.changes()),
    writeFeeds(tx, feeds),
  ]);
  return outcomes;
}

const DUPLICATE: StockOutcome = { result: 'DUPLICATE' };
