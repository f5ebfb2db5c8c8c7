import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { logSettled } from '../../../test/support/log-settled.js';
import { eventually } from '../../../test/support/until.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { inTransaction } from '../commit/index.js';
import { EventFeed, SlowConsumerError } from './event-feed.js';
import { appendEvents, readLogEnd, type EventFilter, type LoggedEvent } from './event-log.sql.js';
import { eachEvent } from './testing/each-event.js';
import { newEvents } from './testing/events.js';

/** One more than a subscriber may be behind. */
const TOO_MANY = 10_001;

let database: TestDatabase;
let pool: pg.Pool;
let feed: EventFeed;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 6);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  feed = new EventFeed(pool);
  await feed.start();
});

afterEach(async () => {
  await feed.stop();
  vi.restoreAllMocks();
});

async function append(streamId: string, fromVersion: number, count: number, scope?: string): Promise<void> {
  await inTransaction(pool, (tx) => appendEvents(tx, newEvents(streamId, fromVersion, count, scope)));
  feed.wake();
}

/** Takes so many events, then stops. */
async function next(
  events: AsyncGenerator<LoggedEvent, void, undefined>,
  count: number,
): Promise<readonly LoggedEvent[]> {
  const taken: LoggedEvent[] = [];
  while (taken.length < count) {
    const result = await events.next();
    if (result.done === true) return taken;
    taken.push(result.value);
  }
  return taken;
}

const versions = (events: readonly LoggedEvent[]): readonly number[] => events.map((event) => event.streamVersion);

