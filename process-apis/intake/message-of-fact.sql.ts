import type { ClientBase } from 'pg';
import { KEPT_FACT } from './kept-facts.js';
import { MESSAGE_COLUMNS, toStored, type StoredMessage, type StoredMessageRow } from './message.sql.js';

/** Messages about one order that are looked at: the first ones. */
const MESSAGES_LOOKED_AT = 1_000;

/** A fact that was taken, and when what came of it was recorded. */
export interface TakenFact {
  readonly factId: string;
  readonly source: string;
  readonly recordedAt: string;
}

/**
 * The messages that carried these facts, by fact id: a message and what comes of it are recorded in one transaction, and so at
 * the very same instant; a fact that is kept by itself is named by its message. Facts of no known message are absent.
 */
export async function findMessagesOfFacts(
  db: Pick<ClientBase, 'query'>,
  subjects: readonly string[],
  facts: readonly TakenFact[],
): Promise<ReadonlyMap<string, StoredMessage>> {
  if (facts.length === 0) return new Map();
  const { rows } = await db.query<Omit<StoredMessageRow, 'body'>>({
    name: 'message.of-facts',
    text: `select ${MESSAGE_COLUMNS} from message where subjects && $1::text[] order by id limit $2`,
    values: [subjects, MESSAGES_LOOKED_AT],
  });
  const messages = rows.map(toStored);
  return new Map(
    facts.flatMap(({ factId, source, recordedAt }) => {
      const found =
        messages.find((message) => message.externalId === `${KEPT_FACT}${factId}`) ??
        messages.find((message) => message.source === source && message.receivedAt === recordedAt);
      return found === undefined ? [] : [[factId, found] as const];
    }),
  );
}
