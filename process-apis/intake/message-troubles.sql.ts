import type { ClientBase } from 'pg';
import { utc } from '../../src/platform/db/utc.js';
import type { StoredMessage } from './message.sql.js';

type Db = Pick<ClientBase, 'query'>;

const AS_JSON = `json_strip_nulls(json_build_object('id', m.id, 'source', m.source, 'topic', m.topic, 'externalId', m.external_id,
  'status', m.status,
  'reason', m.reason, 'detail', m.detail, 'pointer', m.pointer, 'subjects', m.subjects,
  'receivedAt', ${utc('m.received_at')})) as message`;

interface Row {
  readonly message: StoredMessage;
}

/** A place in the list: the instant with all its digits, and the id. */
export interface TroublePosition {
  readonly at: string;
  readonly id: string;
}

/** Messages that were not taken, the newest first behind `after`: refused ones, and those that have waited for `parkedMs`. */
export async function findTroubledMessages(
  db: Db,
  after: TroublePosition | undefined,
  parkedMs: number,
  limit: number,
): Promise<readonly { readonly message: StoredMessage; readonly position: TroublePosition }[]> {
  const { rows } = await db.query<Row & { readonly at: string }>({
    name: 'message.troubled',
    text: `select ${AS_JSON}, m.received_at::text as at from message m
           where m.status in ('REFUSED', 'PARKED')
             and (m.status = 'REFUSED' or m.received_at <= now() - $3 * interval '1 millisecond')
             and ($1::timestamptz is null or (m.received_at, m.id) < ($1, $2::uuid))
           order by m.received_at desc, m.id desc limit $4`,
    values: [after?.at ?? null, after?.id ?? null, parkedMs, limit],
  });
  return rows.map(({ message, at }) => ({ message, position: { at, id: message.id } }));
}

/** Unknown ids are absent. */
export async function readMessagesWithoutBody(db: Db, ids: readonly string[]): Promise<readonly StoredMessage[]> {
  const { rows } = await db.query<Row>({
    name: 'message.without-body',
    text: `select ${AS_JSON} from message m where m.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map(({ message }) => message);
}

/** A person decided that they are not taken. Those that are taken already stay so. */
export async function dismissMessages(tx: Db, ids: readonly string[]): Promise<void> {
  await tx.query({
    name: 'message.dismiss',
    text: `update message set status = 'DISMISSED' where id = any($1::uuid[]) and status in ('REFUSED', 'PARKED')`,
    values: [ids],
  });
}

/** With the sealed body. Unknown ids are absent. */
export async function readSealedMessages(
  db: Db,
  ids: readonly string[],
): Promise<readonly (StoredMessage & { readonly body: Buffer })[]> {
  const { rows } = await db.query<Row & { readonly body: Buffer }>({
    name: 'message.sealed',
    text: `select ${AS_JSON}, m.body from message m where m.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map(({ message, body }) => ({ ...message, body }));
}

/**
 * Ids of the newest messages about each of these subjects, `perSubject` at most. Gathered before they are sorted: asked for the
 * newest alone, the database would walk through all messages by their ids until it has met enough.
 */
export async function findMessagesAbout(
  db: Db,
  subjects: readonly string[],
  perSubject: number,
): Promise<readonly { readonly subject: string; readonly id: string }[]> {
  const { rows } = await db.query<{ subject: string; id: string }>({
    name: 'message.about',
    text: `select s.subject, m.id from unnest($1::text[]) as s (subject)
             cross join lateral (
               select array_agg(id order by id desc) as ids from message where subjects @> array[s.subject]
             ) f
             cross join lateral unnest(f.ids[1:$2::int]) as m (id)`,
    values: [subjects, perSubject],
  });
  return rows;
}
