import type { Pool } from 'pg';
import type { Order } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import { utc } from '../../src/platform/db/utc.js';
import type { CrossReference, SealedParties } from './orders.sql.js';

type Db = Pick<Pool, 'query'>;

interface StateRow {
  readonly state: Order;
}

export async function readOrdersById(db: Db, ids: readonly string[]): Promise<readonly Order[]> {
  const { rows } = await db.query<StateRow>({
    name: 'order-reader.by-ids',
    text: 'select o.state from orders o where o.id = any($1::uuid[])',
    values: [ids],
  });
  return rows.map((row) => row.state);
}

export async function readOrderByReference(db: Db, channel: string, reference: string): Promise<Order | undefined> {
  const { rows } = await db.query<StateRow>({
    name: 'order-reader.by-reference',
    text: 'select o.state from orders o where o.channel = $1 and o.reference = $2',
    values: [channel, reference],
  });
  return rows[0]?.state;
}

export interface OrderVersion {
  readonly id: string;
  readonly reference: string;
  /** The channel's, as the order stands. */
  readonly version: Instant;
}

/** Unknown references are absent. */
export async function readOrderVersions(
  db: Db,
  channel: string,
  references: readonly string[],
): Promise<readonly OrderVersion[]> {
  const { rows } = await db.query<OrderVersion>({
    name: 'order-reader.versions',
    text: `select o.id, o.reference, o.state ->> 'channelVersion' as version from orders o
           where o.channel = $1 and o.reference = any($2::text[])`,
    values: [channel, references],
  });
  return rows;
}

/** When something of each was last recorded. */
export async function readUpdatedAt(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Instant>> {
  const { rows } = await db.query<{ id: string; at: Instant }>({
    name: 'order-reader.updated-at',
    text: `select o.id, ${utc('o.updated_at')} as at from orders o where o.id = any($1::uuid[])`,
    values: [ids],
  });
  return new Map(rows.map(({ id, at }) => [id, at]));
}

export async function readCrossReferences(db: Db, orderIds: readonly string[]): Promise<readonly CrossReference[]> {
  const { rows } = await db.query<CrossReference>({
    name: 'order-reader.cross-references',
    text: `select system, kind, outside_id as "outsideId", hub_kind as "hubKind", hub_id as "hubId", order_id as "orderId"
           from cross_reference where order_id = any($1::uuid[]) order by order_id, system, kind, outside_id, hub_id`,
    values: [orderIds],
  });
  return rows;
}

export async function readSealedParties(db: Db, orderIds: readonly string[]): Promise<readonly SealedParties[]> {
  const { rows } = await db.query<SealedParties>({
    name: 'order-reader.parties',
    text: 'select order_id as "orderId", sealed from order_parties where order_id = any($1::uuid[])',
    values: [orderIds],
  });
  return rows;
}
