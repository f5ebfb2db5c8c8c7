import type { Pool } from 'pg';
import type { StockUnits } from '../../src/model/events.js';
import { consumeLog, encodeCursor, type LoggedEvent } from '../../src/platform/event-log/index.js';
import { waitKeys } from './orders.waits.js';
import type { WaitingOrders } from './waiting-orders.js';

const PAGE = 500;

/** Events after which there may be more of an item for sale than before. */
const FREES_STOCK = new Set(['StockReceived', 'StockCounted', 'InventoryUnreserved']);

/** Looks again at orders whose cause of waiting may be gone: stock came or was given back, a listing was mapped. */
export class Resumption {
  constructor(
    private readonly pool: Pool,
    private readonly waiting: WaitingOrders,
  ) {}

  /** Gives true when there is more. */
  sweep(): Promise<boolean> {
    return consumeLog(this.pool, 'resumption', PAGE, async (_tx, events) => {
      const keys = [...new Set(events.flatMap(keysOf))];
      const last = events.at(-1);
      if (keys.length > 0 && last !== undefined) await this.waiting.resume(this.pool, keys, encodeCursor(last.cursor));
    });
  }
}

function keysOf({ type, data }: LoggedEvent): readonly string[] {
  if (FREES_STOCK.has(type) && 'stock' in data)
    return (data.stock as readonly StockUnits[]).map(({ sku }) => waitKeys.stock(sku));
  if (type === 'ListingsSaved' && 'listings' in data)
    return (data.listings as readonly { channel: string; listingSku: string }[]).map(({ channel, listingSku }) =>
      waitKeys.listing(channel, listingSku),
    );
  return [];
}
