import type { ClientBase } from 'pg';
import type { OwnerRole } from '../../../src/model/exception.js';
import { orderStatus, type Order, type OrderStatus, type OutsideSystem } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import { utc } from '../../../src/platform/db/utc.js';
import { facets, facetsOf, isOfExceptions } from './order-facets.js';

export const ORDER_SORTS = ['PLACED_DESC', 'PLACED_ASC', 'UPDATED_DESC', 'DUE'] as const;
export type OrderSort = (typeof ORDER_SORTS)[number];

/** Which orders a page shows; what is absent does not narrow it. */
export interface OrderFilter {
  readonly channel?: string;
  readonly statuses?: readonly OrderStatus[];
  readonly completed?: boolean;
  /** Orders that wait for this system now. */
  readonly waitingOn?: OutsideSystem;
  /** The beginning of the channel's order id. */
  readonly referencePrefix?: string;
  /** Placed from, and before. */
  readonly placedFrom?: Instant;
  readonly placedTo?: Instant;
  /** With work at this node, done or not. */
  readonly node?: string;
  /** Ordered, or shipped for what was ordered. */
  readonly sku?: string;
  readonly overdue?: boolean;
  readonly held?: boolean;
  readonly hasException?: boolean;
  /** With an open exception that one of these has to act on. */
  readonly exceptionOwners?: readonly OwnerRole[];
  /** With an open exception that this person took over. */
  readonly exceptionAssignedTo?: string;
  /** With a step that is late before then. */
  readonly dueBefore?: Instant;
}

/** A place between two orders of a list: the instant by which it is sorted, and the order. */
export interface ListPosition {
  readonly at: Instant;
  readonly id: string;
}

export interface ListedOrder extends ListPosition {
  readonly order: Order;
}

interface Row {
  readonly id: string;
  readonly at: Instant;
  readonly state: Order;
}

const SORT_COLUMNS: Readonly<Record<OrderSort, string>> = {
  PLACED_DESC: 'placed_at',
  PLACED_ASC: 'placed_at',
  UPDATED_DESC: 'updated_at',
  DUE: 'due_at',
};

/** Behind every text that begins like another. */
const LAST_CHARACTER = '\u{10FFFF}';

/** What the table of the orders answers by itself, without waiting for the reader of the log. */
const OF_THE_ORDERS: ReadonlySet<keyof OrderFilter> = new Set([
  'channel',
  'statuses',
  'completed',
  'placedFrom',
  'placedTo',
]);

/**
 * The next orders of a list. The statement holds only the conditions that are asked for and is not prepared by name: a
 * generic plan for "given or not" could use none of the indexes.
 */
export async function readListedOrders(
  db: Pick<ClientBase, 'query'>,
  filter: OrderFilter,
  sort: OrderSort,
  after: ListPosition | undefined,
  limit: number,
): Promise<readonly ListedOrder[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const asked = Object.keys(filter) as readonly (keyof OrderFilter)[];
  const plain = (sort === 'PLACED_DESC' || sort === 'PLACED_ASC') && asked.every((name) => OF_THE_ORDERS.has(name));
  const [table, id] = plain ? ['orders', 'l.id'] : ['listed_order', 'l.order_id'];
  const column = `l.${SORT_COLUMNS[sort]}`;
  const [direction, beyond] = sort === 'PLACED_ASC' || sort === 'DUE' ? ['asc', '>'] : ['desc', '<'];
  const conditions = [
    ...conditionsOf(filter, value),
    ...(after === undefined
      ? []
      : [`(${column}, ${id}) ${beyond} (${value(after.at)}::timestamptz, ${value(after.id)}::uuid)`]),
  ];
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const { rows } = await db.query<Row>(
    `select p.id, ${utc('p.at')} as at, o.state
     from (select ${id} as id, ${column} as at from ${table} l ${where}
           order by ${column} ${direction}, ${id} ${direction} limit ${value(limit)}) p
       join orders o on o.id = p.id
     order by p.at ${direction}, p.id ${direction}`,
    values,
  );
  return rows.map(({ id: orderId, at, state }) => ({ id: orderId, at, order: state }));
}

function conditionsOf(filter: OrderFilter, value: (given: unknown) => string): readonly string[] {
  const { channel, statuses, completed, referencePrefix, placedFrom, placedTo, overdue, dueBefore } = filter;
  const { has, hasAny, lacks } = facetConditions(filter);
  return [
    channel === undefined ? [] : `l.channel = ${value(channel)}`,
    statuses === undefined ? [] : `l.status = any(${value(statuses)}::text[])`,
    completed === undefined ? [] : completed ? 'l.completed' : 'not l.completed',
    referencePrefix === undefined
      ? []
      : `l.reference >= ${value(referencePrefix)} and l.reference < ${value(`${referencePrefix}${LAST_CHARACTER}`)}`,
    placedFrom === undefined ? [] : `l.placed_at >= ${value(placedFrom)}::timestamptz`,
    placedTo === undefined ? [] : `l.placed_at < ${value(placedTo)}::timestamptz`,
    overdue === undefined ? [] : overdue ? 'l.due_at < now()' : 'l.due_at >= now()',
    dueBefore === undefined ? [] : `l.due_at < ${value(dueBefore)}::timestamptz`,
    has.length === 0 ? [] : `l.facets @> ${value(has)}::text[]`,
    hasAny === undefined ? [] : `l.facets && ${value(hasAny)}::text[]`,
    lacks.length === 0 ? [] : `not l.facets && ${value(lacks)}::text[]`,
  ].flat();
}

function facetConditions(filter: OrderFilter): {
  readonly has: readonly string[];
  readonly hasAny: readonly string[] | undefined;
  readonly lacks: readonly string[];
} {
  const { waitingOn, node, sku, held, hasException, exceptionOwners, exceptionAssignedTo } = filter;
  const has = [
    ...(waitingOn === undefined ? [] : [facets.waitsFor(waitingOn)]),
    ...(node === undefined ? [] : [facets.atNode(node)]),
    ...(sku === undefined ? [] : [facets.holdsItem(sku)]),
    ...(held === true ? [facets.held] : []),
    ...(hasException === true ? [facets.hasException] : []),
    ...(exceptionAssignedTo === undefined ? [] : [facets.takenBy(exceptionAssignedTo)]),
  ];
  return {
    has,
    hasAny: exceptionOwners?.map(facets.concerns),
    lacks: [...(held === false ? [facets.held] : []), ...(hasException === false ? [facets.hasException] : [])],
  };
}

/**
 * Whether an order that was listed still fits what its own state tells: the list is followed a moment behind the commit, and
 * must not show what is no longer so. Pure.
 */
export function stillFits(order: Order, filter: OrderFilter): boolean {
  const { statuses, completed } = filter;
  if (statuses !== undefined && !statuses.includes(orderStatus(order))) return false;
  if (completed !== undefined && completed !== (order.completedAt !== undefined)) return false;
  const { has, lacks } = facetConditions(filter);
  const own = new Set(facetsOf(order, []));
  return has.every((facet) => isOfExceptions(facet) || own.has(facet)) && !lacks.some((facet) => own.has(facet));
}
