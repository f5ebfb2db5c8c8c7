import { GraphQLError } from 'graphql';
import type { RestFulfillment, RestLine, RestOrder } from './rest-order.js';
import type { Shop, Work } from './shop.js';

/* The shop's state as the Admin schema shows it. Fields are functions where they cost work. */

export interface PageArgs {
  readonly first?: number | null;
  readonly after?: string | null;
}

export function gid(type: string, id: number): string {
  return `gid://shopify/${type}/${id}`;
}

/** The number of a global id of the given type; undefined for another type. */
export function idOf(type: string, globalId: string): number | undefined {
  const [, number] = new RegExp(`^gid://shopify/${type}/(\\d+)$`).exec(globalId) ?? [];
  return number === undefined ? undefined : Number(number);
}

export function orderView(shop: Shop, order: RestOrder): object {
  return {
    __typename: 'Order',
    id: gid('Order', order.id),
    name: order.name,
    createdAt: order.created_at,
    updatedAt: order.updated_at,
    cancelledAt: order.cancelled_at,
    fulfillments: ({ first }: PageArgs) =>
      order.fulfillments.slice(0, first ?? undefined).map((one) => fulfillmentView(one)),
    fulfillmentOrders: (args: PageArgs) =>
      page(shop.workOf(order.id), args, (work) => fulfillmentOrderView(order, work)),
  };
}

/** `sortKey: UPDATED_AT`, and of the search syntax what compares `updated_at` with one or two instants. */
export function updatedOrdersView(shop: Shop, args: PageArgs & { readonly query?: string | null }): object {
  const bounds = [...(args.query ?? '').matchAll(/updated_at:(>=|<=)'([^']+)'/g)];
  const within = ({ updated_at: at }: RestOrder): boolean =>
    bounds.every(([, operator, text = '']) =>
      operator === '>=' ? Date.parse(at) >= Date.parse(text) : Date.parse(at) <= Date.parse(text),
    );
  const found = [...shop.orders.values()]
    .filter(within)
    .toSorted((a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at) || a.id - b.id);
  return page(found, args, (order) => orderView(shop, order));
}

export function fulfillmentOrderView(order: RestOrder, work: Work): object {
  const lines = new Map(order.line_items.map((line) => [line.id, line]));
  return {
    __typename: 'FulfillmentOrder',
    id: gid('FulfillmentOrder', work.id),
    orderId: gid('Order', work.orderId),
    status: work.status,
    assignedLocation: { location: { __typename: 'Location', id: gid('Location', work.locationId) } },
    lineItems: (args: PageArgs) =>
      page(work.lines, args, (line) => ({
        __typename: 'FulfillmentOrderLineItem',
        id: gid('FulfillmentOrderLineItem', line.id),
        totalQuantity: line.total,
        remainingQuantity: line.remaining,
        lineItem: lineItemView(lines.get(line.lineItemId)),
      })),
  };
}

export function fulfillmentView(fulfillment: RestFulfillment): object {
  const { tracking_company: company, tracking_number: number, tracking_url: url } = fulfillment;
  return {
    __typename: 'Fulfillment',
    id: gid('Fulfillment', fulfillment.id),
    name: fulfillment.name,
    status: fulfillment.status.toUpperCase(),
    createdAt: fulfillment.created_at,
    trackingInfo: number === null && company === null ? [] : [{ company, number, url }],
    fulfillmentLineItems: (args: PageArgs) =>
      page(fulfillment.line_items, args, (line) => ({
        __typename: 'FulfillmentLineItem',
        id: gid('FulfillmentLineItem', line.id),
        quantity: line.quantity,
        lineItem: lineItemView(line),
      })),
  };
}

export function inventoryItemView(shop: Shop, item: number): object {
  return {
    __typename: 'InventoryItem',
    id: gid('InventoryItem', item),
    sku: shop.stock.skuOf(item) ?? null,
    inventoryLevel: ({ locationId }: { readonly locationId: string }) => {
      const location = idOf('Location', locationId) ?? 0;
      const available = shop.stock.available(item, location);
      if (available === undefined) return null;
      const id = gid('InventoryLevel', item);
      return {
        __typename: 'InventoryLevel',
        id,
        quantities: ({ names }: { readonly names: readonly string[] }) =>
          names
            .filter((name) => name === 'available')
            .map((name) => ({ __typename: 'InventoryQuantity', id: `${id}?name=${name}`, name, quantity: available })),
      };
    },
  };
}

function lineItemView(line: RestLine | undefined): object | null {
  if (line === undefined) return null;
  const { id, name, sku, quantity } = line;
  return { __typename: 'LineItem', id: gid('LineItem', id), name, sku, quantity };
}

/** A Relay connection over a list that only ever grows at its end: the cursor is the place in it. */
function page<T>(all: readonly T[], { first, after }: PageArgs, view: (item: T) => object): object {
  if (first === null || first === undefined)
    throw new GraphQLError('you must provide one of first or last', { extensions: { code: 'BAD_REQUEST' } });
  const start = after ? Number(Buffer.from(after, 'base64url').toString()) : 0;
  const nodes = all.slice(start, start + first);
  const end = start + nodes.length;
  return {
    nodes: nodes.map(view),
    pageInfo: {
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length === 0 ? null : cursor(start),
      endCursor: nodes.length === 0 ? null : cursor(end),
    },
  };
}

function cursor(place: number): string {
  return Buffer.from(String(place)).toString('base64url');
}
