import type { ClientBase } from 'pg';

export type MessageStatus = 'COMMITTED' | 'IGNORED' | 'REFUSED' | 'PARKED' | 'DISMISSED';

/** A message as it is kept. The body is encrypted. */
export interface MessageRow {
  readonly id: string;
  readonly source: string;
  readonly topic: string;
  readonly externalId: string;
  readonly status: MessageStatus;
  readonly reason?: string;
  readonly detail?: string;
  readonly pointer?: string;
  /** `<channel>/<order reference>` of the orders it is about. */
  readonly subjects: readonly string[];
  readonly body: Buffer;
}

/** Keeps messages; a repeated one keeps its first row. */
export async function insertMessages(tx: Pick<ClientBase, 'query'>, rows: readonly MessageRow[]): Promise<void> {
  await tx.query({
    name: 'message.insert',
    text: `insert into message (id, source, topic, external_id, status, reason, detail, pointer, subjects, body)
           select id, source, topic, external_id, status, reason, detail, pointer,
                  array(select json_array_elements_text(subjects)), body
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                       $9::json[], $10::bytea[])
             as m (id, source, topic, external_id, status, reason, detail, pointer, subjects, body)
           order by source, external_id
           on conflict (source, external_id) do nothing`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.source),
      rows.map((row) => row.topic),
      rows.map((row) => row.externalId),
      rows.map((row) => row.status),
      rows.map((row) => row.reason ?? null),
      rows.map((row) => row.detail ?? null),
      rows.map((row) => row.pointer ?? null),
      rows.map((row) => JSON.stringify(row.subjects)),
      rows.map((row) => row.body),
    ],
  });
}

export interface StoredMessageRow {
  readonly id: string;
  readonly source: string;
  readonly topic: string;
  readonly external_id: string;
  readonly status: MessageStatus;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly pointer: string | null;
  readonly subjects: readonly string[];
  readonly received_at: Date;
  readonly body: Buffer;
}

export const MESSAGE_COLUMNS = 'id, source, topic, external_id, status, reason, detail, pointer, subjects, received_at';

export type StoredMessage = Omit<MessageRow, 'body'> & { readonly receivedAt: string };

export async function readMessage(
  db: Pick<ClientBase, 'query'>,
  id: string,
): Promise<(StoredMessage & { readonly body: Buffer }) | undefined> {
  const { rows } = await db.query<StoredMessageRow>(`select ${MESSAGE_COLUMNS}, body from message where id = $1`, [id]);
  const row = rows[0];
  return row === undefined ? undefined : { ...toStored(row), body: row.body };
}

/** Newest first; `before` is the id of the last one seen (ids grow with time). */
export async function listMessages(
  db: Pick<ClientBase, 'query'>,
  status: MessageStatus | undefined,
  before: string | undefined,
  limit: number,
): Promise<readonly StoredMessage[]> {
  const { rows } = await db.query<Omit<StoredMessageRow, 'body'>>(
    `select ${MESSAGE_COLUMNS} from message
     where ($1::text is null or status = $1) and ($2::uuid is null or id < $2)
     order by id desc limit $3`,
    [status ?? null, before ?? null, limit],
  );
  return rows.map(toStored);
}

/** Ids of messages that wait for their order, oldest first. */
export async function listParkedMessages(
  db: Pick<ClientBase, 'query'>,
  after: string | undefined,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'message.parked-page',
    text: `select id from message where status = 'PARKED' and ($1::uuid is null or id > $1) order by id limit $2`,
    values: [after ?? null, limit],
  });
  return rows.map(({ id }) => id);
}

/** Which stored messages: all that fit every part that is given. */
export interface MessageFilter {
  readonly source?: string;
  readonly statuses?: readonly MessageStatus[];
  /** About any of these. */
  readonly subjects?: readonly string[];
  readonly externalIdPrefix?: string;
  /** When they came: from, and before. */
  readonly from?: string;
  readonly to?: string;
}

/** How far the id of a message and its time may lie apart, in milliseconds: two clocks made them. */
const CLOCKS_APART_MS_MAX = 3_600_000;

/** Oldest first, behind `after` (the id of the last one seen). Not prepared by name: the conditions decide which index serves. */
export async function findMessages(
  db: Pick<ClientBase, 'query'>,
  filter: MessageFilter,
  after: string | undefined,
  limit: number,
): Promise<readonly StoredMessage[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = [
    'true',
    filter.source === undefined ? [] : `source = ${value(filter.source)}`,
    filter.statuses === undefined ? [] : `status = any(${value(filter.statuses)}::text[])`,
    filter.subjects === undefined ? [] : `subjects && ${value(filter.subjects)}::text[]`,
    filter.externalIdPrefix === undefined ? [] : `starts_with(external_id, ${value(filter.externalIdPrefix)})`,
    filter.from === undefined
      ? []
      : [
          `received_at >= ${value(filter.from)}::timestamptz`,
          `id >= ${value(firstIdAt(Date.parse(filter.from) - CLOCKS_APART_MS_MAX))}::uuid`,
        ],
    filter.to === undefined
      ? []
      : [
          `received_at < ${value(filter.to)}::timestamptz`,
          `id < ${value(firstIdAt(Date.parse(filter.to) + CLOCKS_APART_MS_MAX))}::uuid`,
        ],
    after === undefined ? [] : `id > ${value(after)}::uuid`,
  ].flat();
  const { rows } = await db.query<Omit<StoredMessageRow, 'body'>>(
    `select ${MESSAGE_COLUMNS} from message where ${conditions.join(' and ')} order by id limit ${value(limit)}`,
    values,
  );
  return rows.map(toStored);
}

/** The smallest UUIDv7 of the instant. */
function firstIdAt(ms: number): string {
  const time = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

export interface ParkedMessage {
  readonly id: string;
  readonly subjects: readonly string[];
}

/** Messages that wait for one of these orders, oldest first. */
export async function findParkedMessages(
  db: Pick<ClientBase, 'query'>,
  subjects: readonly string[],
  limit: number,
): Promise<readonly ParkedMessage[]> {
  const { rows } = await db.query<ParkedMessage>({
    name: 'message.parked',
    text: `select id, subjects from message where status = 'PARKED' and subjects && $1::text[] order by id limit $2`,
    values: [subjects, limit],
  });
  return rows;
}

/**
 * What a message became that was read as `before`. Who was first in the meantime counts, and what a person dismissed stays so
 * though it comes again: only that it was taken is always true.
 */
export async function updateMessageStatus(
  db: Pick<ClientBase, 'query'>,
  message: Pick<MessageRow, 'id' | 'status' | 'reason' | 'detail' | 'pointer' | 'subjects'>,
  before: MessageStatus,
): Promise<void> {
  await db.query(
    `update message set status = $2, reason = $3, detail = $4, pointer = $5, subjects = $6
     where id = $1 and (status = $7 and status <> 'DISMISSED' or $2 = 'COMMITTED')`,
    [
      message.id,
      message.status,
      message.reason ?? null,
      message.detail ?? null,
      message.pointer ?? null,
      message.subjects,
      before,
    ],
  );
}

export function toStored(row: Omit<StoredMessageRow, 'body'>): StoredMessage {
  const { id, source, topic, status, subjects } = row;
  return {
    id,
    source,
    topic,
    status,
    subjects,
    externalId: row.external_id,
    receivedAt: row.received_at.toISOString(),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.detail === null ? {} : { detail: row.detail }),
    ...(row.pointer === null ? {} : { pointer: row.pointer }),
  };
}
