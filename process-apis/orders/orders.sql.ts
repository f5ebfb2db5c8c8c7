import type { ClientBase } from 'pg';
import { orderStatus, type Order } from '../../src/model/order.js';
import { ConcurrentChangeError } from '../../src/platform/commit/index.js';
import { jsonArray, jsonTexts, plainArray } from '../../src/platform/db/set-parameters.js';
import { nextDueAt } from './orders.sla.js';
import { searchedWaitKeys } from './orders.waits.js';

interface StateRow {
  readonly state: Order;
}

export interface OrderReferenceKey {
  readonly channel: string;
  readonly reference: string;
}

/** Locks and reads orders by id or by channel reference, in id order: the first locks that a commit takes. */
export async function lockOrders(
  tx: ClientBase,
  ids: readonly string[],
  references: readonly OrderReferenceKey[],
): Promise<readonly Order[]> {
  const { rows } = await tx.query<StateRow>({
    name: 'orders.lock',
    text: `select o.state from orders o
           where o.id in (
             select unnest($1::uuid[])
             union
             select r.id from unnest($2::text[], $3::text[]) as k (channel, reference)
               join orders r on r.channel = k.channel and r.reference = k.reference
           )
           order by o.id for update`,
    values: [ids, references.map((key) => key.channel), references.map((key) => key.reference)],
  });
  return rows.map((row) => row.state);
}

/**
 * New orders. A unique violation when another transaction accepted one of them first: run the transaction again.
 * In one order everywhere, since each insert of a key waits for whoever inserts the same one.
 */
export async function insertOrders(tx: ClientBase, created: readonly Order[]): Promise<void> {
  if (created.length === 0) return;
  const orders = created.toSorted((a, b) => compare(a.channel, b.channel) || compare(a.reference, b.reference));
  await tx.query({
    name: 'orders.insert',
    text: `insert into orders (id, version, channel, reference, status, placed_at, completed, waiting_keys, state, tier, next_due_at)
           select id, version, channel, reference, status, placed_at, completed,
                  array(select json_array_elements_text(waiting_keys)), state, tier, next_due_at
           from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bool[],
                       $8::json[], ${jsonArray('$9')}, $10::smallint[], $11::timestamptz[])
             as o (id, version, channel, reference, status, placed_at, completed, waiting_keys, state, tier, next_due_at)`,
    values: [
      plainArray(orders.map((order) => order.id)),
      plainArray(orders.map((order) => order.version)),
      orders.map((order) => order.channel),
      orders.map((order) => order.reference),
      plainArray(orders.map(orderStatus)),
      plainArray(orders.map((order) => order.placedAt)),
      plainArray(orders.map((order) => order.completedAt !== undefined)),
      orders.map((order) => JSON.stringify(searchedWaitKeys(order))),
      jsonTexts(orders),
      plainArray(orders.map((order) => order.tier)),
      orders.map((order) => nextDueAt(order) ?? null),
    ],
  });
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export interface ChangedOrder {
  readonly order: Order;
  /** The version that was read. */
  readonly from: number;
}

/** Rows under lock cannot have changed; the version check holds all the same, whatever the code above it does. */
export async function updateOrders(tx: ClientBase, changed: readonly ChangedOrder[]): Promise<void> {
  if (changed.length === 0) return;
  const orders = changed.map(({ order }) => order);
  const { rowCount } = await tx.query({
    name: 'orders.update',
    text: `update orders o set version = c.version, status = c.status, completed = c.completed, updated_at = now(),
             waiting_keys = array(select json_array_elements_text(c.waiting_keys)), state = c.state,
             next_due_at = c.next_due_at
           from unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::bool[], $6::json[], ${jsonArray('$7')}, $8::timestamptz[])
             as c (id, from_version, version, status, completed, waiting_keys, state, next_due_at)
           where o.id = c.id and o.version = c.from_version`,
    values: [
      plainArray(orders.map((order) => order.id)),
      plainArray(changed.map(({ from }) => from)),
      plainArray(orders.map((order) => order.version)),
      plainArray(orders.map(orderStatus)),
      plainArray(orders.map((order) => order.completedAt !== undefined)),
      orders.map((order) => JSON.stringify(searchedWaitKeys(order))),
      jsonTexts(orders),
      orders.map((order) => nextDueAt(order) ?? null),
    ],
  });
  if (rowCount !== changed.length)
    throw new ConcurrentChangeError(`${changed.length - (rowCount ?? 0)} orders changed since they were read`);
}

export interface SealedParties {
  readonly orderId: string;
  readonly sealed: Buffer;
}

/** Of orders under the transaction's lock. */
export async function readParties(tx: ClientBase, orderIds: readonly string[]): Promise<readonly SealedParties[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await tx.query<SealedParties>({
    name: 'order-parties.read',
    text: `select order_id as "orderId", sealed from order_parties where order_id = any($1::uuid[])`,
    values: [orderIds],
  });
  return rows;
}

export async function writeParties(tx: ClientBase, parties: readonly SealedParties[]): Promise<void> {
  if (parties.length === 0) return;
  await tx.query({
    name: 'order-parties.write',
    text: `insert into order_parties (order_id, sealed) select * from unnest($1::uuid[], $2::bytea[])
           on conflict (order_id) do update set sealed = excluded.sealed`,
    values: [parties.map((row) => row.orderId), parties.map((row) => row.sealed)],
  });
}

export interface CrossReference {
  readonly system: string;
  readonly kind: string;
  readonly outsideId: string;
  readonly hubKind: string;
  readonly hubId: string;
  readonly orderId: string;
}

export async function insertCrossReferences(tx: ClientBase, references: readonly CrossReference[]): Promise<void> {
  if (references.length === 0) return;
  await tx.query({
    name: 'cross-reference.insert',
    text: `insert into cross_reference (system, kind, outside_id, hub_kind, hub_id, order_id)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[])
           on conflict do nothing`,
    values: [
      references.map((row) => row.system),
      references.map((row) => row.kind),
      references.map((row) => row.outsideId),
      plainArray(references.map((row) => row.hubKind)),
      plainArray(references.map((row) => row.hubId)),
      plainArray(references.map((row) => row.orderId)),
    ],
  });
}

/** The orders of fulfillment orders, by fulfillment order id. */
export async function findOrdersOfFulfillments(
  tx: ClientBase,
  fulfillmentOrderIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (fulfillmentOrderIds.length === 0) return new Map();
  const { rows } = await tx.query<{ outside_id: string; order_id: string }>({
    name: 'cross-reference.fulfillment',
    text: `select outside_id, order_id from cross_reference
           where system = 'hub' and kind = 'fulfillment-order' and outside_id = any($1::text[])`,
    values: [fulfillmentOrderIds],
  });
  return new Map(rows.map((row) => [row.outside_id, row.order_id]));
}
