import { buildSchema } from 'graphql';

/**
 * The part of Shopify's Admin schema (2026-04) that a hub needs, with Shopify's own names, arguments and nullability,
 * so that a wrong field or argument is the same error here as there.
 */
export const adminSchema = buildSchema(/* GraphQL */ `
  schema {
    query: QueryRoot
    mutation: Mutation
  }

  directive @idempotent(key: String!) on FIELD

  scalar DateTime
  scalar URL

  interface Node {
    id: ID!
  }

  type PageInfo {
    endCursor: String
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
  }

  type QueryRoot {
    fulfillment(id: ID!): Fulfillment
    fulfillmentOrder(id: ID!): FulfillmentOrder
    inventoryItem(id: ID!): InventoryItem
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    order(id: ID!): Order
    orders(after: String, first: Int, query: String, sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
  }

  type Order implements Node {
    cancelledAt: DateTime
    createdAt: DateTime!
    fulfillmentOrders(after: String, first: Int): FulfillmentOrderConnection!
    fulfillments(first: Int): [Fulfillment!]!
    id: ID!
    name: String!
    updatedAt: DateTime!
  }

  enum OrderSortKeys {
    CREATED_AT
    ID
    PROCESSED_AT
    UPDATED_AT
  }

  type OrderConnection {
    nodes: [Order!]!
    pageInfo: PageInfo!
  }

  type LineItem implements Node {
    id: ID!
    name: String!
    quantity: Int!
    sku: String
  }

  type FulfillmentOrderConnection {
    nodes: [FulfillmentOrder!]!
    pageInfo: PageInfo!
  }

  enum FulfillmentOrderStatus {
    CANCELLED
    CLOSED
    INCOMPLETE
    IN_PROGRESS
    ON_HOLD
    OPEN
    SCHEDULED
  }

  type Location implements Node {
    id: ID!
  }

  type FulfillmentOrderAssignedLocation {
    location: Location
  }

  type FulfillmentOrder implements Node {
    assignedLocation: FulfillmentOrderAssignedLocation!
    id: ID!
    lineItems(after: String, first: Int): FulfillmentOrderLineItemConnection!
    orderId: ID!
    status: FulfillmentOrderStatus!
  }

  type FulfillmentOrderLineItemConnection {
    nodes: [FulfillmentOrderLineItem!]!
    pageInfo: PageInfo!
  }

  type FulfillmentOrderLineItem implements Node {
    id: ID!
    lineItem: LineItem!
    remainingQuantity: Int!
    totalQuantity: Int!
  }

  enum FulfillmentStatus {
    CANCELLED
    ERROR
    FAILURE
    SUCCESS
  }

  type FulfillmentTrackingInfo {
    company: String
    number: String
    url: URL
  }

  type Fulfillment implements Node {
    createdAt: DateTime!
    fulfillmentLineItems(after: String, first: Int): FulfillmentLineItemConnection!
    id: ID!
    name: String!
    status: FulfillmentStatus!
    trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
  }

  type FulfillmentLineItemConnection {
    nodes: [FulfillmentLineItem!]!
    pageInfo: PageInfo!
  }

  type FulfillmentLineItem implements Node {
    id: ID!
    lineItem: LineItem!
    quantity: Int
  }

  type InventoryItem implements Node {
    id: ID!
    inventoryLevel(locationId: ID!): InventoryLevel
    sku: String
  }

  type InventoryLevel implements Node {
    id: ID!
    quantities(names: [String!]!): [InventoryQuantity!]!
  }

  type InventoryQuantity implements Node {
    id: ID!
    name: String!
    quantity: Int!
  }

  type Mutation {
    fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
    inventorySetQuantities(input: InventorySetQuantitiesInput!): InventorySetQuantitiesPayload
  }

  input FulfillmentInput {
    lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!
    notifyCustomer: Boolean = false
    trackingInfo: FulfillmentTrackingInput
  }

  input FulfillmentOrderLineItemsInput {
    fulfillmentOrderId: ID!
    fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]
  }

  input FulfillmentOrderLineItemInput {
    id: ID!
    quantity: Int!
  }

  input FulfillmentTrackingInput {
    company: String
    number: String
    numbers: [String!]
    url: URL
    urls: [URL!]
  }

  type UserError {
    field: [String!]
    message: String!
  }

  type FulfillmentCreatePayload {
    fulfillment: Fulfillment
    userErrors: [UserError!]!
  }

  input InventorySetQuantitiesInput {
    name: String!
    quantities: [InventoryQuantityInput!]!
    reason: String!
    referenceDocumentUri: String
  }

  input InventoryQuantityInput {
    changeFromQuantity: Int
    inventoryItemId: ID!
    locationId: ID!
    quantity: Int!
  }

  type InventoryAdjustmentGroup implements Node {
    createdAt: DateTime!
    id: ID!
    reason: String!
  }

  enum InventorySetQuantitiesUserErrorCode {
    CHANGE_FROM_QUANTITY_STALE
    IDEMPOTENCY_KEY_PARAMETER_MISMATCH
    INVALID_INVENTORY_ITEM
    INVALID_NAME
    INVALID_QUANTITY_NEGATIVE
    ITEM_NOT_STOCKED_AT_LOCATION
    NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR
  }

  type InventorySetQuantitiesUserError {
    code: InventorySetQuantitiesUserErrorCode
    field: [String!]
    message: String!
  }

  type InventorySetQuantitiesPayload {
    inventoryAdjustmentGroup: InventoryAdjustmentGroup
    userErrors: [InventorySetQuantitiesUserError!]!
  }
`);
