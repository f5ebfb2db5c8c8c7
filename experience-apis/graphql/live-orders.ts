import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import { OrderReader } from '../../process-apis/orders/index.js';
import type { Order } from '../../src/model/order.js';

/** How long subscribers may share one reading of an order. */
const SHARED_MS_MAX = 1_000;
const SHARED_ORDERS_MAX = 2_000;

interface Reading {
  /** The order is known to be at least this new. */
  readonly version: number;
  readonly order: Promise<Order | undefined>;
}

/**
 * Orders as they are now, for all subscribers of the process: readings of one turn are one statement, and all
 * subscribers of an event share one reading, however many they are.
 */
@Injectable()
export class LiveOrders {
  private readonly readings = new LRUCache<string, Reading>({ max: SHARED_ORDERS_MAX, ttl: SHARED_MS_MAX });
  private readonly loader: DataLoader<string, Order | undefined>;

  constructor(reader: OrderReader) {
    this.loader = new DataLoader(
      async (ids) => {
        const found = await reader.byIds([...new Set(ids)]);
        return ids.map((id) => found.get(id));
      },
      { cache: false },
    );
  }

  /** The order, at least as new as `version`, which must be committed already. */
  load(id: string, version: number): Promise<Order | undefined> {
    const known = this.readings.get(id);
    if (known !== undefined && known.version >= version) return known.order;
    const order = this.loader.load(id);
    this.readings.set(id, { version, order });
    void this.settle(id, order);
    return order;
  }

  /** What was read may be newer than what was asked for, and serves later events too; a failure serves nobody else. */
  private async settle(id: string, order: Promise<Order | undefined>): Promise<void> {
    const read = await order.catch(() => undefined);
    if (this.readings.peek(id)?.order !== order) return;
    if (read === undefined) this.readings.delete(id);
    else this.readings.set(id, { version: read.version, order });
  }
}
