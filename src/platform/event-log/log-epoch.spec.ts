import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/until.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { inTransaction } from '../commit/index.js';
import { CursorError, decodeCursor, encodeCursor, LOG_START, type EventCursor } from './event-cursor.js';
import { EventFeed } from './event-feed.js';
import { appendEvents, readEventsAfter, readLogEnd } from './event-log.sql.js';
import {
  beginEpoch,
  closeLoss,
  ensureLogEpoch,
  findOpenLoss,
  readCautiousUntil,
  refuseLostCursor,
} from './log-epoch.js';
import { eachEvent } from './testing/each-event.js';
import { newEvents } from './testing/events.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

const append = (count: number): Promise<void> =>
  inTransaction(pool, (tx) => appendEvents(tx, newEvents(randomUUIDv7(), 1, count)));

/** Readers stay behind the oldest open transaction of the whole server, and other tests have theirs. */
async function settled(count: number, after = LOG_START): Promise<readonly number[]> {
  return eventually(async () => {
    const events = await readEventsAfter(pool, after, 10);
    expect(events).toHaveLength(count);
    return events.map(({ streamVersion }) => streamVersion);
  });
}

/** As rows look that were copied from a server that had done far more transactions. */
const asFromElsewhere = (): Promise<unknown> =>
  pool.query(`update event_log set tx = (tx::text::bigint + 1000000000)::text::xid8`);

describe('the log on the server that it began on', () => {
  it('is numbered by the server, and starting again changes nothing', async () => {
    expect(await ensureLogEpoch(database.url)).toBeUndefined();
    await append(3);
    expect(await ensureLogEpoch(database.url)).toBeUndefined();
    const { rows } = await pool.query(`select because, tx_offset::int as offset from log_epoch`);
    expect(rows).toEqual([{ because: 'INSTALLED', offset: 0 }]);
    expect(await readCautiousUntil(pool)).toBe(0);
    expect(await findOpenLoss(pool)).toBeUndefined();
  });
});

describe('the log on another server', () => {
  it('shows what was copied, and what is written then comes after it', async () => {
    await ensureLogEpoch(database.url);
    await append(3);
    await asFromElsewhere();
    // Nobody sees them: their numbers lie ahead of this server's transactions.
    expect(await readEventsAfter(pool, LOG_START, 10)).toEqual([]);
    expect(await ensureLogEpoch(database.url)).toBe('MOVED');
    const copied = await readLogEnd(pool);
    await append(2);
    expect(await settled(5)).toEqual([1, 2, 3, 1, 2]);
    expect(await settled(2, copied)).toEqual([1, 2]);
    expect(await ensureLogEpoch(database.url)).toBeUndefined();
    expect(await readCautiousUntil(pool)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  });

  it('is noticed by cluster and timeline too, where the numbers do not tell', async () => {
    await ensureLogEpoch(database.url);
    await append(1);
    await pool.query(`update log_epoch set server = 'another/1'`);
    expect(await ensureLogEpoch(database.url)).toBe('MOVED');
    const loss = await findOpenLoss(pool);
    expect(loss).toMatchObject({ because: 'MOVED' });
    if (loss !== undefined) await closeLoss(pool, loss);
    expect(await findOpenLoss(pool)).toBeUndefined();
  });

  it('begins only when open writers are done, and hides none of them', async () => {
    const writer = await pool.connect();
    await writer.query('begin');
    await appendEvents(writer, newEvents(randomUUIDv7(), 1, 1));
    const begun = vi.fn<() => void>();
    const begin = async (): Promise<void> => {
      await inTransaction(pool, (tx) => beginEpoch(tx, 'MOVED'));
      begun();
    };
    const beginning = begin();
    await pause(100);
    expect(begun).not.toHaveBeenCalled();
    await writer.query('commit');
    writer.release();
    await beginning;
    await append(1);
    await settled(2);
  });
});

const beyond = ({ tx, id }: EventCursor): EventCursor => ({ tx: String(BigInt(tx) + 5n), id });

describe('a cursor that a client kept', () => {
  it('stays good over a new epoch, for what was not lost', async () => {
    await append(3);
    await settled(3);
    const [first] = await readEventsAfter(pool, LOG_START, 1);
    const end = await readLogEnd(pool);
    await inTransaction(pool, (tx) => beginEpoch(tx, 'RESTORED'));
    await append(2);
    await settled(2, end);
    for (const cursor of [LOG_START, first?.cursor ?? LOG_START, end, await readLogEnd(pool)])
      await expect(refuseLostCursor(pool, cursor)).resolves.toBeUndefined();
    await settled(2, end);
  });

  it('is refused when it points at what was lost, also when the same backup is restored twice', async () => {
    await append(3);
    await settled(3);
    const end = await readLogEnd(pool);
    await inTransaction(pool, (tx) => beginEpoch(tx, 'RESTORED'));
    await append(1);
    await settled(1, end);
    const ofFirstRestore = await readLogEnd(pool);
    await pool.query(`delete from event_log where tx > $1::xid8`, [end.tx]);
    await pool.query('delete from log_epoch');
    await inTransaction(pool, (tx) => beginEpoch(tx, 'RESTORED'));
    await append(1);
    for (const lost of [beyond(end), ofFirstRestore, { tx: '99999999999999999', id: '1' }])
      await expect(refuseLostCursor(pool, lost)).rejects.toThrow(CursorError);
  });

  it('is refused when it is of what is numbered beside the log, in any epoch', async () => {
    await ensureLogEpoch(database.url);
    await expect(refuseLostCursor(pool, LOG_START)).resolves.toBeUndefined();
    await expect(refuseLostCursor(pool, { tx: '0', id: '7' })).rejects.toThrow('of another stream');
    await inTransaction(pool, (tx) => beginEpoch(tx, 'RESTORED'));
    const { rows } = await pool.query<{ tx: string }>('select max(first_tx)::text as tx from log_epoch');
    await expect(refuseLostCursor(pool, { tx: rows[0]?.tx ?? '', id: '7' })).rejects.toThrow('of another stream');
  });

  it('is refused when no log could hold it', () => {
    const most = { tx: '18446744073709551615', id: '9223372036854775807' };
    expect(decodeCursor(encodeCursor(most))).toEqual(most);
    for (const beyondAll of ['18446744073709551616:1', '1:9223372036854775808', '-1:1', 'x'])
      expect(() => decodeCursor(Buffer.from(beyondAll).toString('base64url'))).toThrow(CursorError);
  });

  it('is refused by the feed, in words for the client', async () => {
    await append(1);
    await settled(1);
    const lost = beyond(await readLogEnd(pool));
    await inTransaction(pool, (tx) => beginEpoch(tx, 'RESTORED'));
    const feed = new EventFeed(pool);
    await feed.start();
    try {
      const events = eachEvent(feed, {}, lost, new AbortController().signal);
      await expect(events.next()).rejects.toThrow('subscribe without it');
    } finally {
      await feed.stop();
    }
  });
});
