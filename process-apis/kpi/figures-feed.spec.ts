import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { CursorError, type EventCursor, type LoggedEvent } from '../../src/platform/event-log/index.js';
import { NO_FIGURES, type Figure } from './figures.js';
import { readRevision, writeFigures, writeRevision } from './figures.sql.js';
import { FiguresFeed, FLOW_CHANGED, KPI_CHANGED, type KpiChange } from './figures-feed.js';

let database: TestDatabase;
let pool: pg.Pool;
let feed: FiguresFeed;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  feed = new FiguresFeed(pool, (sentence) => {
    throw new Error(sentence);
  });
});

afterAll(async () => {
  await feed.stop();
  await pool.end();
  await database.drop();
});

function figure(channel: string, count: number): Figure {
  return { ...NO_FIGURES, kpi: 'EXCEPTION_VOLUME', day: '2026-03-01', channel, node: '', stage: 'LATE', count };
}

async function write(...figures: readonly Figure[]): Promise<EventCursor> {
  const revision = Number((await readRevision(pool)).id);
  await writeFigures(pool, figures, revision);
  await writeRevision(pool, revision + figures.length);
  return readRevision(pool);
}

function told(events: readonly LoggedEvent[]): readonly string[] {
  return events.flatMap(({ type, data }) => {
    if (type !== KPI_CHANGED) return [];
    const { point } = data as KpiChange;
    return [`${point.channel} ${point.count}`];
  });
}

async function past(after: EventCursor, scope?: string): Promise<readonly LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for await (const page of feed.past(scope === undefined ? {} : { scope }, after, await readRevision(pool)))
    events.push(...page);
  return events;
}

describe('the feed of figures', () => {
  it('goes on behind a cursor with what changed since, each as it stands', async () => {
    const start = await write(figure('a', 1), figure('b', 1));
    await write(figure('a', 2));
    await write(figure('a', 3), figure('c', 1));
    const events = await past(start);
    expect(told(events)).toEqual(['a 3', 'c 1']);
    expect(told(await past(start, 'c'))).toEqual(['c 1']);
    const [first] = events;
    expect(told(await past(first?.cursor ?? start))).toEqual(['c 1']);
  });

  it('tells each live change once and in order, also those of the moment in which one comes', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const start = await readRevision(pool);
    await write(figure('d', 1));
    const reading = (async () => {
      for await (const page of feed.subscribe({}, start, stop.signal)) {
        seen.push(...told(page));
        if (seen.includes('f 1')) stop.abort();
      }
    })();
    await write(figure('e', 1));
    setTimeout(() => void write(figure('f', 1)), 1_500);
    await reading;
    expect(seen).toEqual(['d 1', 'e 1', 'f 1']);
  });

  it('tells all who listen that the flow changed', async () => {
    const events = await new Promise<readonly LoggedEvent[]>((resolve) => {
      const stop = feed.onEvents(
        (page) => {
          stop();
          resolve(page);
        },
        { scope: 'of nobody' },
      );
      void feed.place().then(() => write(figure('a', 4)));
    });
    expect(events.map(({ type }) => type)).toEqual([FLOW_CHANGED]);
  });

  it('has one place for all who ask at the same moment', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const waits = [first.promise, second.promise];
    const late = new FiguresFeed(
      { query: async (query: pg.QueryConfig) => (await waits.shift(), pool.query(query)) } as unknown as pg.Pool,
      () => undefined,
    );
    const [followed, joined] = [late.place(), late.place()];
    // The connection of whoever asked first is the slower one.
    second.resolve();
    const before = await readRevision(pool);
    await write(figure('g', 1));
    first.resolve();
    const after = await readRevision(pool);
    expect(after).not.toEqual(before);
    // What comes behind the follower's place must be behind that of who joined, too.
    expect([await followed, await joined]).toEqual([after, after]);
    await late.stop();
  });

  it('refuses a cursor that is ahead, or of another epoch', async () => {
    const { tx, id } = await readRevision(pool);
    await expect(past({ tx, id: String(Number(id) + 1) })).rejects.toThrow(CursorError);
    await expect(past({ tx: '77', id: '1' })).rejects.toThrow(CursorError);
  });
});
