import type { EventCursor, EventFeed, EventFilter, LoggedEvent } from '../../src/platform/event-log/index.js';

/*
 * How the resolver of a subscription says what its stream tells. It returns one of two streams:
 *
 *   liveEvents(feed, request, toPayload)   one message for each event: nothing is lost, nothing is told twice
 *   liveState(feed, request, telling)      the state after the newest event, at most once in a while: latest wins
 *
 * Both are read by the broadcasts (broadcasts.ts), not by graphql-js: subscribers with the same document, variables and
 * rights share one stream, and each message is made once for all of them. So `toPayload`, `read` and all resolvers below
 * a subscription may depend on the arguments, and of the caller on its scopes and channel alone.
 * A subscriber that falls behind is ended with code SLOW_CONSUMER and the cursor to resume from.
 */

/** Which events of the log a stream is about. */
export interface LiveRequest {
  /** Narrowed at the source: the stream of one object, the scope of one channel, the kind of what it happened to. */
  readonly filter: EventFilter;
  /** Undefined for "from now on". */
  readonly after: EventCursor | undefined;
  /** What the filter cannot say, being in the events' data; absent where it says all. */
  readonly accepts?: (event: LoggedEvent) => boolean;
}

/** How a state is told; `Payload` is the root value: `{ flowChanged: … }`. */
export interface StateTelling<Payload> {
  /** The shortest time between two readings. */
  readonly everyMs: number;
  /**
   * The state as it is now, in as many messages as it needs. `cursor` is the newest event that is in it, or the log's
   * end: clients resume after it. It is read at once for each new subscriber, then after events, and twice more when
   * they cease, for what is derived from events a little later.
   */
  readonly read: (cursor: EventCursor) => Promise<readonly Payload[]>;
}

export type Telling<Payload> =
  | { readonly kind: 'EVENTS'; readonly toPayload: (event: LoggedEvent) => Payload }
  | ({ readonly kind: 'STATE' } & StateTelling<Payload>);

/** Where a stream comes from: the event log, or what is kept in step with it and numbered in its own way. */
export type LiveFeed = Pick<EventFeed, 'place' | 'past' | 'subscribe' | 'onEvents'>;

/** A description, not a stream that anyone could iterate: graphql-js asks for an iterable, the broadcasts read it. */
export class LiveStream<Payload = unknown> implements AsyncIterable<Payload> {
  constructor(
    readonly feed: LiveFeed,
    readonly request: LiveRequest,
    readonly telling: Telling<Payload>,
  ) {}

  [Symbol.asyncIterator](): AsyncIterator<Payload> {
    throw new Error('a live stream is read by the broadcasts alone');
  }
}

/** Each event that fits, as one message, from the cursor on without loss. `toPayload` gives the root value. */
export function liveEvents<Payload>(
  feed: LiveFeed,
  request: LiveRequest,
  toPayload: (event: LoggedEvent) => Payload,
): LiveStream<Payload> {
  return new LiveStream(feed, request, { kind: 'EVENTS', toPayload });
}

/** The state after what happened, at most every `everyMs`; a new subscriber is told at once, whatever its cursor. */
export function liveState<Payload>(
  feed: LiveFeed,
  request: LiveRequest,
  telling: StateTelling<Payload>,
): LiveStream<Payload> {
  return new LiveStream(feed, request, { kind: 'STATE', ...telling });
}
