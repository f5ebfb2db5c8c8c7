import type { ClientBase } from 'pg';
import { CursorError, decodeCursor, type EventCursor } from './event-cursor.js';

/** How far a durable consumer is behind the log's end. */
export interface ConsumerLag {
  readonly consumer: string;
  /** Since its oldest event that was not taken yet was recorded; 0 when it has taken all. */
  readonly seconds: number;
}

/** Of all consumers of the log; of `limit` cursors at most. */
export async function readConsumerLag(db: Pick<ClientBase, 'query'>, limit: number): Promise<readonly ConsumerLag[]> {
  const cursors = await db.query<{ name: string; value: string }>(
    'select name, value from cursor order by name limit $1',
    [limit],
  );
  const consumers = cursors.rows.flatMap(({ name, value }) => {
    const cursor = placeInLog(value);
    return cursor === undefined ? [] : [{ name, cursor }];
  });
  return readLagBehind(db, consumers);
}

/** Of readers of the log that are at these places. */
export async function readLagBehind(
  db: Pick<ClientBase, 'query'>,
  consumers: readonly { readonly name: string; readonly cursor: EventCursor }[],
): Promise<readonly ConsumerLag[]> {
  const { rows } = await db.query<ConsumerLag>({
    name: 'event-log.lag',
    text: `select c.name as consumer, coalesce(extract(epoch from clock_timestamp() - n.recorded_at), 0)::float8 as seconds
           from unnest($1::text[], $2::xid8[], $3::bigint[]) as c (name, tx, id)
           left join lateral (
             select e.recorded_at from event_log e where (e.tx, e.id) > (c.tx, c.id) order by e.tx, e.id limit 1
           ) n on true
           order by c.name`,
    values: [
      consumers.map(({ name }) => name),
      consumers.map(({ cursor }) => cursor.tx),
      consumers.map(({ cursor }) => cursor.id),
    ],
  });
  return rows;
}

/** Undefined for a cursor of something else: pages of an outside list, a date. */
function placeInLog(value: string): EventCursor | undefined {
  try {
    return decodeCursor(value);
  } catch (error) {
    if (error instanceof CursorError) return undefined;
    throw error;
  }
}
