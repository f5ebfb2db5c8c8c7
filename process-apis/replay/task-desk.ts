import type { Pool } from 'pg';
import type { AuditEntry } from '../../src/platform/audit/index.js';
import type { DeadLetter, TaskQueue } from '../../src/platform/jobs/index.js';
import type { OrderCommit, OrderReader } from '../orders/index.js';
import { digestOf, RememberedRequests } from '../resolution/index.js';
import { askAgain, failedStepOf, orderIdOf, type FailedStep } from './replay.letters.js';

/** Tasks that are acted on at once. */
export const TASKS_AT_ONCE_MAX = 100;

export type TaskRefusal = 'NOT_FOUND' | 'UNDER_WAY' | 'AGAINST_THE_RULES';

/** What came of one task. */
export interface TaskOutcome {
  readonly taskId: string;
  readonly taken: boolean;
  readonly code?: TaskRefusal;
  /** A sentence. */
  readonly message?: string;
}

/** What a person wants of dead letters. */
export interface TaskRequest {
  readonly ids: readonly string[];
  readonly actor: string;
  readonly idempotencyKey: string;
}

export type TaskAnswer =
  | { readonly result: 'DONE'; readonly duplicate: boolean; readonly outcomes: readonly TaskOutcome[] }
  /** The key was used before for something else. */
  | { readonly result: 'KEY_REUSED' };

export interface TaskDeskParts {
  readonly pool: Pool;
  readonly orders: Pick<OrderCommit, 'submit'>;
  readonly reader: Pick<OrderReader, 'byIds'>;
  readonly tasks: Pick<TaskQueue, 'deadLetters' | 'redriveEach' | 'discardEach'>;
}

interface Kept {
  readonly outcomes: readonly TaskOutcome[];
}

interface Settled {
  readonly outcomes: ReadonlyMap<string, TaskOutcome>;
}

/** What persons do about dead letters, each request once, with who did it. A step of an order goes through the order. */
export class TaskDesk {
  private readonly remembered: RememberedRequests<Kept>;

  constructor(private readonly parts: TaskDeskParts) {
    this.remembered = new RememberedRequests(parts.pool);
  }

  /** Lets them be tried again. Throws RangeError for more than TASKS_AT_ONCE_MAX. */
  redrive(request: TaskRequest): Promise<TaskAnswer> {
    return this.act('REDRIVE_TASK', request, {}, (letters) => this.redriveAll(letters));
  }

  /** Takes them out for good. Throws RangeError for more than TASKS_AT_ONCE_MAX. */
  discard({ reason, ...request }: TaskRequest & { readonly reason: string }): Promise<TaskAnswer> {
    return this.act('DISCARD_TASK', request, { reason }, async (letters) => {
      const gone = await this.parts.tasks.discardEach(letters.map(({ id }) => id));
      return { outcomes: new Map(letters.map(({ id }) => [id, gone.has(id) ? taken(id) : notFound(id)])) };
    });
  }

  private async act(
    action: string,
    { ids, actor, idempotencyKey }: TaskRequest,
    input: object,
    step: (letters: readonly DeadLetter[]) => Promise<Settled>,
  ): Promise<TaskAnswer> {
    const wanted = [...new Set(ids)];
    if (wanted.length > TASKS_AT_ONCE_MAX) throw new RangeError(`at most ${TASKS_AT_ONCE_MAX} tasks at once`);
    const id = `tasks:${actor}:${idempotencyKey}`;
    const digest = digestOf(action, wanted, input);
    const before = await this.remembered.find(id);
    if (before !== undefined) return repeated(before, digest);
    const letters = await this.parts.tasks.deadLetters({ ids: wanted }, { limit: TASKS_AT_ONCE_MAX });
    const settled = (await step(letters)).outcomes;
    const outcomes = wanted.map((taskId) => settled.get(taskId) ?? notFound(taskId));
    const audits = outcomes.map((outcome): AuditEntry => {
      const letter = letters.find(({ id: letterId }) => letterId === outcome.taskId);
      const about = letter === undefined ? {} : { kind: letter.kind, key: letter.key };
      return {
        actor,
        action,
        subjectType: 'task',
        subjectId: outcome.taskId,
        input: { ...about, ...input },
        outcome: outcome.code ?? 'DONE',
      };
    });
    const mine = await this.remembered.keep(id, digest, { outcomes }, audits);
    const first = mine ? undefined : await this.remembered.find(id);
    return first === undefined ? { result: 'DONE', duplicate: false, outcomes } : repeated(first, digest);
  }

  private async redriveAll(letters: readonly DeadLetter[]): Promise<Settled> {
    const orders = await this.parts.reader.byIds(letters.flatMap((letter) => orderIdOf(letter) ?? []));
    const outcomes = new Map<string, TaskOutcome>();
    const steps: { readonly letter: DeadLetter; readonly step: FailedStep }[] = [];
    const plain: string[] = [];
    for (const letter of letters) {
      const step = failedStepOf(orders.get(orderIdOf(letter) ?? ''), letter);
      if (step === undefined) plain.push(letter.id);
      else if (step === 'UNDER_WAY') outcomes.set(letter.id, underWay(letter.id));
      else steps.push({ letter, step });
    }
    const asked = await this.parts.orders.submit(steps.map(({ letter, step }) => askAgain(letter, step)));
    const through: string[] = [];
    for (const [index, { letter }] of steps.entries()) {
      const outcome = asked[index];
      if (outcome?.result === 'APPLIED' || outcome?.result === 'UNCHANGED') through.push(letter.id);
      else outcomes.set(letter.id, refused(letter.id, outcome?.reason));
    }
    await this.parts.tasks.discardEach(through);
    for (const id of through) outcomes.set(id, taken(id));
    const redriven = await this.parts.tasks.redriveEach(plain);
    for (const id of plain) outcomes.set(id, redriven.has(id) ? taken(id) : underWay(id));
    return { outcomes };
  }
}

function repeated(
  { digest, answer }: { readonly digest: string | undefined; readonly answer: Kept },
  asked: string,
): TaskAnswer {
  return digest === asked ? { result: 'DONE', duplicate: true, outcomes: answer.outcomes } : { result: 'KEY_REUSED' };
}

function taken(taskId: string): TaskOutcome {
  return { taskId, taken: true };
}

function notFound(taskId: string): TaskOutcome {
  return { taskId, taken: false, code: 'NOT_FOUND', message: `There is no dead letter ${taskId}.` };
}

function underWay(taskId: string): TaskOutcome {
  const message = 'Its work is under way, or done: another task does it, or its order waits for it no more.';
  return { taskId, taken: false, code: 'UNDER_WAY', message };
}

function refused(taskId: string, reason = 'The order is against it.'): TaskOutcome {
  return { taskId, taken: false, code: 'AGAINST_THE_RULES', message: reason };
}
