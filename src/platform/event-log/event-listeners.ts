import type { EventFilter, LoggedEvent } from './event-log.sql.js';

export type EventListener = (events: readonly LoggedEvent[]) => void;

interface Registered {
  readonly filter: EventFilter;
  readonly listener: EventListener;
}

/** Who listens to which events, found by the event's stream and scope: an event costs nothing to those it is not for. */
export class EventListeners {
  private readonly byStream = new Map<string, Set<Registered>>();
  private readonly byScope = new Map<string, Set<Registered>>();
  private readonly toAll = new Set<Registered>();

  /** Gives back how to stop. */
  add(listener: EventListener, filter: EventFilter): () => void {
    const registered = { filter, listener };
    const { streamId, scope } = filter;
    if (streamId !== undefined) return register(this.byStream, streamId, registered);
    if (scope !== undefined) return register(this.byScope, scope, registered);
    this.toAll.add(registered);
    return () => this.toAll.delete(registered);
  }

  /** What each listener gets of these events, in their order; listeners that get none are left out. */
  share(events: readonly LoggedEvent[]): ReadonlyMap<EventListener, readonly LoggedEvent[]> {
    const shares = new Map<EventListener, LoggedEvent[]>();
    for (const event of events)
      for (const { filter, listener } of this.concerned(event)) {
        if (!fits(filter, event)) continue;
        const share = shares.get(listener);
        if (share === undefined) shares.set(listener, [event]);
        else share.push(event);
      }
    return shares;
  }

  private *concerned({ streamId, scope }: LoggedEvent): Generator<Registered> {
    yield* this.toAll;
    yield* this.byScope.get(scope) ?? [];
    yield* this.byStream.get(streamId) ?? [];
  }
}

/** Besides the stream, by which the listener was found. */
function fits({ scope, streamType, types }: EventFilter, event: LoggedEvent): boolean {
  return (
    (scope === undefined || scope === event.scope) &&
    (streamType === undefined || streamType === event.streamType) &&
    (types === undefined || types.includes(event.type))
  );
}

function register(index: Map<string, Set<Registered>>, key: string, registered: Registered): () => void {
  const known = index.get(key) ?? new Set();
  index.set(key, known.add(registered));
  return () => {
    known.delete(registered);
    if (known.size === 0 && index.get(key) === known) index.delete(key);
  };
}
