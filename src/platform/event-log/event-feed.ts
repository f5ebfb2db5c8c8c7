import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { isAfter, type EventCursor } from './event-cursor.js';
import { refuseLostCursor } from './log-epoch.js';
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

type Listener = (events: readonly LoggedEvent[]) => void;

/**
 * Follows the event log once per process and hands each page to all subscribers of the process.
 * Woken by the process's own commits, and by a timer for those of others. No NOTIFY: it would serialise commits.
 */
export class EventFeed {
  private readonly logger = new Logger(EventFeed.name);
  private readonly listeners = new Set<Listener>();
  private position: EventCursor | undefined;
  private timer: NodeJS.Timeout | undefined;
  private eager = 0;
  private reading: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly pool: Pool) {}

  async start(): Promise<void> {
    this.position = await readLogEnd(this.pool);
    this.schedule(IDLE_POLL_MS);
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

  /** Live events from now on, in pages. Gives back how to stop. */
  onEvents(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Every event after the cursor that fits the filter, each exactly once and in order: first from the log, then live.
   * Without a cursor it starts now. Ends when the signal aborts; throws CursorError for a
   * cursor of events that were lost, SlowConsumerError when the reader falls too far behind.
   */
  async *subscribe(
    filter: EventFilter,
    after: EventCursor | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<LoggedEvent, void, undefined> {
    // An abort that came before is not told again.
    if (signal.aborted) return;
    if (after !== undefined) await refuseLostCursor(this.pool, after);
    const live = new LiveBuffer(filter);
    const stopListening = this.onEvents((events) => live.push(events));
    const onAbort = (): void => live.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      // What the feed has passed by now may have been missed by the listener: the log is read up to there.
      const registeredAt = this.position ?? (await readLogEnd(this.pool));
      let last = after ?? registeredAt;
      while (isAfter(registeredAt, last) && !signal.aborted) {
        const page = await readEventsAfter(this.pool, last, CATCH_UP_PAGE, filter);
        for (const event of page) yield event;
        last = page.at(-1)?.cursor ?? registeredAt;
        if (page.length < CATCH_UP_PAGE) break;
      }
      for await (const event of live) if (isAfter(event.cursor, last)) yield event;
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
        const last = events.at(-1);
        if (last === undefined) return;
        this.position = last.cursor;
        for (const listener of this.listeners) this.tell(listener, events);
        if (events.length < PAGE) return;
      }
    } catch (error) {
      // The next poll tries again from the same place: nothing is skipped.
      this.logger.warn(`event log not readable: ${textOf(error)}`);
    }
  }

  /** One listener's failure is its own: the page is past, and the others must get it. */
  private tell(listener: Listener, events: readonly LoggedEvent[]): void {
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
class LiveBuffer implements AsyncIterable<LoggedEvent> {
  private buffered: LoggedEvent[] = [];
  private wakeReader: (() => void) | undefined;
  private closed = false;
  private overflowed = false;

  constructor(private readonly filter: EventFilter) {}

  push(events: readonly LoggedEvent[]): void {
    if (this.overflowed) return;
    for (const event of events) if (this.fits(event)) this.buffered.push(event);
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

  async *[Symbol.asyncIterator](): AsyncGenerator<LoggedEvent, void, undefined> {
    while (!this.closed) {
      if (this.overflowed)
        throw new SlowConsumerError(`more than ${BUFFER_MAX} events behind: resume from the last cursor`);
      const taken = this.buffered;
      this.buffered = [];
      for (const event of taken) yield event;
      if (this.buffered.length === 0 && !this.closed && !this.overflowed)
        await new Promise<void>((resolve) => {
          this.wakeReader = resolve;
        });
      this.wakeReader = undefined;
    }
  }

  private fits(event: LoggedEvent): boolean {
    return (
      (this.filter.streamId === undefined || event.streamId === this.filter.streamId) &&
      (this.filter.scope === undefined || event.scope === this.filter.scope)
    );
  }
}
