import type { Pool } from 'pg';
import { readStreams } from '../../src/platform/event-log/index.js';
import type { DeadLetter, TaskQueue } from '../../src/platform/jobs/index.js';
import type { Order } from '../../src/model/order.js';
import { failedInside, isFault, type StoredMessage, type StoredMessages, type TakenFacts } from '../intake/index.js';
import {
  rebuildDifferences,
  type OrderCommit,
  type OrderFact,
  type OrderReader,
  type SubmitOutcome,
} from '../orders/index.js';
import { askAgain, failedStep } from './replay.letters.js';
import { diffOf } from './replay.diff.js';
import type { ReplayChange, ReplayOutcome } from './replay.types.js';
import type { ReplayItem } from './replay.walk.js';

const AGAIN = { again: true } as const;

export interface AttemptParts {
  readonly pool: Pool;
  readonly messages: StoredMessages;
  readonly orders: OrderCommit;
  readonly reader: Pick<OrderReader, 'byIds'>;
  readonly tasks: Pick<TaskQueue, 'redrive' | 'discard'>;
}

/**
 * Runs one thing again, or says what that would do. What was taken before is not taken twice: fact ids are those of the first
 * time, and tasks keep their keys. A fault of the hub is an outcome, so that one poisonous message does not end the run.
 */
export class ReplayAttempt {
  constructor(
    private readonly parts: AttemptParts,
    private readonly dryRun: boolean,
  ) {}

  async try(item: ReplayItem): Promise<ReplayChange> {
    try {
      switch (item.kind) {
        case 'MESSAGE':
          return await (this.dryRun ? this.previewMessage(item.message) : this.reprocess(item.message));
        case 'FACT':
          return await (this.dryRun ? this.previewFact(item.fact) : this.submit(item.fact));
        case 'TASK':
          return await this.redrive(item.letter);
        case 'REBUILD':
          return await this.rebuild(item.order);
      }
    } catch (error) {
      if (!isFault(error)) throw error;
      return { subject: subjectOf(item), outcome: 'REFUSED', detail: { reason: failedInside(error).detail } };
    }
  }

  private async previewMessage(before: StoredMessage): Promise<ReplayChange> {
    const { message, reading, orders, stock, verdict } = await this.parts.messages.preview(before.id);
    const taken = { orders: orders?.outcomes ?? [], stock: stock ?? [] };
    return {
      subject: `message/${message.id}`,
      outcome: outcomeOf(message.status, verdict?.status ?? message.status, taken),
      detail: {
        what: `${message.source} ${message.topic}`,
        before: message.status,
        after: verdict?.status ?? message.status,
        ...reasonOf(verdict?.detail ?? (reading.outcome === 'NOT_NOW' ? reading.detail : undefined)),
        ...(orders === undefined ? {} : diffOf(orders)),
      },
    };
  }

  private async reprocess(before: StoredMessage): Promise<ReplayChange> {
    const { message, taken, verdict } = await this.parts.messages.reprocess(before.id);
    return {
      subject: `message/${message.id}`,
      outcome: outcomeOf(message.status, verdict.status, taken),
      detail: {
        what: `${message.source} ${message.topic}`,
        before: message.status,
        after: verdict.status,
        ...reasonOf(verdict.detail),
      },
    };
  }

  private async previewFact(fact: OrderFact): Promise<ReplayChange> {
    const preview = await this.parts.orders.preview([fact], AGAIN);
    return factChange(fact, preview.outcomes[0], diffOf(preview));
  }

  private async submit(fact: OrderFact): Promise<ReplayChange> {
    const [outcome] = await this.parts.orders.submit([fact], AGAIN);
    return factChange(fact, outcome);
  }

  private async redrive(letter: DeadLetter): Promise<ReplayChange> {
    const { id, kind, key, error } = letter;
    const told = { subject: `task/${id}`, detail: { what: kind, reason: error, tasks: [`${kind} ${key}`] } };
    const step = await failedStep(this.parts.reader, letter);
    if (step === 'UNDER_WAY') {
      if (!this.dryRun) await this.parts.tasks.discard([id]);
      const reason = 'its order has it done already, or had it asked for again';
      return { ...told, outcome: 'UNCHANGED', detail: { what: kind, reason } };
    }
    if (this.dryRun) return { ...told, outcome: 'CHANGED' };
    if (step === undefined)
      return { ...told, outcome: (await this.parts.tasks.redrive([id])) === 1 ? 'CHANGED' : 'UNCHANGED' };
    const [outcome] = await this.parts.orders.submit([askAgain(letter, step)]);
    if (outcome === undefined || isOpen(outcome.result))
      return { ...told, outcome: 'REFUSED', detail: { what: kind, ...reasonOf(outcome?.reason) } };
    await this.parts.tasks.discard([id]);
    return { ...told, outcome: isNew(outcome) ? 'CHANGED' : 'UNCHANGED' };
  }

  private async rebuild(order: Order): Promise<ReplayChange> {
    const events = await readStreams(this.parts.pool, [order.id], order.version);
    const differences = rebuildDifferences(order, events);
    return {
      subject: `order/${order.id}`,
      outcome: differences.length === 0 ? 'UNCHANGED' : 'DIFFERS',
      detail: { what: `${events.length} events folded anew`, differences },
    };
  }
}

function factChange(
  fact: OrderFact,
  outcome: SubmitOutcome | undefined,
  diff: Pick<ReplayChange['detail'], 'orders' | 'tasks'> = {},
): ReplayChange {
  const after = outcome?.result ?? 'UNKNOWN_ORDER';
  return {
    subject: `fact/${fact.id}`,
    outcome: isNew(outcome) ? 'CHANGED' : isOpen(after) ? 'REFUSED' : 'UNCHANGED',
    detail: {
      what: `${fact.source} ${fact.body.kind}`,
      before: 'REJECTED',
      after,
      ...reasonOf(outcome?.reason),
      ...diff,
    },
  };
}

function outcomeOf(before: string, after: string, taken: TakenFacts): ReplayOutcome {
  const took = taken.orders.some(isNew) || taken.stock.some(({ result }) => result === 'TAKEN');
  if (took) return 'CHANGED';
  if (after === 'REFUSED' || after === 'PARKED') return 'REFUSED';
  return before === after ? 'UNCHANGED' : 'CHANGED';
}

function isNew(outcome: SubmitOutcome | undefined): boolean {
  return outcome?.result === 'APPLIED' && !outcome.duplicate;
}

function isOpen(result: SubmitOutcome['result']): boolean {
  return result === 'REJECTED' || result === 'UNKNOWN_ORDER';
}

function reasonOf(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined || reason === '' ? {} : { reason };
}

function subjectOf(item: ReplayItem): string {
  switch (item.kind) {
    case 'MESSAGE':
      return `message/${item.message.id}`;
    case 'FACT':
      return `fact/${item.id}`;
    case 'TASK':
      return `task/${item.letter.id}`;
    case 'REBUILD':
      return `order/${item.order.id}`;
  }
}
