import { ResolveField, Resolver } from '@nestjs/graphql';
import type { StoredMessage } from '../../../process-apis/intake/index.js';
import type { Order } from '../../../src/model/order.js';
import type { FactRecord } from '../../../src/platform/commit/index.js';
import type { TaskRecord } from '../../../src/platform/jobs/index.js';
import { checkPageSize } from '../list-page.js';
import type { OperationContext } from '../operation-context.js';
import { messageSubjects } from './message-subjects.js';
import { OPERATIONS_READ, requireHouseWith } from './record-access.js';

/** Tasks, messages or facts that are shown of one order. */
export const ORDER_RECORDS_MAX = 50;

interface First {
  readonly first: number;
}

/** What happened around an order: for those who run the hub. */
@Resolver('Order')
export class OrderRecordsResolver {
  @ResolveField('tasks')
  tasks({ id }: Order, { first }: First, { principal, records }: OperationContext): Promise<readonly TaskRecord[]> {
    requireHouseWith(principal, OPERATIONS_READ);
    checkPageSize(first, ORDER_RECORDS_MAX);
    return records.tasksOfOrder.load({ key: id, first });
  }

  @ResolveField('messages')
  messages(
    order: Order,
    { first }: First,
    { principal, records }: OperationContext,
  ): Promise<readonly StoredMessage[]> {
    requireHouseWith(principal, OPERATIONS_READ);
    checkPageSize(first, ORDER_RECORDS_MAX);
    return records.messagesAbout(messageSubjects(order), first);
  }

  @ResolveField('facts')
  facts({ id }: Order, { first }: First, { principal, records }: OperationContext): Promise<readonly FactRecord[]> {
    requireHouseWith(principal, OPERATIONS_READ);
    checkPageSize(first, ORDER_RECORDS_MAX);
    return records.factsOfOrder.load({ key: id, first });
  }
}
