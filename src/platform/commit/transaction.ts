import type { Pool, PoolClient } from 'pg';

const UNIQUE_VIOLATION = '23505';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const IN_FAILED_TRANSACTION = '25P02';
const TRIES_MAX = 5;

/** A version check failed: someone else changed the row since it was read. The transaction is run again. */
export class ConcurrentChangeError extends Error {
  readonly code = 'CONCURRENT_CHANGE';
}

/** Runs the work in one transaction. */
export async function inTransaction<T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  // The pool listens to idle connections alone: without this, one lost between two statements would end the process.
  const onLost = (error: Error): void => {
    broken = error;
  };
  tx.on('error', onLost);
  try {
    await tx.query('begin');
    const result = await work(tx);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback').catch((lost: unknown) => {
      broken = lost instanceof Error ? lost : new Error(String(lost));
    });
    throw error;
  } finally {
    tx.release(broken);
    tx.off('error', onLost);
  }
}

/**
 * Waits for statements of one transaction that were sent together, and throws the failure of the first that failed.
 * Waits for all of them even then: one that is sent after the rollback would stand outside the transaction.
 */
export async function sentTogether(statements: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(statements);
  const failures = settled.flatMap((statement) =>
    statement.status === 'rejected' ? [statement.reason as unknown] : [],
  );
  if (failures.length === 0) return;
  // What comes after the statement that failed is refused for that alone, and may have been sent earlier in the list.
  throw failures.find((failure) => codeOf(failure) !== IN_FAILED_TRANSACTION) ?? failures[0];
}

/**
 * Runs the work in one transaction, again when another writer was first (same new key, changed row, deadlock).
 * The work must read all it needs inside the transaction.
 */
export function inRetriedTransaction<T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  return retried(() => inTransaction(pool, work));
}

/** Runs the transaction, again (TRIES_MAX at most) when another writer was first. */
export async function retried<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (tries >= TRIES_MAX || !isConcurrency(error)) throw error;
    }
  }
}

/** Runs the work in one transaction that is rolled back at its end, and gives what the work gave. */
export async function inUndoneTransaction<T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const done: { result?: T } = {};
  try {
    await inTransaction(pool, async (tx) => {
      done.result = await work(tx);
      throw new UndoError();
    });
  } catch (error) {
    if (!(error instanceof UndoError)) throw error;
  }
  return done.result as T;
}

/** Ends a transaction that nothing is to stay of. */
class UndoError extends Error {}

function isConcurrency(error: unknown): boolean {
  if (error instanceof ConcurrentChangeError) return true;
  const code = codeOf(error);
  return code === UNIQUE_VIOLATION || code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
