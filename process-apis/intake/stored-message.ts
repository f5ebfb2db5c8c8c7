import type { StockFact } from '../../src/model/stock.js';
import type { OrderFact, SubmitOutcome } from '../orders/index.js';
import type { StockOutcome } from '../availability/index.js';
import type { MessageRow, StoredMessage } from './message.sql.js';

/** What a stored message says when it is read again. */
export type StoredReading =
  | {
      readonly outcome: 'FACTS';
      readonly facts: readonly OrderFact[];
      readonly stock: readonly StockFact[];
    }
  | {
      readonly outcome: 'IGNORED' | 'REFUSED';
      readonly reason: string;
      readonly detail: string;
      readonly pointer?: string;
    }
  /** Nobody reads it now: its channel account is switched off. It stays as it is. */
  | { readonly outcome: 'NOT_NOW'; readonly detail: string };

/** Reads the stored messages of some senders again. Pure of effects: taking what it says is another's. */
export interface MessageSource {
  owns(message: StoredMessage): boolean;
  read(message: StoredMessage, body: Buffer): Promise<StoredReading>;
}

/** What became of what a message says. */
export interface TakenFacts {
  /** One per order fact. */
  readonly orders: readonly SubmitOutcome[];
  /** One per stock fact. */
  readonly stock: readonly StockOutcome[];
}

export type Verdict = Pick<MessageRow, 'status' | 'subjects' | 'reason' | 'detail' | 'pointer'>;

/** What a message is kept as. Pure. */
export function verdictOf(reading: Exclude<StoredReading, { outcome: 'NOT_NOW' }>, taken: TakenFacts): Verdict {
  if (reading.outcome !== 'FACTS') {
    const { outcome, reason, detail, pointer } = reading;
    return { status: outcome, subjects: [], reason, detail, ...(pointer === undefined ? {} : { pointer }) };
  }
  const subjects = subjectsOf(reading.facts);
  const refused = taken.stock.find((outcome) => outcome.result === 'REFUSED');
  if (taken.orders.some(({ result }) => result === 'UNKNOWN_ORDER'))
    return { status: 'PARKED', subjects, reason: 'UNKNOWN_ORDER', detail: 'It is taken when the order comes.' };
  const rejected = taken.orders.find(({ result }) => result === 'REJECTED');
  if (rejected !== undefined)
    return {
      status: 'REFUSED',
      subjects,
      reason: rejected.rule ?? 'AGAINST_THE_RULES',
      detail: rejected.reason ?? '',
    };
  if (refused?.result === 'REFUSED')
    return { status: 'REFUSED', subjects, reason: refused.code, detail: refused.detail, pointer: refused.pointer };
  return { status: 'COMMITTED', subjects };
}

/** What the facts are about: a message that waits for its order is found by it. */
export function subjectsOf(facts: readonly OrderFact[]): readonly string[] {
  return [...new Set(facts.map(({ address }) => subjectOf(address)))];
}

export function subjectOf(address: OrderFact['address']): string {
  switch (address.by) {
    case 'REFERENCE':
      return `${address.channel}/${address.reference}`;
    case 'FULFILLMENT_ORDER':
      return `fulfillment-order/${address.fulfillmentOrderId}`;
    case 'ID':
      return `order/${address.orderId}`;
  }
}

/** The name by which the sender knows the order. */
export function referenceOf({ address }: OrderFact): string {
  switch (address.by) {
    case 'REFERENCE':
      return address.reference;
    case 'FULFILLMENT_ORDER':
      return address.fulfillmentOrderId;
    case 'ID':
      return address.orderId;
  }
}
