import type { PoolClient } from 'pg';

/** What can be done with a message that was not taken. */
export interface MessageDesk {
  /** Reads and decides on it again. `why` is a sentence where it was not taken even so. */
  reprocess(messageId: string): Promise<{ readonly isTaken: boolean; readonly why: string }>;
  /** For good; in the caller's transaction. Messages that are taken already stay so. */
  dismiss(tx: PoolClient, messageIds: readonly string[]): Promise<void>;
}
