import { Mutation, Resolver } from '@nestjs/graphql';
import { TaskDesk, TASKS_AT_ONCE_MAX, type TaskAnswer, type TaskOutcome } from '../../../process-apis/replay/index.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../../src/platform/auth/principal.js';
import { requireHouse } from '../channel-sight.js';
import { badInput } from '../graphql-errors.js';
import type { OperationContext } from '../operation-context.js';
import { checkedReason, checkKey } from '../order-actions.js';
import { isUuid } from '../uuid.js';
import { FOR_THE_HOUSE } from './record-access.js';

interface TasksInput {
  readonly ids: readonly string[];
  readonly idempotencyKey: string;
}

type TasksResult =
  | {
      readonly __typename: 'TasksTaken';
      readonly duplicate: boolean;
      readonly taken: number;
      readonly outcomes: readonly TaskOutcome[];
    }
  | { readonly __typename: 'IdempotencyKeyReused'; readonly message: string };

/** What persons do about dead letters. Expected refusals are members of the union, not errors. */
@Resolver()
@Scopes('operations:write')
export class TaskActionResolver {
  constructor(private readonly desk: TaskDesk) {}

  @Mutation('redriveTasks')
  async redriveTasks(
    _: unknown,
    { input }: { readonly input: TasksInput },
    { principal }: OperationContext,
  ): Promise<TasksResult> {
    return toResult(await this.desk.redrive(checked(input, principal)));
  }

  @Mutation('discardTasks')
  async discardTasks(
    _: unknown,
    { input }: { readonly input: TasksInput & { readonly reason: string } },
    { principal }: OperationContext,
  ): Promise<TasksResult> {
    const reason = checkedReason(input.reason);
    return toResult(await this.desk.discard({ ...checked(input, principal), reason }));
  }
}

/** Throws a GraphQL error. */
function checked({ ids, idempotencyKey }: TasksInput, principal: Principal): TasksInput & { readonly actor: string } {
  requireHouse(principal, FOR_THE_HOUSE);
  checkKey(idempotencyKey);
  if (ids.length === 0 || ids.length > TASKS_AT_ONCE_MAX)
    throw badInput(`"ids" must name 1 to ${TASKS_AT_ONCE_MAX} tasks.`);
  const wrong = ids.find((id) => !isUuid(id));
  if (wrong !== undefined) throw badInput(`"${wrong.slice(0, 64)}" is no task id: an id of the hub is a UUID.`);
  return { ids: ids.map((id) => id.toLowerCase()), idempotencyKey, actor: principal.subject };
}

function toResult(answer: TaskAnswer): TasksResult {
  if (answer.result === 'KEY_REUSED')
    return { __typename: 'IdempotencyKeyReused', message: 'The idempotency key was used before for something else.' };
  const { duplicate, outcomes } = answer;
  return { __typename: 'TasksTaken', duplicate, taken: outcomes.filter(({ taken }) => taken).length, outcomes };
}
