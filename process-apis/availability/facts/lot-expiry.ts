import type { Pool, PoolClient } from 'pg';
import type { StockUnits } from '../../../src/model/events.js';
import type { Instant } from '../../../src/model/time.js';
import { inRetriedTransaction, sentTogether } from '../../../src/platform/commit/index.js';
import { appendEvents } from '../../../src/platform/event-log/index.js';
import { findExpiredLots, type LotKey } from './lot-expiry.sql.js';
import { StockBook } from '../book/stock-book.js';
import { stockEvent } from './stock-intake.batch.js';

/** Lots that one transaction takes out of sale. */
export const EXPIRED_LOTS_PAGE = 200;

const SOURCE = 'hub';

/** Takes lots out of sale after their last day (UTC): what is not claimed goes on quality hold. */
export class LotExpiry {
  constructor(
    private readonly pool: Pool,
    private readonly committed: () => void,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** One page; true when there may be more. */
  async sweep(): Promise<boolean> {
    const at = this.now().toISOString();
    const found = await findExpiredLots(this.pool, dayOf(at), EXPIRED_LOTS_PAGE);
    if (found.length === 0) return false;
    await inRetriedTransaction(this.pool, (tx) => hold(tx, found, at));
    this.committed();
    return found.length === EXPIRED_LOTS_PAGE;
  }
}

async function hold(tx: PoolClient, found: readonly LotKey[], at: Instant): Promise<void> {
  const book = await StockBook.lock(
    tx,
    found.map(({ sku }) => sku),
  );
  const today = dayOf(at);
  const stock = found.flatMap((key): readonly StockUnits[] => {
    const lot = book.lotsAt(key.sku, key.node).find((candidate) => candidate.lot === key.lot);
    // Looked at again under the lock: it may have been claimed, counted or given another day.
    if (lot === undefined || lot.expiresOn === null || lot.expiresOn >= today) return [];
    const quantity = lot.onHand - lot.qualityHold - lot.reserved;
    return quantity > 0 ? [{ ...key, quantity }] : [];
  });
  if (stock.length === 0) return;
  const event = stockEvent({ type: 'LotsExpired', source: SOURCE, stock, expiredOn: today }, '', at);
  book.book(
    stock.map(({ sku, node, lot, quantity }) => ({
      sku,
      node,
      bucket: 'qualityHold',
      delta: quantity,
      reason: 'EXPIRED',
      ...(lot === undefined ? {} : { lot }),
    })),
    { stream: event.streamId, version: 1, occurredAt: at },
  );
  await sentTogether([
    appendEvents(tx, [{ ...event, factId: `${SOURCE}/lots-expired/${event.streamId}` }]),
    book.flush(tx),
  ]);
}

function dayOf(at: Instant): string {
  return at.slice(0, 10);
}
