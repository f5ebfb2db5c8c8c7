import type { OrderParties } from '../../../src/model/channel-order.js';
import type { Problem } from '../../../src/model/exception.js';
import type { OrderEvent } from '../../../src/model/events.js';
import type { Order } from '../../../src/model/order.js';
import type { ChannelPolicy } from '../../../src/model/channel.js';
import { emptyPosition, stockNode, type Movement, type Position, type StockNode } from '../../../src/model/stock.js';
import type { RecordedFact } from '../../../src/platform/commit/index.js';
import { StockBook, type SoftReservation, type StockData } from '../../availability/index.js';
import type { ItemFacts, ListedItem } from '../../catalog/index.js';
import { DEFAULT_SOURCING_POLICY, type SourcingPolicy } from '../../sourcing/index.js';
import type { DecisionContext } from '../decide/decision.js';
import { OrderBatch } from '../order-batch.js';
import { holdsByRules, type HoldRule } from '../hold-rules.js';
import type { FactOutcome, OrderAddress, OrderFact, OrderFactBody, SubmitOutcome } from '../orders.facts.js';
import type { ClockFor } from '../orders.sla.js';
import type { OrderTask } from '../orders.tasks.js';
import { evolve } from '../orders.evolve.js';
import { CHANNEL, REFERENCE } from './channel-orders.js';

const STARTED_AT = Date.UTC(2026, 0, 2);

export interface World {
  /** On-hand units by `<sku>@<node>`. */
  readonly stock: Readonly<Record<string, number>>;
  readonly nodes?: readonly StockNode[];
  /** Items by listing SKU. */
  readonly listings?: Readonly<Record<string, string | ListedItem>>;
  readonly policy?: Partial<ChannelPolicy>;
  /** Of this channel and others. */
  readonly policies?: Readonly<Record<string, Partial<ChannelPolicy>>>;
  readonly sourcing?: Partial<SourcingPolicy>;
  readonly items?: Readonly<Record<string, ItemFacts>>;
  readonly substitutes?: Readonly<Record<string, readonly string[]>>;
  readonly reservations?: readonly SoftReservation[];
  readonly holdRules?: readonly HoldRule[];
  readonly clockFor?: ClockFor;
  /** The hub was restored then. */
  readonly lostBefore?: string;
  /** Stock beyond on-hand units: rules, lots, demands of other channels, positions in full. */
  readonly around?: Partial<StockData>;
}

export interface Played {
  readonly outcome: SubmitOutcome;
  readonly events: readonly OrderEvent[];
  readonly tasks: readonly OrderTask[];
}

const NODES: readonly StockNode[] = [
  stockNode({ id: 'N1', name: 'North', priority: 1 }),
  stockNode({ id: 'N2', name: 'South', priority: 2 }),
];

const PLAIN_POLICY: ChannelPolicy = { shortage: 'WAIT', tier: 100, preOrder: false };

/** The orders process without a database: one fact at a time through the batch that the commit uses, over stock in memory. */
export class Harness {
  readonly stock: StockBook;
  readonly listings: Map<string, ListedItem>;
  readonly events: OrderEvent[] = [];
  private readonly nodes: readonly StockNode[];
  private readonly streams = new Map<string, readonly OrderEvent[]>();
  private readonly orders = new Map<string, Order>();
  /** As they would be sealed. */
  readonly parties = new Map<string, OrderParties>();
  /** The register, as what is told of problems makes it. */
  readonly problems = new Map<string, Problem>();
  private readonly facts = new Map<string, RecordedFact<FactOutcome>>();
  private readonly positions: Position[];
  private readonly places = new Map<string, Pick<Position, 'sku' | 'node'>>();
  private bookedSeen = 0;
  private ids = 0;
  private clock = STARTED_AT;

  constructor(private readonly world: World) {
    this.positions = Object.entries(world.stock).map(([at, onHand]) => positionAt(at, onHand));
    this.positions.push(...(world.around?.positions ?? []));
    for (const at of this.positions) this.places.set(`${at.sku}@${at.node}`, at);
    this.stock = StockBook.of({ ...world.around, positions: this.positions });
    this.nodes = world.nodes ?? NODES;
    const listings = Object.entries(world.listings ?? { 'L-A': 'A', 'L-B': 'B', 'L-C': 'C' });
    this.listings = new Map(
      listings.map(([listing, item]) => [listing, typeof item === 'string' ? { sku: item } : item]),
    );
  }

  play(fact: OrderFact): Played {
    const { outcomes, ...played } = this.playTogether([fact]);
    const [outcome] = outcomes;
    if (outcome === undefined) throw new Error('the fact had no outcome');
    return { ...played, outcome };
  }