describe('a subscription', () => {
  it('without a cursor starts now', async () => {
    const stream = randomUUIDv7();
    await append(stream, 1, 3);
    await logSettled(pool);
    const end = await readLogEnd(pool);
    await eventually(async () => expect(await feed.place()).toEqual(end));
    const stop = new AbortController();
    const events = eachEvent(feed, { streamId: stream }, undefined, stop.signal);
    const first = next(events, 2);
    await pause(20);
    await append(stream, 4, 2);
    expect(versions(await first)).toEqual([4, 5]);
    stop.abort();
    expect(await events.next()).toMatchObject({ done: true });
  });

  it('gets what it is about alone, from the log and live', async () => {
    const start = await readLogEnd(pool);
    const write = (type: string, streamType: string, scope: string) =>
      inTransaction(pool, (tx) =>
        appendEvents(
          tx,
          newEvents(randomUUIDv7(), 1, 1, scope).map((event) => ({ ...event, type, streamType })),
        ),
      );
    const writeAll = async () => {
      for (const [type, streamType, scope] of [
        ['Left', 'parcel', 'a'],
        ['Came', 'parcel', 'a'],
        ['Left', 'person', 'a'],
        ['Left', 'parcel', 'b'],
      ] as const)
        await write(type, streamType, scope);
      feed.wake();
    };
    await writeAll();
    const stop = new AbortController();
    const seen = async (filter: EventFilter, count: number) =>
      (await next(eachEvent(feed, filter, start, stop.signal), count)).map((event) =>
        [event.type, event.streamType, event.scope].join(' '),
      );
    const asked = [
      seen({ streamType: 'parcel', types: ['Left'] }, 4),
      seen({ streamType: 'person' }, 2),
      seen({ types: ['Came'], scope: 'a' }, 2),
    ];
    await writeAll();
    expect(await Promise.all(asked)).toEqual([
      ['Left parcel a', 'Left parcel b', 'Left parcel a', 'Left parcel b'],
      ['Left person a', 'Left person a'],
      ['Came parcel a', 'Came parcel a'],
    ]);
    stop.abort();
  });

  it('with the last cursor of an earlier one gets everything in between once, then goes on live', async () => {
    const stream = randomUUIDv7();
    const start = await readLogEnd(pool);
    await append(stream, 1, 4);
    const [stopped, resumed] = [new AbortController(), new AbortController()];
    const before = await next(eachEvent(feed, { streamId: stream }, start, stopped.signal), 4);
    stopped.abort();
    await append(stream, 5, 1_200);
    const events = eachEvent(feed, { streamId: stream }, before[3]?.cursor, resumed.signal);
    const after = next(events, 1_203);
    await append(stream, 1_205, 3);
    expect(versions(await after)).toEqual(Array.from({ length: 1_203 }, (_, index) => index + 5));
    resumed.abort();
    await events.return();
  });

  it('hands over from catching up to live without a gap while events are written', async () => {
    const stream = randomUUIDv7();
    const start = await readLogEnd(pool);
    const writing = (async () => {
      for (let version = 1; version <= 3_000; version += 20) await append(stream, version, 20);
    })();
    const stop = new AbortController();
    const readers = Array.from({ length: 6 }, async (_, index) => {
      await pause(index * 15);
      return next(eachEvent(feed, { streamId: stream }, start, stop.signal), 3_000);
    });
    await writing;
    const expected = Array.from({ length: 3_000 }, (_, index) => index + 1);
    for (const seen of await Promise.all(readers)) expect(versions(seen)).toEqual(expected);
    stop.abort();
  });

  it('hears of commits of other processes without being woken', async () => {
    const stream = randomUUIDv7();
    const stop = new AbortController();
    const events = next(eachEvent(feed, { streamId: stream }, undefined, stop.signal), 1);
    await pause(20);
    await inTransaction(pool, (tx) => appendEvents(tx, newEvents(stream, 1, 1)));
    expect(versions(await events)).toEqual([1]);
    stop.abort();
  });

  it('shows what its filter lets through and no more', async () => {
    const stop = new AbortController();
    const mine = next(eachEvent(feed, { scope: 'mine' }, undefined, stop.signal), 2);
    await pause(20);
    await append(randomUUIDv7(), 1, 5, 'theirs');
    await append(randomUUIDv7(), 1, 2, 'mine');
    expect((await mine).map((event) => event.scope)).toEqual(['mine', 'mine']);
    stop.abort();
  });

  it('ends when it is aborted: before, while it waits, and while it reads', async () => {
    expect(await eachEvent(feed, {}, undefined, AbortSignal.abort()).next()).toMatchObject({ done: true });

    const waiting = new AbortController();
    const pending = eachEvent(feed, { streamId: randomUUIDv7() }, undefined, waiting.signal).next();
    await pause(20);
    waiting.abort();
    expect(await pending).toMatchObject({ done: true });

    const stream = randomUUIDv7();
    const start = await readLogEnd(pool);
    await append(stream, 1, 1_500);
    const reading = new AbortController();
    const events = eachEvent(feed, { streamId: stream }, start, reading.signal);
    await next(events, 5);
    reading.abort();
    // What was read already may still come; no new page is read.
    expect((await next(events, 5_000)).length).toBeLessThan(1_500);
  });

  it('that is too slow is dropped with an error, and can resume where it was', async () => {
    const stream = randomUUIDv7();
    const stop = new AbortController();
    const events = eachEvent(feed, { streamId: stream }, undefined, stop.signal);
    const first = next(events, 1);
    await pause(20);
    await append(stream, 1, 1);
    const [last] = await first;
    for (let version = 2; version < TOO_MANY + 2; version += 2_000) await append(stream, version, 2_000);
    const other = next(eachEvent(feed, { streamId: stream }, last?.cursor, stop.signal), TOO_MANY);
    await other;
    await expect(next(events, TOO_MANY)).rejects.toThrow(SlowConsumerError);
    const resumed = await next(eachEvent(feed, { streamId: stream }, last?.cursor, stop.signal), TOO_MANY);
    expect(versions(resumed)).toEqual(Array.from({ length: TOO_MANY }, (_, index) => index + 2));
    stop.abort();
  });
});

describe('a listener', () => {
  it('that fails does not take the page from the others', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const seen: number[] = [];
    feed.onEvents(() => {
      throw new Error('a bad day');
    });
    const stop = feed.onEvents((events) => seen.push(...versions(events)));
    const stream = randomUUIDv7();
    await append(stream, 1, 3);
    await eventually(() => expect(seen).toEqual([1, 2, 3]));
    expect(error).toHaveBeenCalledWith('a listener of the event log failed: a bad day');
    stop();
    await append(stream, 4, 1);
    await pause(50);
    expect(seen).toEqual([1, 2, 3]);
  });
});
