import type { Pool } from 'pg';
import {
  CursorError,
  isAfter,
  SlowConsumerError,
  type EventCursor,
  type EventFilter,
  type EventPage,
  type LoggedEvent,
} from '../../src/platform/event-log/index.js';
import { readChangedFigures, readRevision, type ChangedFigure } from './figures.sql.js';
import type { Kpi } from './kpi.definitions.js';
import { pointOf, type KpiPoint } from './kpi-points.js';

/** One figure changed; its data are a `KpiChange`. */
export const KPI_CHANGED = 'KpiChanged';
/** Where orders are changed, or time passed. Told to all, whatever their filter. */
export const FLOW_CHANGED = 'FlowChanged';

/** How soon those who follow hear of a change. */
const POLL_MS = 1_000;
/** Rates fall with time alone: so often is told that they did. */
const TICK_MS = 10_000;
const PAGE = 2_000;
/** Changes that a slow follower may be behind. */
const BUFFER_MAX = 10_000;

export interface KpiChange {
  readonly kpi: Kpi;
  readonly point: KpiPoint;
}

type Listener = (events: EventPage) => void;

interface Registered {
  readonly listener: Listener;
  readonly filter: EventFilter;
}

/**
 * Changed figures as a feed like that of the event log, numbered by their revision: each as it stands, so that what changed
 * often since one looked is told once. Asks the database once for all followers of the process, and only while there are some.
 */
export class FiguresFeed {
  private readonly listeners = new Set<Registered>();
  private position: EventCursor | undefined;
  private asked: Promise<EventCursor> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;
  private toldAtMs = 0;
  private stopped = false;

  constructor(
    private readonly pool: Pool,
    private readonly onFailure: (sentence: string) => void,
  ) {}

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.reading;
  }

  /** Changes from now on, in pages. Gives back how to stop. */
  onEvents(listener: Listener, filter: EventFilter = {}): () => void {
    const registered = { listener, filter };
    this.listeners.add(registered);
    this.schedule();
    return () => this.listeners.delete(registered);
  }

  /** Where the feed is: what it has passed is told to no listener that comes now. */
  async place(): Promise<EventCursor> {
    if (this.position !== undefined) return this.position;
    // Who asks later must not be told an earlier place: connections answer in any order.
    this.asked ??= readRevision(this.pool).finally(() => {
      this.asked = undefined;
    });
    const revision = await this.asked;
    // Whoever listens hears what comes after this place.
    if (this.listeners.size > 0) this.position ??= revision;
    return this.position ?? revision;
  }

  /** What changed behind the cursor, at least up to the other one. Throws CursorError for a cursor of figures that were lost. */
  async *past(filter: EventFilter, after: EventCursor, upTo: EventCursor): AsyncGenerator<EventPage, void, undefined> {
    const now = await readRevision(this.pool);
    if (after.tx !== now.tx || isAfter(after, now))
      throw new CursorError('the cursor is not one of figures, or of figures that were lost: subscribe without it');
    let last = after;
    while (isAfter(upTo, last)) {
      const page = await this.readPage(last, filter.scope);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      last = page.at(-1)?.cursor ?? upTo;
    }
  }

  /** Every figure that changed behind the cursor, in pages, then live. Ends when the signal aborts. */
  async *subscribe(
    filter: EventFilter,
    after: EventCursor | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<EventPage, void, undefined> {
    if (signal.aborted) return;
    const live = new Waiting(signal);
    const stopListening = this.onEvents((events) => live.push(events), filter);
    try {
      const registeredAt = await this.place();
      let last = after ?? registeredAt;
      for await (const page of after === undefined ? [] : this.past(filter, after, registeredAt)) {
        if (signal.aborted) return;
        yield page;
        last = page.at(-1)?.cursor ?? last;
      }
      for (let page = await live.next(); page !== undefined; page = await live.next()) {
        const fresh = page.filter(({ cursor }) => isAfter(cursor, last));
        if (fresh.length > 0) yield fresh;
      }
    } finally {
      stopListening();
    }
  }

  private schedule(): void {
    if (this.stopped || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.reading = this.look().finally(() => {
        this.timer = undefined;
        this.reading = undefined;
        if (this.listeners.size > 0) this.schedule();
        else this.position = undefined;
      });
    }, POLL_MS);
  }

  /** The first look says where the feed is: who listens since before it reads up to there by itself. */
  private async look(): Promise<void> {
    try {
      const revision = await readRevision(this.pool);
      const from = this.position;
      if (from === undefined) this.position ??= revision;
      else if (isAfter(revision, from)) await this.tellChanges(from);
      else if (Date.now() - this.toldAtMs >= TICK_MS) this.tell([flowChanged(revision)]);
    } catch (error) {
      // The next look goes on from the same place: nothing is skipped.
      this.onFailure(`changed figures cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async tellChanges(from: EventCursor): Promise<void> {
    const upTo = await readRevision(this.pool);
    let last = from;
    for (;;) {
      const page = await this.readPage(last, undefined);
      last = page.at(-1)?.cursor ?? last;
      const reached = page.length < PAGE && isAfter(upTo, last) ? upTo : last;
      this.position = reached;
      this.tell([...page, flowChanged(reached)]);
      if (page.length < PAGE) return;
    }
  }

  private tell(events: EventPage): void {
    this.toldAtMs = Date.now();
    for (const { listener, filter } of this.listeners) {
      const share = events.filter(({ type, scope }) => type === FLOW_CHANGED || (filter.scope ?? scope) === scope);
      if (share.length > 0) listener(share);
    }
  }

  private async readPage(after: EventCursor, channel: string | undefined): Promise<EventPage> {
    const rows = await readChangedFigures(this.pool, Number(after.id), channel, PAGE);
    return rows.map((row) => toEvent(row, after.tx));
  }
}

function toEvent(figure: ChangedFigure, tx: string): LoggedEvent {
  const data: KpiChange = { kpi: figure.kpi, point: pointOf(figure) };
  return feedEvent(KPI_CHANGED, { tx, id: String(figure.revision) }, figure.channel, data);
}

function flowChanged(cursor: EventCursor): LoggedEvent {
  return feedEvent(FLOW_CHANGED, cursor, '', {});
}

function feedEvent(type: string, cursor: EventCursor, scope: string, data: object): LoggedEvent {
  const now = new Date().toISOString();
  return {
    type,
    cursor,
    scope,
    data,
    streamType: 'kpi',
    streamId: type,
    streamVersion: 1,
    schemaVersion: 1,
    source: 'hub',
    factId: '',
    occurredAt: now,
    recordedAt: now,
  };
}

/** What a follower has yet to take; bounded. */
class Waiting {
  private events: LoggedEvent[] = [];
  private wake: (() => void) | undefined;
  private overflowed = false;

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.wake?.(), { once: true });
  }

  push(events: EventPage): void {
    this.events.push(...events);
    this.overflowed ||= this.events.length > BUFFER_MAX;
    if (this.overflowed) this.events = [];
    this.wake?.();
  }

  /** Undefined when the signal aborts. */
  async next(): Promise<EventPage | undefined> {
    for (;;) {
      if (this.signal.aborted) return undefined;
      if (this.overflowed)
        throw new SlowConsumerError(`more than ${BUFFER_MAX} changes behind: resume from the last cursor`);
      if (this.events.length > 0) return this.events.splice(0);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
  }
}
