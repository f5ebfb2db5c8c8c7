import { ResolveField, Resolver } from '@nestjs/graphql';
import { firstDueAt, isOverdue, isPast } from '../../../process-apis/orders/index.js';
import type { Order } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import { encodeCursor, type LoggedEvent } from '../../../src/platform/event-log/index.js';
import type { OperationContext } from '../operation-context.js';

@Resolver('Order')
export class OrderTimesResolver {
  @ResolveField('updatedAt')
  updatedAt(order: Order, _: unknown, { finding }: OperationContext): Instant | Promise<Instant | undefined> {
    return isPast(order) ? order.updatedAt : finding.updatedAt(order.id);
  }

  @ResolveField('dueAt')
  dueAt(order: Order): Instant | undefined {
    return firstDueAt(order);
  }

  /** Of an order of the past: whether it was then. */
  @ResolveField('overdue')
  overdue(order: Order): boolean {
    return isOverdue(order, isPast(order) ? order.asOf : new Date().toISOString());
  }
}

@Resolver('OrderEvent')
export class OrderEventPlaceResolver {
  @ResolveField('cursor')
  cursor(event: LoggedEvent): string {
    return encodeCursor(event.cursor);
  }
}
