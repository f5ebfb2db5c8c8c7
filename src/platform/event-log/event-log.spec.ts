import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/until.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { inTransaction } from '../commit/index.js';
import { LOG_START, type EventCursor } from './event-cursor.js';
import { EventFeed } from './event-feed.js';
import { appendEvents, readEventsAfter, readLogEnd, readStreams, type LoggedEvent } from './event-log.sql.js';
import { eachEvent } from './testing/each-event.js';
import { newEvents } from './testing/events.js';

const WRITERS = 16;
const EVENTS = 24_000;
const EVENTS_PER_TRANSACTION_MAX = 60;
/** One transaction in so many stays open while others commit. */
const HELD_OPEN_EVERY = 12;
const HELD_OPEN_MS_MAX = 40;
const PAGE = 700;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, WRITERS + 6);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Writes its own stream, version after version, in transactions of uneven length. */
async function write(stream: string, events: number, random: () => number): Promise<void> {
  for (let version = 1; version <= events;) {
    const size = Math.min(events - version + 1, 1 + Math.floor(random() * EVENTS_PER_TRANSACTION_MAX));
    const from = version;
    await inTransaction(pool, async (tx) => {
      const half = Math.ceil(size / 2);
      await appendEvents(tx, newEvents(stream, from, half));
      if (random() < 1 / HELD_OPEN_EVERY) await pause(random() * HELD_OPEN_MS_MAX);
      await appendEvents(tx, newEvents(stream, from + half, size - half));
    });
    version += size;
  }
}

/** A client that reads page after page with its last cursor, while the log grows, until it has seen so many. */
async function readAll(total: number): Promise<readonly LoggedEvent[]> {
  const seen: LoggedEvent[] = [];
  let cursor: EventCursor = LOG_START;
  while (seen.length < total) {
    const page = await readEventsAfter(pool, cursor, PAGE);
    seen.push(...page);
    cursor = page.at(-1)?.cursor ?? cursor;
    if (page.length < PAGE) await pause(3);
  }
  return seen;
}

/** The trap: a reader that goes by the sequence alone. Gives how many of the events it saw. */
async function readNaively(isDone: () => boolean): Promise<number> {
  let [seen, last] = [0, '0'];
  for (let finished = false; !finished;) {
    finished = isDone();
    const { rows } = await pool.query<{ id: string }>(
      'select id::text as id from event_log where id > $1::bigint order by event_log.id limit 5000',
      [last],
    );
    seen += rows.length;
    last = rows.at(-1)?.id ?? last;
    if (!finished) await pause(1);
  }
  return seen;
}

async function take(
  feed: EventFeed,
  after: EventCursor | undefined,
  total: number,
  scope?: string,
): Promise<readonly LoggedEvent[]> {
  const stop = new AbortController();
  const seen: LoggedEvent[] = [];
  for await (const event of eachEvent(feed, scope === undefined ? {} : { scope }, after, stop.signal)) {
    seen.push(event);
    if (seen.length === total) stop.abort();
  }
  return seen;
}

/** Each event of each stream once, and in the stream's order. */
function expectComplete(seen: readonly LoggedEvent[], streams: readonly string[], perStream: number): void {
  const next = new Map(streams.map((stream) => [stream, 1]));
  for (const event of seen) {
    if (event.streamVersion !== next.get(event.streamId))
      throw new Error(`stream ${event.streamId}: ${event.streamVersion} came, ${next.get(event.streamId)} was due`);
    next.set(event.streamId, event.streamVersion + 1);
  }
  expect([...next.values()]).toEqual(streams.map(() => perStream + 1));
}

describe('the event log under concurrent writers', () => {
  it('loses nothing, doubles nothing, and keeps each stream in order, for pages and for subscriptions', async () => {
    const streams = Array.from({ length: WRITERS }, () => randomUUIDv7());
    const perStream = EVENTS / WRITERS;
    const feed = new EventFeed(pool);
    await feed.start();
    let isWritten = false;
    const readers = [readAll(EVENTS), take(feed, LOG_START, EVENTS), take(feed, undefined, EVENTS)];
    const naive = readNaively(() => isWritten);
    await pause(50);
    const writing = Promise.all(streams.map((stream) => write(stream, perStream, Math.random)));
    // One that joins in the middle, from the start of the log, and so has to catch up with the others.
    await pause(300);
    readers.push(take(feed, LOG_START, EVENTS));
    await writing;
    isWritten = true;

    for (const seen of await Promise.all(readers)) expectComplete(seen, streams, perStream);
    // The control: under this very load a reader of the plain sequence does lose events.
    expect(await naive).toBeLessThan(EVENTS);

    const end = await readLogEnd(pool);
    expect(await readEventsAfter(pool, end, 10)).toEqual([]);
    await feed.stop();
  }, 60_000);

  it('does not pass a transaction that is still open, however much is committed after it', async () => {
    const [slow, fast] = [randomUUIDv7(), randomUUIDv7()];
    const start = await readLogEnd(pool);
    const tx = await pool.connect();
    await tx.query('begin');
    await appendEvents(tx, newEvents(slow, 1, 1));
    await inTransaction(pool, (other) => appendEvents(other, newEvents(fast, 1, 3)));
    expect(await readEventsAfter(pool, start, 10)).toEqual([]);
    await tx.query('commit');
    tx.release();
    // Transactions of others on the same server may hold the horizon back for a moment.
    await eventually(async () => {
      const streams = (await readEventsAfter(pool, start, 10)).map((event) => event.streamId);
      expect(streams).toEqual([slow, fast, fast, fast]);
    });
  });

  it('refuses a second event of one stream and version', async () => {
    const stream = randomUUIDv7();
    await inTransaction(pool, (tx) => appendEvents(tx, newEvents(stream, 1, 1)));
    await expect(inTransaction(pool, (tx) => appendEvents(tx, newEvents(stream, 1, 1)))).rejects.toMatchObject({
      code: '23505',
    });
  });

  it('reads streams from their beginning, and pages by scope', async () => {
    const [a = '', b = ''] = [randomUUIDv7(), randomUUIDv7()].toSorted();
    const start = await readLogEnd(pool);
    await inTransaction(pool, (tx) =>
      appendEvents(tx, [...newEvents(a, 1, 5, 'mine'), ...newEvents(b, 1, 2, 'theirs')]),
    );
    expect((await readStreams(pool, [a, b], 3)).map((event) => event.streamVersion)).toEqual([1, 2, 3, 1, 2]);
    await eventually(async () => {
      const mine = await readEventsAfter(pool, start, 100, { scope: 'mine' });
      expect(mine.map((event) => event.streamId)).toEqual([a, a, a, a, a]);
    });
    expect(await readEventsAfter(pool, start, 100, { scope: 'theirs', streamId: a })).toEqual([]);
  });
});
