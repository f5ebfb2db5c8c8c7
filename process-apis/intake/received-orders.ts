import type { Pool } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { readLatestTold } from '../../src/platform/commit/index.js';
import { readOrderVersions } from '../orders/index.js';

export const RECEIVED_ORDERS_MAX = 1_000;

/** What the hub has heard of orders: for whoever compares that with what a channel shows. */
export class ReceivedOrders {
  constructor(private readonly pool: Pool) {}

  /**
   * The latest version of each order that reached the hub, whether or not it changed anything; orders that never did are absent.
   * At most RECEIVED_ORDERS_MAX at once.
   */
  async latest(channel: string, references: readonly string[]): Promise<ReadonlyMap<string, Instant>> {
    if (references.length > RECEIVED_ORDERS_MAX)
      throw new RangeError(`at most ${RECEIVED_ORDERS_MAX} orders are looked up at once`);
    const orders = await readOrderVersions(this.pool, channel, references);
    const told = await readLatestTold(
      this.pool,
      'ChannelOrderReceived',
      orders.map(({ id }) => id),
    );
    return new Map(
      orders.map(({ id, reference, version }) => {
        const heard = told.get(id) ?? version;
        return [reference, heard > version ? heard : version];
      }),
    );
  }
}
