import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  isPast,
  OrderReader,
  ORDERS_PAGE_MAX,
  referencesUntil,
  TIMELINE_EVENTS_MAX,
  type CrossReference,
  type OrderFilter,
  type OrderPage,
  type OrderSort,
} from '../../process-apis/orders/index.js';
import { formatDecimal, type Money } from '../../src/model/money.js';
import { orderStatus, type Order, type OrderStatus, type Wait } from '../../src/model/order.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { maskText } from '../../src/platform/crypto/masking.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';
import { ifVisible, visibleChannel } from './channel-sight.js';
import { eventDetail } from './event-view.js';
import { givenOnly, type Given } from './given.js';
import { checkPageSize } from './list-page.js';
import { checkTexts, EXCEPTIONS_READ, requireHouseWith } from './records/record-access.js';
import { toOrderId } from './order-id.js';
import type { OperationContext } from './operation-context.js';
import { pastInstant, rebuilt } from './finding/past.js';

/** Instants come as the scalar reads them. */
type AskedFilter = Omit<OrderFilter, AskedInstant> & { readonly [Name in AskedInstant]: Date };
type AskedInstant = 'placedFrom' | 'placedTo' | 'dueBefore';

interface PastArguments {
  readonly asOf?: Date | null;
}

interface OrdersArguments {
  readonly filter?: Given<AskedFilter> | null;
  readonly sort: OrderSort;
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
  async order(
    _: unknown,
    { id, asOf }: { readonly id: string } & PastArguments,
    { principal, orders }: OperationContext,
  ): Promise<Order | undefined> {
    const orderId = toOrderId(id);
    const found = await orders.byIds([orderId]);
    return this.asItWas(ifVisible(principal, found.get(orderId)), asOf);
  }

  @Query('orderByReference')
  async orderByReference(
    _: unknown,
    { channel, reference, asOf }: { readonly channel: string; readonly reference: string } & PastArguments,
    { principal }: OperationContext,
  ): Promise<Order | undefined> {
    return this.asItWas(ifVisible(principal, await this.reader.byReference(channel, reference)), asOf);
  }

  @Query('orders')
  async orders(
    _: unknown,
    { filter, sort, first, after }: OrdersArguments,
    { principal }: OperationContext,
  ): Promise<OrderConnection> {
    checkPageSize(first, ORDERS_PAGE_MAX);
    const channel = visibleChannel(principal, filter?.channel);
    const wanted = toFilter(filter ?? {});
    checkWorkFilter(principal, wanted);
    const page = await this.reader.page({
      filter: { ...wanted, ...(channel === undefined ? {} : { channel }) },
      sort,
      first,
      ...(typeof after === 'string' ? { after } : {}),
    });
    return toConnection(page, typeof after === 'string');
  }

  private async asItWas(order: Order | undefined, asOf: Date | null | undefined): Promise<Order | undefined> {
    const instant = pastInstant(asOf);
    return order === undefined || instant === undefined ? order : rebuilt(this.reader.asOf(order, instant));
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
    // An order of the past has the events until then.
    return loaders.timeline(order.id, Math.min(first, order.version));
  }

  @ResolveField('crossReferences')
  async crossReferences(
    order: Order,
    _: unknown,
    { loaders, finding }: OperationContext,
  ): Promise<readonly CrossReference[]> {
    const references = await loaders.crossReferences(order.id);
    return isPast(order) ? referencesUntil(order, await finding.history(order), references) : references;
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

/** Who works on exceptions is told to those of the house who see exceptions. Throws the 403 problem, or a GraphQL error. */
function checkWorkFilter(principal: Principal, { exceptionOwners, exceptionAssignedTo }: OrderFilter): void {
  if (exceptionOwners === undefined && exceptionAssignedTo === undefined) return;
  requireHouseWith(principal, EXCEPTIONS_READ);
  checkTexts({ exceptionAssignedTo });
}

/** What was given as null narrows nothing, like what is absent. */
function toFilter(asked: Given<AskedFilter>): OrderFilter {
  const { placedFrom, placedTo, dueBefore, ...others } = givenOnly(asked);
  return {
    ...others,
    ...(placedFrom === undefined ? {} : { placedFrom: placedFrom.toISOString() }),
    ...(placedTo === undefined ? {} : { placedTo: placedTo.toISOString() }),
    ...(dueBefore === undefined ? {} : { dueBefore: dueBefore.toISOString() }),
  };
}

function toConnection({ orders, hasNextPage, endCursor }: OrderPage, hasPreviousPage: boolean): OrderConnection {
  return {
    edges: orders.map(({ order, cursor }) => ({ cursor, node: order })),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: orders.at(0)?.cursor,
      endCursor,
    },
  };
}
