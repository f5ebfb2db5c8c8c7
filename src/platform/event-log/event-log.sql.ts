import type { ClientBase } from 'pg';
import { jsonArray, jsonTexts, plainArray } from '../db/set-parameters.js';
import type { EventCursor } from './event-cursor.js';

/** An event as it is written. `streamVersion` is unique in the stream: the second guard against writing twice. */
export interface NewEvent {
  readonly streamType: string;
  readonly streamId: string;
  readonly streamVersion: number;
  readonly type: string;
  readonly schemaVersion: number;
  /** Who may see it; empty for internal events. */
  readonly scope: string;
  readonly source: string;
  readonly factId: string;
  readonly occurredAt: string;
  readonly data: object;
}

export interface LoggedEvent extends NewEvent {
  readonly cursor: EventCursor;
  readonly recordedAt: string;
}

export async function appendEvents(tx: ClientBase, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query({
    name: 'event-log.append',
    text: `insert into event_log
             (stream_type, stream_id, stream_version, type, schema_version, scope, source, fact_id, occurred_at, data)
           select * from unnest($1::text[], $2::uuid[], $3::int[], $4::text[], $5::smallint[], $6::text[], $7::text[],
                                $8::text[], $9::timestamptz[], ${jsonArray('$10')})`,
    values: [
      plainArray(events.map((event) => event.streamType)),
      plainArray(events.map((event) => event.streamId)),
      plainArray(events.map((event) => event.streamVersion)),
      plainArray(events.map((event) => event.type)),
      plainArray(events.map((event) => event.schemaVersion)),
      events.map((event) => event.scope),
      events.map((event) => event.source),
      events.map((event) => event.factId),
      plainArray(events.map((event) => event.occurredAt)),
      jsonTexts(events.map((event) => event.data)),
    ],
  });
}

interface EventRow {
  readonly tx: string;
  readonly id: string;
  readonly stream_type: string;
  readonly stream_id: string;
  readonly stream_version: number;
  readonly type: string;
  readonly schema_version: number;
  readonly scope: string;
  readonly source: string;
  readonly fact_id: string;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly data: object;
}

// The output column must not be called like the sort column: `order by tx` would then sort the text.
const COLUMNS = `e.tx::text as tx, e.id::text as id, e.stream_type, e.stream_id, e.stream_version, e.type, e.schema_version,
                 e.scope, e.source, e.fact_id, e.occurred_at, e.recorded_at, e.data`;

/** Reader's horizon: nothing of a transaction that could still be followed by an older one. */
const SETTLED = 'e.tx < log_horizon()';

/** Which events; what is absent does not narrow it. */
export interface EventFilter {
  readonly streamId?: string;
  readonly scope?: string;
  readonly streamType?: string;
  readonly types?: readonly string[];
}

/** The next settled events after the cursor, in the log's order; never skips one, whatever is being committed. */
export async function readEventsAfter(
  db: Pick<ClientBase, 'query'>,
  after: EventCursor,
  limit: number,
  filter: EventFilter = {},
): Promise<readonly LoggedEvent[]> {
  const { rows } = await db.query<EventRow>({
    name: 'event-log.after',
    text: `select ${COLUMNS} from event_log e
           where (e.tx, e.id) > ($1::xid8, $2::bigint) and ${SETTLED}
             and ($4::uuid is null or e.stream_id = $4) and ($5::text is null or e.scope = $5)
             and ($6::text is null or e.stream_type = $6) and ($7::text[] is null or e.type = any($7))
           order by e.tx, e.id limit $3`,
    values: [
      after.tx,
      after.id,
      limit,
      filter.streamId ?? null,
      filter.scope ?? null,
      filter.streamType ?? null,
      filter.types ?? null,
    ],
  });
  return rows.map(toEvent);
}

/** Up to `limit` events of each stream, oldest first. */
export async function readStreams(
  db: Pick<ClientBase, 'query'>,
  streamIds: readonly string[],
  limit: number,
): Promise<readonly LoggedEvent[]> {
  const { rows } = await db.query<EventRow>({
    name: 'event-log.streams',
    text: `select ${COLUMNS} from event_log e
           where e.stream_id = any($1::uuid[]) and e.stream_version <= $2
           order by e.stream_id, e.stream_version`,
    values: [streamIds, limit],
  });
  return rows.map(toEvent);
}

/** Where the settled log ends now. */
export async function readLogEnd(db: Pick<ClientBase, 'query'>): Promise<EventCursor> {
  const { rows } = await db.query<{ tx: string; id: string }>(
    `select e.tx::text as tx, e.id::text as id from event_log e where ${SETTLED} order by e.tx desc, e.id desc limit 1`,
  );
  return rows[0] ?? { tx: '0', id: '0' };
}

function toEvent(row: EventRow): LoggedEvent {
  return {
    cursor: { tx: row.tx, id: row.id },
    streamType: row.stream_type,
    streamId: row.stream_id,
    streamVersion: row.stream_version,
    type: row.type,
    schemaVersion: row.schema_version,
    scope: row.scope,
    source: row.source,
    factId: row.fact_id,
    occurredAt: row.occurred_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    data: row.data,
  };
}
