import type { EventCursor, EventFeed, EventFilter, LoggedEvent } from '../../src/platform/event-log/index.js';

export interface LiveRequest {
  readonly filter: EventFilter;
  /** Undefined for "from now on". */
  readonly after: EventCursor | undefined;
  readonly accepts: (event: LoggedEvent) => boolean;
}

/** The events that a subscriber gets, as payloads. Ends at once when the subscriber leaves. */
export function liveEvents<Payload>(
  feed: EventFeed,
  { filter, after, accepts }: LiveRequest,
  toPayload: (event: LoggedEvent) => Payload,
): AsyncGenerator<Payload, void, undefined> {
  const abort = new AbortController();
  const source = payloads(feed.subscribe(filter, after, abort.signal), accepts, toPayload);
  // A generator that waits for its next event cannot be returned from before that event comes: the signal wakes it.
  const end = source.return.bind(source);
  source.return = (value) => {
    abort.abort();
    return end(value);
  };
  return source;
}

async function* payloads<Payload>(
  events: AsyncIterable<LoggedEvent>,
  accepts: (event: LoggedEvent) => boolean,
  toPayload: (event: LoggedEvent) => Payload,
): AsyncGenerator<Payload, void, undefined> {
  for await (const event of events) if (accepts(event)) yield toPayload(event);
}
