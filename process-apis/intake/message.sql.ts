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

interface StoredMessageRow {
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

const COLUMNS = 'id, source, topic, external_id, status, reason, detail, pointer, subjects, received_at';

export type StoredMessage = Omit<MessageRow, 'body'> & { readonly receivedAt: string };

export async function readMessage(
  db: Pick<ClientBase, 'query'>,
  id: string,
): Promise<(StoredMessage & { readonly body: Buffer }) | undefined> {
  const { rows } = await db.query<StoredMessageRow>(`select ${COLUMNS}, body from message where id = $1`, [id]);
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
    `select ${COLUMNS} from message
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

export async function updateMessageStatus(
  db: Pick<ClientBase, 'query'>,
  message: Pick<MessageRow, 'id' | 'status' | 'reason' | 'detail' | 'pointer' | 'subjects'>,
): Promise<void> {
  await db.query(
    'update message set status = $2, reason = $3, detail = $4, pointer = $5, subjects = $6 where id = $1',
    [
      message.id,
      message.status,
      message.reason ?? null,
      message.detail ?? null,
      message.pointer ?? null,
      message.subjects,
    ],
  );
}

function toStored(row: Omit<StoredMessageRow, 'body'>): StoredMessage {
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
