import {
  SlowConsumerError,
  type EventCursor,
  type EventPage,
  type LoggedEvent,
} from '../../src/platform/event-log/index.js';
import type { LiveRequest, LiveStream, StateTelling } from './live-events.js';
import type { LiveSubscriber, Telling } from './live-subscriber.js';
import { StatePacer } from './state-pacer.js';

/** Messages that are made at a time, so that what they read is read together. */
const IN_WORK_MAX = 50;

/** Makes the message of a root value: an execution result as JSON. */
export type Render = (rootValue: unknown) => Promise<string>;

/**
 * Subscribers that are to be told the same: each message is made once for all of them. A subscriber with a cursor first
 * reads alone what it missed, while what is live is held back for it.
 */
export class BroadcastGroup {
  private readonly subscribers = new Set<LiveSubscriber>();
  private readonly stopped = new AbortController();

  /** @param stream of any subscriber of the group: they differ in `after` alone. */
  constructor(
    private readonly stream: LiveStream,
    private readonly render: Render,
  ) {
    void this.follow().catch((error: unknown) => this.fail(error));
  }

  get isOver(): boolean {
    return this.stopped.signal.aborted;
  }

  /** Resolves when the subscriber is live or has ended; never rejects. */
  async join(subscriber: LiveSubscriber, after: EventCursor | undefined): Promise<void> {
    // Before the feed's place is looked at: what comes after that place is told to the group, and held back.
    this.subscribers.add(subscriber);
    try {
      if (this.stream.telling.kind === 'STATE') await this.tellFirst(subscriber, this.stream.telling);
      else await this.catchUp(subscriber, after);
    } catch (error) {
      subscriber.fail(error);
    }
  }

  /** When the last one leaves, the group is over. */
  leave(subscriber: LiveSubscriber): void {
    this.subscribers.delete(subscriber);
    if (this.subscribers.size === 0) this.stopped.abort();
  }

  private async tellFirst(subscriber: LiveSubscriber, { read }: StateTelling<unknown>): Promise<void> {
    do {
      const cursor = await this.stream.feed.place();
      for (const rootValue of await read(cursor))
        await subscriber.tellPast({ cursor, payload: await this.render(rootValue) });
    } while (!subscriber.goLive());
  }

  private async catchUp(subscriber: LiveSubscriber, after: EventCursor | undefined): Promise<void> {
    if (after !== undefined) subscriber.passTo(after);
    do {
      const upTo = await this.stream.feed.place();
      const last = subscriber.place;
      const missed = last === undefined ? [] : this.stream.feed.past(this.stream.request.filter, last, upTo);
      for await (const page of missed)
        for await (const telling of this.tellings(page)) {
          if (subscriber.hasEnded) return;
          await subscriber.tellPast(telling);
        }
      subscriber.passTo(upTo);
    } while (!subscriber.goLive());
  }

  private follow(): Promise<void> {
    const { telling } = this.stream;
    return telling.kind === 'STATE' ? this.followState(telling) : this.followEvents();
  }

  private async followEvents(): Promise<void> {
    const { feed, request } = this.stream;
    let last = await feed.place();
    while (!this.stopped.signal.aborted)
      try {
        for await (const page of feed.subscribe(request.filter, last, this.stopped.signal)) {
          for await (const telling of this.tellings(page)) this.tellAll(telling);
          last = page.at(-1)?.cursor ?? last;
        }
      } catch (error) {
        // Events come faster than messages are made: the group goes on from the log.
        if (!(error instanceof SlowConsumerError)) throw error;
      }
  }

  private async followState({ everyMs, read }: StateTelling<unknown>): Promise<void> {
    const { feed, request } = this.stream;
    const { signal } = this.stopped;
    const pacer = new StatePacer(everyMs, async (cursor) => {
      for (const rootValue of await read(cursor)) this.tellAll({ cursor, payload: await this.render(rootValue) });
    });
    const reading = pacer.run(signal);
    const stopListening = feed.onEvents((events) => {
      const last = events.findLast((event) => isAccepted(request, event));
      if (last !== undefined) pacer.changed(last.cursor);
    }, request.filter);
    try {
      await reading;
    } finally {
      stopListening();
    }
  }

  private async *tellings(page: EventPage): AsyncGenerator<Telling, void, undefined> {
    const accepted = page.filter((event) => isAccepted(this.stream.request, event));
    for (let from = 0; from < accepted.length; from += IN_WORK_MAX)
      yield* await Promise.all(accepted.slice(from, from + IN_WORK_MAX).map((event) => this.tellingOf(event)));
  }

  private async tellingOf(event: LoggedEvent): Promise<Telling> {
    const { telling } = this.stream;
    if (telling.kind === 'STATE') throw new Error('a state is not told event by event');
    return { cursor: event.cursor, payload: await this.render(telling.toPayload(event)) };
  }

  private tellAll(telling: Telling): void {
    for (const subscriber of this.subscribers) subscriber.tell(telling);
  }

  /** Nobody can be told any more; those that come now need another group. */
  private fail(error: unknown): void {
    this.stopped.abort();
    for (const subscriber of this.subscribers) subscriber.fail(error);
  }
}

function isAccepted({ accepts }: LiveRequest, event: LoggedEvent): boolean {
  return accepts === undefined || accepts(event);
}
