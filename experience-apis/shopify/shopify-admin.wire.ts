import { z } from 'zod';

/* Operations of the Admin GraphQL API, version 2026-04, and the answers to them as far as they are read. */

const pageInfo = z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const fulfillmentOrderLines = z.looseObject({
  pageInfo,
  nodes: z.array(
    z.looseObject({
      id: z.string(),
      remainingQuantity: z.int(),
      lineItem: z.looseObject({ id: z.string() }),
    }),
  ),
});

const fulfillmentOrder = z.looseObject({
  id: z.string(),
  status: z.string(),
  assignedLocation: z.looseObject({ location: z.looseObject({ id: z.string() }).nullish() }),
  lineItems: fulfillmentOrderLines,
});
export type WireFulfillmentOrder = z.output<typeof fulfillmentOrder>;

const LINE_PAGE = `lineItems(first: 50, after: $linesAfter) {
        pageInfo { hasNextPage endCursor }
        nodes { id remainingQuantity lineItem { id } }
      }`;

/** An operation with its answer's schema; the name is what errors and budgets call it. */
export interface AdminOperation<T extends z.ZodType> {
  readonly name: string;
  readonly query: string;
  readonly data: T;
}

// Page sizes keep the requested cost of each query far below the 1,000 points that one query may cost.
export const FULFILLMENT_ORDERS = {
  name: 'FulfillmentOrders',
  query: `query FulfillmentOrders($order: ID!, $after: String, $linesAfter: String) {
  order(id: $order) {
    fulfillmentOrders(first: 5, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id
        status
        assignedLocation { location { id } }
        ${LINE_PAGE}
      }
    }
  }
}`,
  data: z.looseObject({
    order: z
      .looseObject({ fulfillmentOrders: z.looseObject({ pageInfo, nodes: z.array(fulfillmentOrder) }) })
      .nullable(),
  }),
} satisfies AdminOperation<z.ZodType>;

export const FULFILLMENT_ORDER_LINES = {
  name: 'FulfillmentOrderLines',
  query: `query FulfillmentOrderLines($id: ID!, $linesAfter: String) {
  fulfillmentOrder(id: $id) {
      ${LINE_PAGE}
  }
}`,
  data: z.looseObject({ fulfillmentOrder: z.looseObject({ lineItems: fulfillmentOrderLines }).nullable() }),
} satisfies AdminOperation<z.ZodType>;

export const FULFILLMENTS = {
  name: 'Fulfillments',
  query: `query Fulfillments($order: ID!) {
  order(id: $order) {
    cancelledAt
    fulfillments(first: 100) { id status trackingInfo(first: 5) { number } }
  }
}`,
  data: z.looseObject({
    order: z
      .looseObject({
        cancelledAt: z.string().nullish(),
        fulfillments: z.array(
          z.looseObject({
            id: z.string(),
            status: z.string(),
            trackingInfo: z.array(z.looseObject({ number: z.string().nullish() })),
          }),
        ),
      })
      .nullable(),
  }),
} satisfies AdminOperation<z.ZodType>;

export const FULFILLMENT_LINES = {
  name: 'FulfillmentLines',
  query: `query FulfillmentLines($id: ID!, $after: String) {
  fulfillment(id: $id) {
    fulfillmentLineItems(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { quantity lineItem { id } }
    }
  }
}`,
  data: z.looseObject({
    fulfillment: z
      .looseObject({
        fulfillmentLineItems: z.looseObject({
          pageInfo,
          nodes: z.array(z.looseObject({ quantity: z.int(), lineItem: z.looseObject({ id: z.string() }) })),
        }),
      })
      .nullable(),
  }),
} satisfies AdminOperation<z.ZodType>;

const updatedOrder = z.looseObject({ id: z.string(), updatedAt: z.string() });
export type WireUpdatedOrder = z.output<typeof updatedOrder>;

/** Which orders changed, those that changed first before the others. */
export const ORDERS_UPDATED = {
  name: 'Orders',
  query: `query Orders($query: String!, $after: String) {
  orders(first: 100, after: $after, sortKey: UPDATED_AT, query: $query) {
    pageInfo { hasNextPage endCursor }
    nodes { id updatedAt }
  }
}`,
  data: z.looseObject({ orders: z.looseObject({ pageInfo, nodes: z.array(updatedOrder) }) }),
} satisfies AdminOperation<z.ZodType>;

const userErrors = z.array(
  z.looseObject({ code: z.string().nullish(), field: z.array(z.string()).nullish(), message: z.string() }),
);
export type WireUserErrors = z.output<typeof userErrors>;

/** `FulfillmentInput`. Shopify knows no idempotency key for it: see the README. */
export interface FulfillmentInput {
  readonly lineItemsByFulfillmentOrder: readonly {
    readonly fulfillmentOrderId: string;
    readonly fulfillmentOrderLineItems: readonly { readonly id: string; readonly quantity: number }[];
  }[];
  readonly notifyCustomer: boolean;
  readonly trackingInfo: { readonly company: string; readonly number: string; readonly url?: string };
}

export const FULFILLMENT_CREATE = {
  name: 'fulfillmentCreate',
  query: `mutation CreateFulfillment($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id }
    userErrors { field message }
  }
}`,
  data: z.looseObject({
    fulfillmentCreate: z.looseObject({ fulfillment: z.looseObject({ id: z.string() }).nullable(), userErrors }),
  }),
} satisfies AdminOperation<z.ZodType>;

export const INVENTORY_LEVELS = {
  name: 'InventoryLevels',
  query: `query InventoryLevels($items: [ID!]!, $location: ID!) {
  nodes(ids: $items) {
    ... on InventoryItem {
      id
      inventoryLevel(locationId: $location) { quantities(names: ["available"]) { name quantity } }
    }
  }
}`,
  data: z.looseObject({
    nodes: z.array(
      z
        .looseObject({
          id: z.string(),
          inventoryLevel: z
            .looseObject({ quantities: z.array(z.looseObject({ name: z.string(), quantity: z.int() })) })
            .nullish(),
        })
        .nullable(),
    ),
  }),
} satisfies AdminOperation<z.ZodType>;

/** `InventoryQuantityInput`. From 2026-04 on `changeFromQuantity` must be given; the set fails when it is no longer true. */
export interface InventoryQuantityInput {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly changeFromQuantity: number;
}

export const INVENTORY_SET = {
  name: 'inventorySetQuantities',
  query: `mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    userErrors { code field message }
  }
}`,
  data: z.looseObject({ inventorySetQuantities: z.looseObject({ userErrors }) }),
} satisfies AdminOperation<z.ZodType>;

/** What is around the data of each answer. */
export const envelopeSchema = z.looseObject({
  data: z.unknown().optional(),
  errors: z
    .union([
      z.string(),
      z.array(
        z.looseObject({ message: z.string(), extensions: z.looseObject({ code: z.string().nullish() }).nullish() }),
      ),
    ])
    .nullish(),
  extensions: z
    .looseObject({
      cost: z
        .looseObject({
          requestedQueryCost: z.number(),
          throttleStatus: z.looseObject({
            maximumAvailable: z.number(),
            currentlyAvailable: z.number(),
            restoreRate: z.number().positive(),
          }),
        })
        .nullish(),
    })
    .nullish(),
});
export type WireEnvelope = z.output<typeof envelopeSchema>;
export type WireCost = NonNullable<NonNullable<WireEnvelope['extensions']>['cost']>;