  /** Facts that meet in one transaction. */
  playTogether(facts: readonly OrderFact[]): Omit<Played, 'outcome'> & { readonly outcomes: readonly SubmitOutcome[] } {
    this.clock += 1_000;
    const batch = new OrderBatch(
      [...this.orders.values()],
      this.facts,
      this.ordersOfFulfillments(),
      this.stock,
      this.context,
      { erp: 'erp', wms: 'wms' },
    );
    const outcomes = facts.map((fact) => batch.apply(fact));
    for (const order of batch.created) this.orders.set(order.id, order);
    for (const { order } of batch.changed) this.orders.set(order.id, order);
    for (const taken of batch.facts) this.facts.set(taken.id, taken);
    for (const [orderId, parties] of batch.parties) this.parties.set(orderId, parties);
    for (const { raised, ended } of batch.problems) {
      for (const { key } of ended) this.problems.delete(key);
      for (const problem of raised) this.problems.set(problem.key, problem);
    }
    const events = batch.events.map(({ type, data }) => ({ type, ...data }) as OrderEvent);
    this.events.push(...events);
    batch.events.forEach(({ streamId }, index) => {
      this.streams.set(streamId, [...(this.streams.get(streamId) ?? []), ...events.slice(index, index + 1)]);
    });
    return { outcomes, events, tasks: batch.tasks };
  }

  private get context(): DecisionContext {
    const { policy, policies, sourcing, items, substitutes, reservations, holdRules = [], lostBefore } = this.world;
    return {
      now: this.now,
      newId: () => this.newId(),
      ...(lostBefore === undefined ? {} : { lostBefore }),
      nodes: this.nodes,
      stock: this.stock,
      policyOf: (channel) => ({ ...PLAIN_POLICY, ...policy, ...policies?.[channel] }),
      sourcingOf: () => ({ ...DEFAULT_SOURCING_POLICY, ...sourcing }),
      listedItem: (_, listingSku) => this.listings.get(listingSku),
      holdsFor: (order) => holdsByRules(holdRules, order),
      clockFor: this.world.clockFor ?? (() => undefined),
      partiesOf: (orderId) => this.parties.get(orderId),
      itemFacts: (sku) => items?.[sku],
      substitutesOf: (_, sku) => substitutes?.[sku] ?? [],
      reservationOf: (channel, reference) =>
        reservations?.find((held) => held.channel === channel && held.reference === reference),
    };
  }

  /** Plays a fact of its own id about the order of these tests. */
  tell(
    body: OrderFactBody,
    address: OrderAddress = { by: 'REFERENCE', channel: CHANNEL, reference: REFERENCE },
  ): Played {
    return this.play({ id: `fact-${this.newId()}`, source: 'test', occurredAt: this.now, address, body });
  }

  get order(): Order {
    const [order] = this.orders.values();
    if (order === undefined) throw new Error('no order was taken yet');
    return order;
  }

  /** All orders, in the order of their acceptance. */
  get all(): readonly Order[] {
    return [...this.orders.values()];
  }

  get hasOrder(): boolean {
    return this.orders.size > 0;
  }

  /** An order as its events alone make it: without waits, which are not recorded. */
  refolded(orderId: string): Order | undefined {
    let order: Order | undefined;
    for (const event of this.streams.get(orderId) ?? []) order = evolve(order, event);
    return order;
  }

  get now(): string {
    return new Date(this.clock).toISOString();
  }

  /** Units move outside of any order: goods come in. */
  moveStock(sku: string, node: string, delta: number): void {
    const movement: Movement = { sku, node, bucket: 'onHand', delta, reason: 'RECEIPT' };
    this.stock.book([movement], { stream: this.newId(), version: 1, occurredAt: this.now });
  }

  /** The positions as they are now. */
  get stockNow(): readonly Position[] {
    const { booked } = this.stock;
    for (const at of booked.slice(this.bookedSeen)) this.places.set(`${at.sku}@${at.node}`, at);
    this.bookedSeen = booked.length;
    return [...this.places.values()].flatMap(({ sku, node }) => this.stock.position(sku, node) ?? []);
  }

  /** `{ 'A@N1': [on-hand, reserved] }`, for short comparisons. */
  get stockSheet(): Readonly<Record<string, readonly [onHand: number, reserved: number]>> {
    return Object.fromEntries(
      this.stockNow.map(({ sku, node, onHand, reserved }) => [`${sku}@${node}`, [onHand, reserved]]),
    );
  }

  private ordersOfFulfillments(): ReadonlyMap<string, string> {
    return new Map(
      [...this.orders.values()].flatMap((order) => order.fulfillmentOrders.map((fo) => [fo.id, order.id] as const)),
    );
  }

  private newId(): string {
    this.ids += 1;
    return `00000000-0000-7000-8000-${String(this.ids).padStart(12, '0')}`;
  }
}

function positionAt(at: string, onHand: number): Position {
  const [sku = '', node = ''] = at.split('@');
  return { ...emptyPosition(sku, node), onHand };
}
