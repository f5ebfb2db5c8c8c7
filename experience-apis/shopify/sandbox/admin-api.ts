import {
  defaultFieldResolver,
  execute,
  getNamedType,
  GraphQLError,
  isLeafType,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
} from 'graphql';
import { adminSchema } from './admin-schema.js';
import {
  fulfillmentOrderView,
  fulfillmentView,
  idOf,
  inventoryItemView,
  orderView,
  updatedOrdersView,
} from './admin-views.js';
import { createFulfillment } from './create-fulfillment.js';
import { CostBucket, QUERY_COST_MAX, requestedCost, type Throttle } from './query-cost.js';
import { setQuantities } from './set-quantities.js';
import type { ShopEntry } from './shop-entries.js';
import type { Shop } from './shop.js';

/** Parsed and validated queries kept; a client sends the same few again and again. */
const DOCUMENTS_MAX = 100;

export interface AdminQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Counts the objects that an answer really holds. */
interface CostCounter {
  objects: number;
}

/** The Admin GraphQL API over a shop: validates against the schema, executes, and charges for it. */
export class AdminApi {
  private readonly documents = new Map<string, DocumentNode>();
  private readonly bucket: CostBucket;
  private readonly root: object;

  constructor(shop: Shop, record: (entry: ShopEntry) => void, now: () => Date, throttle: Throttle) {
    this.bucket = new CostBucket(throttle, () => now().getTime());
    this.root = rootOf(shop, record, () => now().toISOString());
  }

  /** The names of the root fields asked for; empty for a query that does not fit the schema. */
  operationsOf(query: string): readonly string[] {
    const document = this.documentOf(query);
    if (!('kind' in document)) return [];
    return document.definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? definition.selectionSet.selections.flatMap((field) => (field.kind === Kind.FIELD ? field.name.value : []))
        : [],
    );
  }

  async run({ query, variables }: AdminQuery): Promise<object> {
    const document = this.documentOf(query);
    if (!('kind' in document)) return document;
    const requestedQueryCost = requestedCost(document, variables);
    if (requestedQueryCost > QUERY_COST_MAX)
      return failure(
        `Query cost is ${requestedQueryCost}, which exceeds the single query max cost limit (1000).`,
        'MAX_COST_EXCEEDED',
      );
    if (!this.bucket.affords(requestedQueryCost))
      return { ...failure('Throttled', 'THROTTLED'), extensions: this.cost(requestedQueryCost, null) };
    const counter: CostCounter = { objects: 0 };
    const result = await execute({
      schema: adminSchema,
      document,
      rootValue: this.root,
      variableValues: variables,
      contextValue: counter,
      fieldResolver: countingResolver,
    });
    this.bucket.spend(counter.objects);
    return { ...result, extensions: this.cost(requestedQueryCost, counter.objects) };
  }

  private cost(requestedQueryCost: number, actualQueryCost: number | null): object {
    return { cost: { requestedQueryCost, actualQueryCost, throttleStatus: this.bucket.status() } };
  }

  private documentOf(query: string): DocumentNode | { readonly errors: readonly GraphQLError[] } {
    const known = this.documents.get(query);
    if (known !== undefined) return known;
    try {
      const document = parse(query);
      const errors = validate(adminSchema, document);
      if (errors.length > 0) return { errors };
      if (this.documents.size >= DOCUMENTS_MAX) this.documents.clear();
      this.documents.set(query, document);
      return document;
    } catch (cause) {
      return failure(cause instanceof Error ? cause.message : 'the query cannot be parsed', 'PARSE_ERROR');
    }
  }
}

const countingResolver: GraphQLFieldResolver<unknown, CostCounter> = (source, args, context, info) => {
  if (!isLeafType(getNamedType(info.returnType))) context.objects += info.parentType.name === 'Mutation' ? 10 : 1;
  return defaultFieldResolver(source, args, context, info);
};

function rootOf(shop: Shop, record: (entry: ShopEntry) => void, now: () => string): object {
  const order = ({ id }: { readonly id: string }) => {
    const found = shop.orders.get(idOf('Order', id) ?? 0);
    return found === undefined ? null : orderView(shop, found);
  };
  const fulfillmentOrder = ({ id }: { readonly id: string }) => {
    const work = shop.work.get(idOf('FulfillmentOrder', id) ?? 0);
    return work === undefined ? null : fulfillmentOrderView(shop.orderOf(work.orderId), work);
  };
  const fulfillment = ({ id }: { readonly id: string }) => {
    const found = shop.fulfillments.get(idOf('Fulfillment', id) ?? 0);
    return found === undefined ? null : fulfillmentView(found);
  };
  const inventoryItem = ({ id }: { readonly id: string }) => {
    const item = idOf('InventoryItem', id) ?? 0;
    return shop.stock.hasItem(item) ? inventoryItemView(shop, item) : null;
  };
  const node = (args: { readonly id: string }) =>
    order(args) ?? fulfillmentOrder(args) ?? fulfillment(args) ?? inventoryItem(args);
  return {
    order,
    orders: (args: Parameters<typeof updatedOrdersView>[1]) => updatedOrdersView(shop, args),
    fulfillmentOrder,
    fulfillment,
    inventoryItem,
    node,
    nodes: ({ ids }: { readonly ids: readonly string[] }) => ids.map((id) => node({ id })),
    fulfillmentCreate: (args: Parameters<typeof createFulfillment>[3]) => createFulfillment(shop, record, now, args),
    inventorySetQuantities: (
      args: Parameters<typeof setQuantities>[3],
      _context: CostCounter,
      info: GraphQLResolveInfo,
    ) => setQuantities(shop, record, now, args, info),
  };
}

function failure(message: string, code: string): { readonly errors: readonly GraphQLError[] } {
  return { errors: [new GraphQLError(message, { extensions: { code } })] };
}
