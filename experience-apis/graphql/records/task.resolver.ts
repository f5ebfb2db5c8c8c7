import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Order } from '../../../src/model/order.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import {
  TaskRecords,
  TASKS_PAGE_MAX,
  type ListedTask,
  type TaskFilter,
  type TaskPosition,
  type TaskRecord,
} from '../../../src/platform/jobs/index.js';
import { ifVisible, requireHouse } from '../channel-sight.js';
import { givenOnly, type Given } from '../given.js';
import {
  checkPageSize,
  foreignCursor,
  keyOfCursor,
  toConnection,
  type Connection,
  type PageArguments,
} from '../list-page.js';
import type { OperationContext } from '../operation-context.js';
import { toOrderId } from '../order-id.js';
import { isUuid } from '../uuid.js';
import { checkTexts, FOR_THE_HOUSE, isStoredInstant, OPERATIONS_READ, ORDERS_READ } from './record-access.js';
import type { TaskBacklogView } from './system-view.js';

type Filter = Given<Pick<TaskFilter, 'kinds' | 'states'> & { readonly orderId: string }>;

@Resolver()
@Scopes(OPERATIONS_READ)
export class TaskQueryResolver {
  constructor(private readonly tasks: TaskRecords) {}

  @Query('taskBacklog')
  taskBacklog(
    _: unknown,
    _none: unknown,
    { principal, records }: OperationContext,
  ): Promise<readonly TaskBacklogView[]> {
    requireHouse(principal, FOR_THE_HOUSE);
    return records.backlog();
  }

  @Query('tasks')
  async list(
    _: unknown,
    { filter, ...page }: PageArguments & { readonly filter?: Filter | null },
    { principal }: OperationContext,
  ): Promise<Connection<ListedTask>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(page.first, TASKS_PAGE_MAX);
    const { orderId, ...given } = givenOnly(filter ?? {});
    checkTexts(given);
    const wanted: TaskFilter = { ...given, ...(orderId === undefined ? {} : { subject: toOrderId(orderId) }) };
    const found = await this.tasks.list(wanted, toPosition(page.after), page.first + 1);
    return toConnection(found, page, ({ position: { at, id } }) => [at, id]);
  }
}

@Resolver('Task')
export class TaskFieldsResolver {
  constructor(private readonly tasks: TaskRecords) {}

  @ResolveField('lastError')
  lastError({ error }: TaskRecord): string | null {
    return error;
  }

  @ResolveField('orderId')
  orderId(task: TaskRecord): string | undefined {
    return this.tasks.subjectOf(task);
  }

  @ResolveField('order')
  async order(task: TaskRecord, _: unknown, { principal, records }: OperationContext): Promise<Order | undefined> {
    const orderId = this.tasks.subjectOf(task);
    if (orderId === undefined || !isUuid(orderId) || !principal.scopes.has(ORDERS_READ)) return undefined;
    return ifVisible(principal, await records.order.load(orderId));
  }
}

function toPosition(after: string | null | undefined): TaskPosition | undefined {
  const [at, id] = keyOfCursor(after, 2) ?? [];
  if (at === undefined || id === undefined) return undefined;
  if (isStoredInstant(at) && isUuid(id)) return { at, id };
  throw foreignCursor();
}
