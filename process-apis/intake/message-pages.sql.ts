import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { utc } from '../../src/platform/db/utc.js';
import { endOfIdsBefore, firstIdFrom } from '../../src/platform/db/uuid-at.js';
import {
  MESSAGE_COLUMNS,
  toStored,
  type MessageStatus,
  type StoredMessage,
  type StoredMessageRow,
} from './message.sql.js';

type Db = Pick<ClientBase, 'query'>;

export const MESSAGES_PAGE_MAX = 100;

/** Which messages a list shows; what is absent does not narrow it. */
export interface MessageListFilter {
  readonly sources?: readonly string[];
  readonly statuses?: readonly MessageStatus[];
  readonly topic?: string;
  /** What they are about, as `subjectOf` says it. */
  readonly subject?: string;
  /** When they came: from, and before. */
  readonly receivedFrom?: Instant;
  readonly receivedTo?: Instant;
}

/** Newest first, behind `before` (the id of the last one seen). Built of the conditions that are asked for: they decide which index serves. */
export async function pageMessages(
  db: Db,
  { sources, statuses, topic, subject, receivedFrom, receivedTo }: MessageListFilter,
  before: string | undefined,
  limit: number,
): Promise<readonly StoredMessage[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = [
    sources === undefined ? [] : `source = any(${value(sources)}::text[])`,
    statuses === undefined ? [] : `status = any(${value(statuses)}::text[])`,
    // As a constant where it can be: an index holds what was not just taken.
    statuses === undefined || statuses.includes('COMMITTED') ? [] : `status <> 'COMMITTED'`,
    topic === undefined ? [] : `topic = ${value(topic)}`,
    receivedFrom === undefined
      ? []
      : [`received_at >= ${value(receivedFrom)}::timestamptz`, `id >= ${value(firstIdFrom(receivedFrom))}::uuid`],
    receivedTo === undefined
      ? []
      : [`received_at < ${value(receivedTo)}::timestamptz`, `id < ${value(endOfIdsBefore(receivedTo))}::uuid`],
    before === undefined ? [] : `id < ${value(before)}::uuid`,
  ].flat();
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  // Gathered by the subject before they are sorted: else the database would walk through all messages by their ids.
  const from =
    subject === undefined
      ? `message ${where}`
      : `(select * from message where subjects @> array[${value(subject)}] offset 0) m ${where}`;
  const { rows } = await db.query<Omit<StoredMessageRow, 'body'>>(
    `select ${MESSAGE_COLUMNS} from ${from} order by id desc limit ${value(limit)}`,
    values,
  );
  return rows.map(toStored);
}

/** When a message last came from each of these senders; those that sent none are absent. */
export async function readLastMessages(db: Db, sources: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ source: string; at: string }>({
    name: 'message.last-of-sources',
    text: `select s.source, ${utc('m.received_at')} as at from unnest($1::text[]) as s (source)
             cross join lateral (
               select received_at from message m where m.source = s.source order by m.id desc limit 1
             ) m`,
    values: [sources],
  });
  return new Map(rows.map(({ source, at }) => [source, at]));
}
