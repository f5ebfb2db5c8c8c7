import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { isAfter, type EventCursor } from './event-cursor.js';
import { refuseLostCursor } from './log-epoch.js';
import { EventListeners, type EventListener } from './event-listeners.js';
import { readEventsAfter, readLogEnd, type EventFilter, type LoggedEvent } from './event-log.sql.js';

const PAGE = 1_000;
const CATCH_UP_PAGE = 500;
const IDLE_POLL_MS = 250;
/** After a wake the horizon may still be behind a running transaction: look again soon, a few times. */
const EAGER_POLL_MS = 5;
const EAGER_POLLS_MAX = 8;
/** Events that a slow subscriber may be behind before it is dropped with its cursor. */
const BUFFER_MAX = 10_000;

export class SlowConsumerError extends Error {
  readonly code = 'SLOW_CONSUMER';
}

/** Never empty; in the log's order. */
export type EventPage = readonly LoggedEvent[];

/**
 * Follows the event log once per process and hands each page to all subscribers of the process.
 * Woken by the process's own commits, and by a timer for those of others. No NOTIFY: it would serialise commits.
 */
export class EventFeed {
  private readonly logger = new Logger(EventFeed.name);
  private readonly listeners = new EventListeners();
  private position: EventCursor | undefined;
  private timer: NodeJS.Timeout | undefined;
  private eager = 0;
  private reading: Promise<void> | undefined;
  private stopped = false;
  /** Unix milliseconds. */
  private readAt = Date.now();

  constructor(private readonly pool: Pool) {}

  async start(): Promise<void> {
    this.position = await readLogEnd(this.pool);
    this.schedule(IDLE_POLL_MS);
  }

  /** How long the log could not be read, in milliseconds. */
  get silentMs(): number {
    return Date.now() - this.readAt;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.reading;
  }

  /** The process has just committed something. */
  wake(): void {
    this.eager = EAGER_POLLS_MAX;
    this.schedule(0);
  }

  /** Live events from now on that fit the filter, in pages. Gives back how to stop. */
  onEvents(listener: EventListener, filter: EventFilter = {}): () => void {
    return this.listeners.add(listener, filter);
  }

  /** Where the feed is: what it has passed is told to no listener that comes now. */
  async place(): Promise<EventCursor> {
    return this.position ?? readLogEnd(this.pool);
  }

  /**
   * Pages of what the log holds after the cursor, at least up to the other one; what came since may follow.
   * Throws CursorError for a cursor of events that were lost.
   */
  async *past(filter: EventFilter, after: EventCursor, upTo: EventCursor): AsyncGenerator<EventPage, void, undefined> {
    await refuseLostCursor(this.pool, after);
    let last = after;
    while (isAfter(upTo, last)) {
      const page = await readEventsAfter(this.pool, last, CATCH_UP_PAGE, filter);
      if (page.length > 0) yield page;
      if (page.length < CATCH_UP_PAGE) return;
      last = page.at(-1)?.cursor ?? upTo;
    }
  }

  /**
   * Every event after the cursor that fits the filter, each exactly once and in order, in pages: first from the log,
   * then live. Without a cursor it starts now. Ends when the signal aborts; throws CursorError for a
   * cursor of events that were lost, SlowConsumerError when the reader falls too far behind.
   */
  async *subscribe(
    filter: EventFilter,
    after: EventCursor | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<EventPage, void, undefined> {
    // An abort that came before is not told again.
    if (signal.aborted) return;
    const live = new LiveBuffer();
    const stopListening = this.onEvents((events) => live.push(events), filter);
    const onAbort = (): void => live.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      // What the feed has passed by now may have been missed by the listener: the log is read up to there.
      const registeredAt = await this.place();
      let last = after ?? registeredAt;
      for await (const page of after === undefined ? [] : this.past(filter, after, registeredAt)) {
        if (signal.aborted) return;
        yield page;
        last = page.at(-1)?.cursor ?? last;
      }
      for await (const page of live) {
        const fresh = page.filter(({ cursor }) => isAfter(cursor, last));
        if (fresh.length > 0) yield fresh;
      }
    } finally {
      stopListening();
      signal.removeEventListener('abort', onAbort);
    }
  }

  private schedule(delayMs: number): void {
    if (this.stopped || this.reading !== undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.reading = this.read().finally(() => {
        this.reading = undefined;
        const eager = this.eager > 0;
        if (eager) this.eager -= 1;
        this.schedule(eager ? EAGER_POLL_MS : IDLE_POLL_MS);
      });
    }, delayMs);
  }

  private async read(): Promise<void> {
    try {
      for (;;) {
        const events = await readEventsAfter(this.pool, this.position ?? { tx: '0', id: '0' }, PAGE);
        this.readAt = Date.now();
        const last = events.at(-1);
        if (last === undefined) return;
        this.position = last.cursor;
        for (const [listener, share] of this.listeners.share(events)) this.tell(listener, share);
        if (events.length < PAGE) return;
      }
    } catch (error) {
      // The next poll tries again from the same place: nothing is skipped.
      this.logger.warn(`event log not readable: ${textOf(error)}`);
    }
  }

  /** One listener's failure is its own: the page is past, and the others must get it. */
  private tell(listener: EventListener, events: readonly LoggedEvent[]): void {
    try {
      listener(events);
    } catch (error) {
      this.logger.error(`a listener of the event log failed: ${textOf(error)}`);
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a subscriber has yet to take; bounded. */
class LiveBuffer implements AsyncIterable<EventPage> {
  private buffered: LoggedEvent[] = [];
  private wakeReader: (() => void) | undefined;
  private closed = false;
  private overflowed = false;

  push(events: EventPage): void {
    if (this.overflowed) return;
    this.buffered.push(...events);
    if (this.buffered.length > BUFFER_MAX) {
      this.overflowed = true;
      this.buffered = [];
    }
    this.wakeReader?.();
  }

  close(): void {
    this.closed = true;
    this.wakeReader?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EventPage, void, undefined> {
    while (!this.closed) {
      if (this.overflowed)
        throw new SlowConsumerError(`more than ${BUFFER_MAX} events behind: resume from the last cursor`);
      const taken = this.buffered;
      this.buffered = [];
      if (taken.length > 0) yield taken;
      if (this.buffered.length === 0 && !this.closed && !this.overflowed)
        await new Promise<void>((resolve) => {
          this.wakeReader = resolve;
        });
      this.wakeReader = undefined;
    }
  }
}
