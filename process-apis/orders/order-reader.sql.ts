import type { Pool } from 'pg';
import type { Order, OrderStatus, OutsideSystem } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import type { CrossReference, SealedParties } from './orders.sql.js';

type Db = Pick<Pool, 'query'>;

interface StateRow {
  readonly state: Order;
}

/** Which orders a page shows; what is absent does not narrow it. */
export interface OrderFilter {
  readonly channel?: string;
  readonly statuses?: readonly OrderStatus[];
  readonly completed?: boolean;
  /** Orders that wait for this system now. */
  readonly waitingOn?: OutsideSystem;
  /** The beginning of the channel's order id. */
  readonly referencePrefix?: string;
}

/** A place between two orders of the list, newest first. */
export interface OrderPosition {
  readonly placedAt: string;
  readonly id: string;
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

/**
 * The next orders of the list. The statement holds only the conditions that are asked for and is not prepared by name:
 * a generic plan for "given or not" could use none of the indexes.
 */
export async function readOrdersAfter(
  db: Db,
  filter: OrderFilter,
  after: OrderPosition | undefined,
  limit: number,
): Promise<readonly Order[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = [
    filter.channel === undefined ? [] : [`o.channel = ${value(filter.channel)}`],
    filter.statuses === undefined ? [] : [`o.status = any(${value(filter.statuses)}::text[])`],
    filter.completed === undefined ? [] : [filter.completed ? 'o.completed' : 'not o.completed'],
    filter.referencePrefix === undefined ? [] : [`starts_with(o.reference, ${value(filter.referencePrefix)})`],
    filter.waitingOn === undefined ? [] : [waitsFor(value(filter.waitingOn))],
    after === undefined
      ? []
      : [`(o.placed_at, o.id) < (${value(after.placedAt)}::timestamptz, ${value(after.id)}::uuid)`],
  ].flat();
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const { rows } = await db.query<StateRow>(
    `select o.state from orders o ${where} order by o.placed_at desc, o.id desc limit ${value(limit)}`,
    values,
  );
  return rows.map((row) => row.state);
}

/** A completed order waits for nothing: the partial index of the open ones serves. */
function waitsFor(system: string): string {
  return `not o.completed and exists (
    select from json_array_elements(o.state -> 'waits') as w where w ->> 'system' = ${system})`;
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
