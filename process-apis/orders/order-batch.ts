import { isDeepStrictEqual } from 'node:util';
import type { OrderEvent } from '../../src/model/events.js';
import type { OrderParties } from '../../src/model/channel-order.js';
import type { Order } from '../../src/model/order.js';
import type { RecordedFact } from '../../src/platform/commit/index.js';
import type { NewEvent } from '../../src/platform/event-log/index.js';
import type { StockBook } from '../availability/index.js';
import type { ProblemChange } from '../exceptions/index.js';
import { FactRejectedError, type DecisionContext } from './decide/decision.js';
import { crossReferencesOf, type OutsideNames } from './orders.cross-references.js';
import type { FactOutcome, OrderFact, SubmitOutcome } from './orders.facts.js';
import type { ChangedOrder, CrossReference } from './orders.sql.js';
import type { OrderTask } from './orders.tasks.js';
import { amendedParties, correctedParties } from './orders.parties.js';
import { problemsOf } from './orders.problems.js';
import { decide, TRANSITIONS, type Decided } from './orders.transitions.js';
import { withWaits } from './orders.waits.js';
import { toldFact } from './told-fact.js';

/** Bumped when the shape of an event's data changes; readers of old events upcast by it. */
const EVENT_SCHEMA_VERSION = 1;

const UNKNOWN_ORDER: FactOutcome = { result: 'UNKNOWN_ORDER', reason: 'there is no such order yet' };

interface AppliedMessage {
  readonly outcomes: readonly SubmitOutcome[];
  readonly duplicate: boolean;
  readonly digestDiffers: boolean;
  readonly recordId?: string;
}

/**
 * Many facts on their way through `decide` in one transaction: each sees the orders and the stock as the facts before
 * it left them. Knows nothing of the database; what is to be written is read off it at the end.
 */
export class OrderBatch {
  readonly events: NewEvent[] = [];
  readonly tasks: OrderTask[] = [];
  readonly facts: RecordedFact<FactOutcome>[] = [];
  readonly crossReferences: CrossReference[] = [];
  /** What each fact changed of the problems of its order, in the order of the facts. */
  readonly problems: ProblemChange[] = [];
  /** As they are now, of orders whose parties changed. */
  readonly parties = new Map<string, OrderParties>();
  /** Soft reservations that became claims of orders. */
  readonly converted: { readonly id: string; readonly orderId: string }[] = [];
  private readonly context: DecisionContext;
  private readonly byId = new Map<string, Order>();
  private readonly byReference = new Map<string, Order>();
  private readonly versionsRead = new Map<string, number>();
  private readonly taken = new Map<string, RecordedFact<FactOutcome>>();

  constructor(
    orders: readonly Order[],
    known: ReadonlyMap<string, RecordedFact<FactOutcome>>,
    private readonly ordersOfFulfillments: ReadonlyMap<string, string>,
    private readonly stock: StockBook,
    context: DecisionContext,
    private readonly names: OutsideNames,
  ) {
    // Two orders of a batch may name one reservation: the first has it.
    const isConverted = (id: string): boolean => this.converted.some((taken) => taken.id === id);
    this.context = {
      ...context,
      partiesOf: (orderId) => this.parties.get(orderId) ?? context.partiesOf(orderId),
      reservationOf: (channel, reference) => {
        const held = context.reservationOf(channel, reference);
        return held === undefined || isConverted(held.id) ? undefined : held;
      },
    };
    for (const order of orders) {
      this.versionsRead.set(order.id, order.version);
      this.keep(order);
    }
    for (const fact of known.values()) this.taken.set(fact.id, fact);
  }

  /** `again`: a fact that was refused before is decided on anew; whatever else came of it stays the answer. */
  apply(fact: OrderFact, again = false): SubmitOutcome {
    const before = this.taken.get(fact.id);
    if (before !== undefined && !(again && before.outcome.result === 'REJECTED')) {
      const digestDiffers = fact.digest !== undefined && before.digest !== undefined && fact.digest !== before.digest;
      return { ...before.outcome, duplicate: true, digestDiffers };
    }
    const outcome = this.decideOn(fact);
    // A fact that came before its order is not taken: it may come again.
    if (outcome.result !== 'UNKNOWN_ORDER')
      this.record(fact, outcome, { told: toldFact(fact, outcome.orderId), ...(before && { replaces: true }) });
    return { ...outcome, duplicate: false, digestDiffers: false };
  }

  /** All facts of a message, once: a claim that was taken before answers with what came of it then. */
  applyAll(
    facts: readonly OrderFact[],
    claim?: { readonly id: string; readonly digest: string; readonly recordId: string },
    again = false,
  ): AppliedMessage {
    const before = claim === undefined ? undefined : this.taken.get(claim.id);
    if (before !== undefined) {
      const outcomes = (before.outcome.facts ?? []).map((fact) => ({ ...fact, duplicate: true, digestDiffers: false }));
      const { recordId } = before.outcome;
      const digestDiffers = before.digest !== claim?.digest;
      return { outcomes, duplicate: true, digestDiffers, ...(recordId === undefined ? {} : { recordId }) };
    }
    const outcomes = facts.map((fact) => this.apply(fact, again));
    if (claim === undefined) return { outcomes, duplicate: false, digestDiffers: false };
    const { recordId } = claim;
    this.record(claim, {
      result: 'APPLIED',
      facts: outcomes.map(toFactOutcome),
      recordId,
    });
    return { outcomes, duplicate: false, digestDiffers: false, recordId };
  }

  get created(): readonly Order[] {
    return [...this.byId.values()].filter((order) => !this.versionsRead.has(order.id));
  }

