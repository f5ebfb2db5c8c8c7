import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../commit/transaction.js';
import { SqlCursorStore } from '../db/sql-cursor-store.js';
import { decodeCursor, encodeCursor, LOG_START } from './event-cursor.js';
import { readEventsAfter, type LoggedEvent } from './event-log.sql.js';

/**
 * Runs the work in a transaction as the consumer of that name, so that nobody else does meanwhile, in any process.
 * Undefined when another one is at it.
 */
export async function asConsumer<T>(
  pool: Pool,
  name: string,
  work: (tx: PoolClient) => Promise<T>,
): Promise<T | undefined> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ mine: boolean }>(
      'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as mine',
      [`log-consumer/${name}`],
    );
    return rows[0]?.mine === true ? work(tx) : undefined;
  });
}

/**
 * Hands the next page of the log to a durable consumer and moves its stored cursor, in one transaction: what the handler
 * writes with `tx` is done exactly once; what it does elsewhere must bear repetition. One process at a time per name.
 * Gives true when there is more.
 */
export async function consumeLog(
  pool: Pool,
  name: string,
  pageMax: number,
  handle: (tx: PoolClient, events: readonly LoggedEvent[]) => Promise<void>,
): Promise<boolean> {
  const more = await asConsumer(pool, name, async (tx) => {
    const cursors = new SqlCursorStore(tx);
    const stored = await cursors.get(name);
    const events = await readEventsAfter(tx, stored === undefined ? LOG_START : decodeCursor(stored), pageMax);
    const last = events.at(-1);
    if (last === undefined) return false;
    await handle(tx, events);
    await cursors.set(name, encodeCursor(last.cursor));
    return events.length === pageMax;
  });
  return more ?? false;
}
