import type { EventCursor } from '../event-cursor.js';
import type { EventFeed } from '../event-feed.js';
import type { EventFilter, LoggedEvent } from '../event-log.sql.js';

/** A subscription's pages, event by event. */
export async function* eachEvent(
  feed: EventFeed,
  filter: EventFilter,
  after: EventCursor | undefined,
  signal: AbortSignal,
): AsyncGenerator<LoggedEvent, void, undefined> {
  for await (const page of feed.subscribe(filter, after, signal)) yield* page;
}
