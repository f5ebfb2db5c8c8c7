import type { Instant } from '../../../src/model/time.js';
import type { Arrival } from './selling-stock.sql.js';
import type { StockState } from '../book/stock-state.js';

/**
 * The stock as it will be at `at`, if all that is announced comes as announced. What waiting orders lack is theirs, the
 * earliest arrivals first. What is overdue is taken to come at once.
 */
export function stockOn(stock: Pick<StockState, 'fork'>, arrivals: readonly Arrival[], at: Instant): StockState {
  const later = stock.fork();
  for (const { sku, node, at: arrivesAt, units } of arrivals)
    if (arrivesAt <= at)
      later.apply([{ sku, node, bucket: 'onHand', delta: units, reason: 'RECEIPT' }], { occurredAt: arrivesAt });
  return later;
}
