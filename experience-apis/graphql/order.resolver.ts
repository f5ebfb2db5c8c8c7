import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  OrderReader,
  ORDERS_PAGE_MAX,
  TIMELINE_EVENTS_MAX,
  type CrossReference,
  type OrderFilter,
  type OrderPage,
} from '../../process-apis/orders/index.js';
import { formatDecimal, type Money } from '../../src/model/money.js';
import { orderStatus, type Order, type OrderStatus, type Wait } from '../../src/model/order.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { maskText } from '../../src/platform/crypto/masking.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';
import { ifVisible, visibleChannel } from './channel-sight.js';
import { eventDetail } from './event-view.js';
import { checkPageSize } from './list-page.js';
import { toOrderId } from './order-id.js';
import type { OperationContext } from './operation-context.js';
import { clearParties, maskedParties, type PartiesView } from './parties-view.js';

export const PII_SCOPE = 'pii:read';

/** Arguments as GraphQL hands them in: what was not given is absent, what was given as null is null. */
type Given<T> = { readonly [Name in keyof T]?: T[Name] | null };

interface OrdersArguments {
  readonly filter?: Given<OrderFilter> | null;
  readonly first: number;
  readonly after?: string | null;
}

interface OrderConnection {
  readonly edges: readonly { readonly cursor: string; readonly node: Order }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | undefined;
    readonly endCursor: string | undefined;
  };
}

/** Resolvers take what graphql-js gives (parent, arguments, context): Nest then calls them without its own layer between. */
@Resolver()
@Scopes('orders:read')
export class OrderQueryResolver {
  constructor(private readonly reader: OrderReader) {}

  @Query('order')
  async order(_: unknown, { id }: { readonly id: string }, context: OperationContext): Promise<Order | undefined> {
    const orderId = toOrderId(id);
    const found = await this.reader.byIds([orderId]);
    return ifVisible(context.principal, found.get(orderId));
  }

  @Query('orderByReference')
  async orderByReference(
    _: unknown,
    { channel, reference }: { readonly channel: string; readonly reference: string },
    { principal }: OperationContext,
  ): Promise<Order | undefined> {
    return ifVisible(principal, await this.reader.byReference(channel, reference));
  }

  @Query('orders')
  async orders(
    _: unknown,
    { filter, first, after }: OrdersArguments,
    { principal }: OperationContext,
  ): Promise<OrderConnection> {
    checkPageSize(first, ORDERS_PAGE_MAX);
    const channel = visibleChannel(principal, filter?.channel);
    const page = await this.reader.page({
      filter: { ...given(filter ?? {}), ...(channel === undefined ? {} : { channel }) },
      first,
      ...(typeof after === 'string' ? { after } : {}),
    });
    return toConnection(page, typeof after === 'string');
  }
}

@Resolver('Order')
export class OrderFieldsResolver {
  @ResolveField('status')
  status(order: Order): OrderStatus {
    return orderStatus(order);
  }

  @ResolveField('waitingOn')
  waitingOn(order: Order): readonly Wait[] {
    return order.waits.map((wait) =>
      wait.lastError === undefined ? wait : { ...wait, lastError: maskText(wait.lastError) },
    );
  }

  @ResolveField('timeline')
  timeline(
    order: Order,
    { first }: { readonly first: number },
    { loaders }: OperationContext,
  ): Promise<readonly LoggedEvent[]> {
    checkPageSize(first, TIMELINE_EVENTS_MAX);
    return loaders.timeline(order.id, first);
  }

  @ResolveField('crossReferences')
  crossReferences(order: Order, _: unknown, { loaders }: OperationContext): Promise<readonly CrossReference[]> {
    return loaders.crossReferences(order.id);
  }

  @ResolveField('parties')
  async parties(order: Order, _: unknown, { loaders, principal }: OperationContext): Promise<PartiesView | undefined> {
    const parties = await loaders.parties(order.id);
    if (parties === undefined) return undefined;
    return principal.scopes.has(PII_SCOPE) ? clearParties(parties) : maskedParties(parties);
  }
}

@Resolver('OrderEvent')
export class OrderEventFieldsResolver {
  @ResolveField('version')
  version(event: LoggedEvent): number {
    return event.streamVersion;
  }

  @ResolveField('detail')
  detail(event: LoggedEvent): object {
    return eventDetail(event);
  }
}

@Resolver('Money')
export class MoneyFieldsResolver {
  @ResolveField('decimal')
  decimal(money: Money): string {
    return formatDecimal(money);
  }
}

/** A filter given as null narrows nothing, like one that is absent. */
function given<T extends object>(filter: Given<T>): Partial<T> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null)) as Partial<T>;
}

function toConnection({ orders, hasNextPage }: OrderPage, hasPreviousPage: boolean): OrderConnection {
  return {
    edges: orders.map(({ order, cursor }) => ({ cursor, node: order })),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: orders.at(0)?.cursor,
      endCursor: orders.at(-1)?.cursor,
    },
  };
}