  get changed(): readonly ChangedOrder[] {
    return [...this.byId.values()].flatMap((order) => {
      const from = this.versionsRead.get(order.id);
      return from === undefined || from === order.version ? [] : [{ order, from }];
    });
  }

  private decideOn(fact: OrderFact): FactOutcome {
    const order = this.find(fact);
    if (order === undefined && fact.body.kind !== 'ChannelOrderReceived') return UNKNOWN_ORDER;
    let decided: Decided;
    try {
      decided = decide(order, fact, this.context);
    } catch (error) {
      if (!(error instanceof FactRejectedError)) throw error;
      const { message: reason, rule } = error;
      const of = { ...(rule === undefined ? {} : { rule }), ...(order === undefined ? {} : { orderId: order.id }) };
      return { result: 'REJECTED', reason, ...of };
    }
    if (decided.events.length + decided.tasks.length === 0) return { result: 'UNCHANGED', orderId: decided.order.id };
    this.take(fact, order, decided);
    const rejected = decided.events.flatMap(({ event }) => (event.type === 'OrderRejected' ? [event.shortages] : []));
    const [shortages] = rejected;
    const created = order === undefined;
    return { result: 'APPLIED', orderId: decided.order.id, created, ...(shortages === undefined ? {} : { shortages }) };
  }

  private take(fact: OrderFact, before: Order | undefined, decided: Decided): void {
    const order = withWaits(decided.order, this.context.now, this.context.clockFor, before?.waits);
    let version = before?.version ?? 0;
    for (const { event, movements } of decided.events) {
      version += 1;
      this.stock.book(movements, { stream: order.id, version, occurredAt: fact.occurredAt, channel: order.channel });
      this.events.push(toNewEvent(order, event, version, fact));
      this.crossReferences.push(...crossReferencesOf(order, event, this.names));
      const parties = this.partiesAfter(order.id, event, fact);
      if (parties !== undefined) this.parties.set(order.id, parties);
    }
    for (const [sku, units] of waitingChange(before, order)) this.stock.wait(sku, order.channel, units);
    if (decided.converted !== undefined) this.converted.push({ id: decided.converted.id, orderId: order.id });
    this.tasks.push(...decided.tasks);
    this.compareProblems(before, order, fact);
    this.keep(order);
  }

  private partiesAfter(orderId: string, event: OrderEvent, { body }: OrderFact): OrderParties | undefined {
    if (event.type === 'AddressCorrected' && body.kind === 'AddressCorrected')
      return correctedParties(this.context.partiesOf(orderId), body.shipTo);
    return body.kind === 'ChannelOrderReceived' && carriesParties(event)
      ? amendedParties(this.context.partiesOf(orderId), body.order.parties)
      : undefined;
  }

  private compareProblems(before: Order | undefined, after: Order, { body }: OrderFact): void {
    const known = new Map((before === undefined ? [] : problemsOf(before)).map((problem) => [problem.key, problem]));
    const found = problemsOf(after);
    const keys = new Set(found.map(({ key }) => key));
    const raised = found.filter((problem) => !isDeepStrictEqual(known.get(problem.key), problem));
    const because = TRANSITIONS[body.kind].means;
    const ended = [...known.keys()].flatMap((key) => (keys.has(key) ? [] : [{ key, because }]));
    if (raised.length + ended.length > 0)
      this.problems.push({ raised, ended, scope: after.channel, now: this.context.now });
  }

  private find(fact: OrderFact): Order | undefined {
    const { address } = fact;
    switch (address.by) {
      case 'ID':
        return this.byId.get(address.orderId);
      case 'REFERENCE':
        return this.byReference.get(referenceKey(address.channel, address.reference));
      case 'FULFILLMENT_ORDER':
        return this.byId.get(this.ordersOfFulfillments.get(address.fulfillmentOrderId) ?? '');
    }
  }

  private keep(order: Order): void {
    this.byId.set(order.id, order);
    this.byReference.set(referenceKey(order.channel, order.reference), order);
  }

  private record(
    fact: Pick<OrderFact, 'id' | 'digest'>,
    outcome: FactOutcome,
    kept: Pick<RecordedFact<FactOutcome>, 'told' | 'replaces'> = {},
  ): void {
    const recorded = { id: fact.id, outcome, ...kept, ...(fact.digest === undefined ? {} : { digest: fact.digest }) };
    this.taken.set(fact.id, recorded);
    this.facts.push(recorded);
  }
}

function toFactOutcome({ result, orderId, created, shortages, reason }: SubmitOutcome): FactOutcome {
  return {
    result,
    ...(orderId === undefined ? {} : { orderId }),
    ...(created === undefined ? {} : { created }),
    ...(shortages === undefined ? {} : { shortages }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Base units by item that the order waits for, more or fewer than before. */
function waitingChange(before: Order | undefined, after: Order): ReadonlyMap<string, number> {
  const change = new Map<string, number>();
  for (const { sku, missing } of after.shortages) change.set(sku, missing);
  for (const { sku, missing } of before?.shortages ?? []) change.set(sku, (change.get(sku) ?? 0) - missing);
  return change;
}

function carriesParties(event: OrderEvent): boolean {
  return event.type === 'OrderAccepted' || (event.type === 'OrderAmended' && event.partiesChanged);
}

function toNewEvent(order: Order, event: OrderEvent, version: number, fact: OrderFact): NewEvent {
  const { type, ...data } = event;
  return {
    streamType: 'order',
    streamId: order.id,
    streamVersion: version,
    type,
    schemaVersion: EVENT_SCHEMA_VERSION,
    scope: order.channel,
    source: fact.source,
    factId: fact.id,
    occurredAt: fact.occurredAt,
    data,
  };
}

function referenceKey(channel: string, reference: string): string {
  return `${channel}\u0000${reference}`;
}
