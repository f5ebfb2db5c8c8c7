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

type Versioned = Pick<Order, 'id' | 'version'>;

/** Orders as they were, from their events. */
export class OrderArchive {
  constructor(private readonly pool: Pool) {}

  /** All events of each order as it is given, oldest first, in one statement; an error for one that has too many. */
  async histories(orders: readonly Versioned[]): Promise<readonly (readonly LoggedEvent[] | HistoryTooLongError)[]> {
    const short = orders.filter(({ version }) => version <= HISTORY_EVENTS_MAX);
    const ids = [...new Set(short.map(({ id }) => id))];
    const read = await readStreams(this.pool, ids, Math.max(0, ...short.map(({ version }) => version)));
    const found = Map.groupBy(read, ({ streamId }) => streamId);
    return orders.map(({ id, version }) =>
      version > HISTORY_EVENTS_MAX
        ? new HistoryTooLongError(
            `The order has ${version} events: at most ${HISTORY_EVENTS_MAX} are folded for one question.`,
          )
        : (found.get(id) ?? []).filter(({ streamVersion }) => streamVersion <= version),
    );
  }

  /** The order as the hub knew it at the instant; undefined before it existed. Throws HistoryTooLongError. */
  async asOf(order: Order, asOf: Instant): Promise<PastOrder | undefined> {
    const [history = []] = await this.histories([order]);
    if (history instanceof HistoryTooLongError) throw history;
    const events = eventsUntil(history, asOf);
    const [past, updatedAt] = [foldEvents(events), events.at(-1)?.recordedAt];
    return past === undefined || updatedAt === undefined ? undefined : { ...past, asOf, updatedAt };
  }
}
