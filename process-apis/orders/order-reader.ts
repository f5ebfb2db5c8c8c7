import type { Pool } from 'pg';
import type { OrderParties } from '../../src/model/channel-order.js';
import type { Order } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { readStreams, type LoggedEvent } from '../../src/platform/event-log/index.js';
import { OrderArchive, type HistoryTooLongError } from './history/order-archive.js';
import type { PastOrder } from './history/order-history.js';
import {
  readCrossReferences,
  readOrderByReference,
  readOrdersById,
  readSealedParties,
  readUpdatedAt,
} from './order-reader.sql.js';
import type { CrossReference } from './orders.sql.js';
import {
  readListedOrders,
  stillFits,
  type ListPosition,
  type OrderFilter,
  type OrderSort,
} from './search/listed-orders.sql.js';
import { OrderSearch, type SearchFound, type SearchRequest } from './search/order-search.js';

export type { CrossReference } from './orders.sql.js';

export const ORDERS_PAGE_MAX = 100;
export const TIMELINE_EVENTS_MAX = 500;

export interface OrderPageRequest {
  readonly filter?: OrderFilter;
  /** PLACED_DESC when absent. */
  readonly sort?: OrderSort;
  /** Orders wanted, 1 to ORDERS_PAGE_MAX. */
  readonly first: number;
  /** The cursor of the order after which the page begins: of a page of the same sort. */
  readonly after?: string;
}

export interface OrderPage {
  /** One that has changed since it was listed, and fits no longer, is left out: a page may be short of it. */
  readonly orders: readonly { readonly order: Order; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  /** Where the next page begins; absent for an empty page. */
  readonly endCursor?: string;
}

/** The text given as `after` is no cursor of the order list. */
export class OrderCursorError extends Error {
  readonly code = 'CURSOR_NOT_READABLE';
}

/**
 * Reads orders as they are now. Every method takes many ids and makes one statement, so that the number of statements
 * for a page does not grow with the page. An unknown id is absent in the answer.
 */
export class OrderReader {
  private readonly found: OrderSearch;
  private readonly archive: OrderArchive;

  constructor(
    private readonly pool: Pool,
    private readonly cipher: FieldCipher,
  ) {
    this.found = new OrderSearch(pool, cipher);
    this.archive = new OrderArchive(pool);
  }

  async byIds(ids: readonly string[]): Promise<ReadonlyMap<string, Order>> {
    if (ids.length === 0) return new Map();
    const orders = await readOrdersById(this.pool, ids);
    return new Map(orders.map((order) => [order.id, order]));
  }

  byReference(channel: string, reference: string): Promise<Order | undefined> {
    return readOrderByReference(this.pool, channel, reference);
  }

  /** Throws SearchTextError. */
  search(request: SearchRequest): Promise<SearchFound> {
    return this.found.find(request);
  }

  /** The order as the hub knew it at the instant; undefined before it existed. Throws HistoryTooLongError. */
  asOf(order: Order, asOf: Instant): Promise<PastOrder | undefined> {
    return this.archive.asOf(order, asOf);
  }

  /** All events that made each order what it is as it is given, oldest first; an error for one that has too many. */
  histories(
    orders: readonly Pick<Order, 'id' | 'version'>[],
  ): Promise<readonly (readonly LoggedEvent[] | HistoryTooLongError)[]> {
    return this.archive.histories(orders);
  }

  /** When something of each order was last recorded. */
  async updatedAt(ids: readonly string[]): Promise<ReadonlyMap<string, Instant>> {
    return ids.length === 0 ? new Map() : readUpdatedAt(this.pool, ids);
  }

  /** Throws RangeError for a page size out of bounds, OrderCursorError for a cursor of another list or sort. */
  async page({ filter = {}, sort = 'PLACED_DESC', first, after }: OrderPageRequest): Promise<OrderPage> {
    if (!Number.isInteger(first) || first < 1 || first > ORDERS_PAGE_MAX)
      throw new RangeError(`a page has 1 to ${ORDERS_PAGE_MAX} orders, not ${first}`);
    const position = after === undefined ? undefined : decodePosition(sort, after);
    const found = await readListedOrders(this.pool, filter, sort, position, first + 1);
    const last = found.slice(0, first).at(-1);
    return {
      orders: found
        .slice(0, first)
        .flatMap((listed) =>
          stillFits(listed.order, filter) ? [{ order: listed.order, cursor: encodePosition(sort, listed) }] : [],
        ),
      hasNextPage: found.length > first,
      ...(last === undefined ? {} : { endCursor: encodePosition(sort, last) }),
    };
  }

  /** The first events of each order, oldest first, at most TIMELINE_EVENTS_MAX each. */
  async timelines(orderIds: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly LoggedEvent[]>> {
    if (!Number.isInteger(limit) || limit < 1 || limit > TIMELINE_EVENTS_MAX)
      throw new RangeError(`a timeline shows 1 to ${TIMELINE_EVENTS_MAX} events, not ${limit}`);
    if (orderIds.length === 0) return new Map();
    return Map.groupBy(await readStreams(this.pool, orderIds, limit), (event) => event.streamId);
  }

  /** The ids that other systems have for each order and its parts. */
  async crossReferences(orderIds: readonly string[]): Promise<ReadonlyMap<string, readonly CrossReference[]>> {
    if (orderIds.length === 0) return new Map();
    return Map.groupBy(await readCrossReferences(this.pool, orderIds), (reference) => reference.orderId);
  }

  /** The personal data of each order, in the clear: the caller decides who may see it. Erased ones are absent. */
  async parties(orderIds: readonly string[]): Promise<ReadonlyMap<string, OrderParties>> {
    if (orderIds.length === 0) return new Map();
    const rows = await readSealedParties(this.pool, orderIds);
    return new Map(
      rows.map(({ orderId, sealed }) => {
        const clear = this.cipher.open(sealed, `order:${orderId}`).toString('utf8');
        // Sealed by the hub itself from this type, and authenticated by the cipher.
        return [orderId, JSON.parse(clear) as OrderParties];
      }),
    );
  }
}

const POSITION =
  /^(?:([A-Z_]+)\/)?(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function encodePosition(sort: OrderSort, { at, id }: ListPosition): string {
  return Buffer.from(`${sort}/${at}/${id}`).toString('base64url');
}

/** Without the name of a sort it was given out before there were others. */
function decodePosition(sort: OrderSort, cursor: string): ListPosition {
  const [, of = 'PLACED_DESC', at, id] = POSITION.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at)))
    throw new OrderCursorError('the cursor is not one of the order list');
  if (of !== sort) throw new OrderCursorError(`the cursor is of the orders sorted by ${of}, not by ${sort}`);
  return { at, id };
}
