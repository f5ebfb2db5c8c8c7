import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderFact, OrderFactBody } from './orders.facts.js';
import { unkindAnswers, wishes } from './testing/adversity.js';
import { channelOrder } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { expectSound } from './testing/invariants.js';
import { happyAnswers } from './testing/outside.js';
import { settle } from './testing/settle.js';
import { expectSettled, tell } from './testing/story.js';

const RUNS = 800;
const STEPS_MAX = 40;
/** Facts under way: what is said now may arrive much later, after things that were said after it. */
const UNDER_WAY_MAX = 12;

const ACTIONS = ['ANSWER', 'ANSWER', 'ANSWER', 'TROUBLE', 'WISH', 'REPEAT', 'SAY_AGAIN', 'STOCK', 'LATE'] as const;

interface Step {
  readonly action: (typeof ACTIONS)[number];
  readonly pick: number;
}

const STEPS = fc.array(fc.record({ action: fc.constantFrom(...ACTIONS), pick: fc.nat(1_000) }), {
  minLength: 5,
  maxLength: STEPS_MAX,
  size: 'max',
});
const STOCK = fc.record({ a1: fc.nat(6), a2: fc.nat(6), b1: fc.nat(4), b2: fc.nat(4) });

/** An order between an ERP, warehouses, a channel and people that say anything at any time, twice, and late. */
class Turmoil {
  readonly harness: Harness;
  readonly initial: Readonly<Record<string, number>>;
  readonly received: Record<string, number> = {};
  private readonly taken: OrderFact[] = [];
  private readonly underWay: OrderFactBody[] = [];

  constructor(stock: { a1: number; a2: number; b1: number; b2: number }) {
    this.initial = { 'A@N1': stock.a1, 'A@N2': stock.a2, 'B@N1': stock.b1, 'B@N2': stock.b2, 'C@N1': 1 };
    this.harness = new Harness({ stock: this.initial });
    this.say({ kind: 'ChannelOrderReceived', order: channelOrder() });
  }

  step({ action, pick }: Step): void {
    const { order } = this.harness;
    switch (action) {
      case 'ANSWER':
        return this.sayOneOf(happyAnswers(order), pick);
      case 'TROUBLE':
        return this.sayOneOf(unkindAnswers(order), pick);
      case 'WISH':
        return this.sayOneOf(wishes(pick % 50), pick);
      case 'SAY_AGAIN':
        return this.sayOneOf(
          this.taken.map((fact) => fact.body),
          pick,
        );
      case 'REPEAT':
        return this.repeat(pick);
      case 'STOCK':
        return this.receive(pick % 2 === 0 ? 'A' : 'B', pick % 3 === 0 ? 'N2' : 'N1', 1 + (pick % 2));
      case 'LATE':
        return this.deliverLate(pick);
    }
  }

  receive(sku: string, node: string, units: number): void {
    this.harness.moveStock(sku, node, units);
    this.received[`${sku}@${node}`] = (this.received[`${sku}@${node}`] ?? 0) + units;
    this.say({ kind: 'Reconsidered' });
  }

  private sayOneOf(bodies: readonly OrderFactBody[], pick: number): void {
    const body = bodies[pick % Math.max(1, bodies.length)];
    if (body === undefined) return;
    // Every third is on its way for a while.
    if (pick % 3 === 0 && this.underWay.length < UNDER_WAY_MAX) this.underWay.push(body);
    else this.say(body);
  }

  private deliverLate(pick: number): void {
    const [body] = this.underWay.splice(pick % Math.max(1, this.underWay.length), 1);
    if (body !== undefined) this.say(body);
  }

  /** The same fact under its own id: the answer is the first one's, and nothing moves. */
  private repeat(pick: number): void {
    const fact = this.taken[pick % Math.max(1, this.taken.length)];
    if (fact === undefined) return;
    const { order } = this.harness;
    const { outcome } = this.harness.play(fact);
    if (!outcome.duplicate || this.harness.order !== order) throw new Error(`fact ${fact.id} was taken twice`);
  }

  private say(body: OrderFactBody): void {
    const { channel, reference } = channelOrder();
    const fact: OrderFact = {
      id: `fact-${this.taken.length}`,
      source: 'test',
      occurredAt: this.harness.now,
      address: { by: 'REFERENCE', channel, reference },
      body,
    };
    this.harness.play(fact);
    this.taken.push(fact);
    expectSound(this.harness);
  }
}

/** On-hand stock is what was there and came in, less what shipped and what was not found: no unit is lost or made. */
function expectUnitsExplained({ harness, initial, received }: Turmoil): void {
  const gone = new Map<string, number>();
  for (const event of harness.events)
    if (event.type === 'ShipmentConfirmed' || event.type === 'FulfillmentShortPicked')
      for (const { sku, node, quantity } of event.stock)
        gone.set(`${sku}@${node}`, (gone.get(`${sku}@${node}`) ?? 0) + quantity);
  for (const { sku, node, onHand } of harness.stockNow) {
    const at = `${sku}@${node}`;
    expect({ at, onHand }).toEqual({ at, onHand: (initial[at] ?? 0) + (received[at] ?? 0) - (gone.get(at) ?? 0) });
  }
}

/** From here on everyone answers, and people solve what only people can. */
function end(turmoil: Turmoil): void {
  const { harness } = turmoil;
  for (const sku of ['A', 'B', 'C']) for (const node of ['N1', 'N2']) turmoil.receive(sku, node, 20);
  settle(harness);
  // Late additions, and units that every node rejected, are all that may still be awaited.
  expect(harness.order.waits.filter(({ key }) => !/^STOCK:|^ERP:AMENDMENT$/.test(key))).toEqual([]);
  if (harness.order.completedAt === undefined)
    tell(harness, { kind: 'CancellationRequested', by: 'OPERATOR', reason: 'cannot be served' });
  expectSettled(harness);
}

describe('an order, whatever is said to it in whatever order', () => {
  it('stays sound after each fact, and completes when the outside answers', () => {
    const property = fc.property(STOCK, STEPS, (stock, steps) => {
      const turmoil = new Turmoil(stock);
      for (const step of steps) turmoil.step(step);
      expectUnitsExplained(turmoil);
      end(turmoil);
      expectUnitsExplained(turmoil);
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: RUNS }))).toBeUndefined();
  }, 180_000);
});
