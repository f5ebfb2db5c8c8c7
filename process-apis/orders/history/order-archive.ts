import type { Pool } from 'pg';
import { readStreams, type LoggedEvent } from '../../../src/platform/event-log/index.js';
import type { Instant } from '../../../src/model/time.js';
import type { Order } from '../../../src/model/order.js';
import { eventsUntil, foldEvents, type PastOrder } from './order-history.js';

/** Events of one order that are folded; an order with more is not rebuilt. */
export const HISTORY_EVENTS_MAX = 10_000;

/** The order has more events than are folded for one question. */
export class HistoryTooLongError extends Error {
  readonly code = 'HISTORY_TOO_LONG';
}

/** Orders as they were, from their events. */
export class OrderArchive {
  constructor(private readonly pool: Pool) {}

  /** All events of the order as it is given, oldest first. Throws HistoryTooLongError. */
  async events({ id, version }: Pick<Order, 'id' | 'version'>): Promise<readonly LoggedEvent[]> {
    if (version > HISTORY_EVENTS_MAX)
      throw new HistoryTooLongError(
        `The order has ${version} events: at most ${HISTORY_EVENTS_MAX} are folded for one question.`,
      );
    return readStreams(this.pool, [id], version);
  }

  /** The order as the hub knew it at the instant; undefined before it existed. Throws HistoryTooLongError. */
  async asOf(order: Order, asOf: Instant): Promise<PastOrder | undefined> {
    const events = eventsUntil(await this.events(order), asOf);
    const [past, updatedAt] = [foldEvents(events), events.at(-1)?.recordedAt];
    return past === undefined || updatedAt === undefined ? undefined : { ...past, asOf, updatedAt };
  }
}
