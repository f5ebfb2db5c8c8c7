import type { OrderEvent } from '../../../src/model/events.js';
import type { Order } from '../../../src/model/order.js';
import type { Movement, Position, StockNode } from '../../../src/model/stock.js';
import type { RecordedFact } from '../../../src/platform/commit/index.js';
import { StockBook } from '../../availability/index.js';
import { OrderBatch } from '../order-batch.js';
import type { FactOutcome, OrderAddress, OrderFact, OrderFactBody, SubmitOutcome } from '../orders.facts.js';
import type { OrderTask } from '../orders.tasks.js';
import { evolve } from '../orders.evolve.js';
import { CHANNEL, REFERENCE } from './channel-orders.js';

const STARTED_AT = Date.UTC(2026, 0, 2);

export interface World {
  /** On-hand units by `<sku>@<node>`. */
  readonly stock: Readonly<Record<string, number>>;
  readonly nodes?: readonly StockNode[];
  /** Items by listing SKU. */
  readonly listings?: Readonly<Record<string, string>>;
}

export interface Played {
  readonly outcome: SubmitOutcome;
  readonly events: readonly OrderEvent[];
  readonly tasks: readonly OrderTask[];
}

const NODES: readonly StockNode[] = [
  { id: 'N1', name: 'North', priority: 1, active: true },
  { id: 'N2', name: 'South', priority: 2, active: true },
];

/** The orders process without a database: one fact at a time through the batch that the commit uses, over stock in memory. */
export class Harness {
  readonly stock: StockBook;
  readonly listings: Map<string, string>;
  readonly events: OrderEvent[] = [];
  private readonly nodes: readonly StockNode[];
  private readonly orders = new Map<string, Order>();
  private readonly facts = new Map<string, RecordedFact<FactOutcome>>();
  private readonly positions: Position[];
  private ids = 0;
  private clock = STARTED_AT;

  constructor(world: World) {
    this.positions = Object.entries(world.stock).map(([at, onHand]) => positionAt(at, onHand));
    this.stock = StockBook.of(this.positions);
    this.nodes = world.nodes ?? NODES;
    this.listings = new Map(Object.entries(world.listings ?? { 'L-A': 'A', 'L-B': 'B', 'L-C': 'C' }));
  }

  play(fact: OrderFact): Played {
    this.clock += 1_000;
    const batch = new OrderBatch(
      [...this.orders.values()],
      this.facts,
      this.ordersOfFulfillments(),
      this.stock,
      {
        now: this.now,
        newId: () => this.newId(),
        nodes: this.nodes,
        skuOf: (_, listingSku) => this.listings.get(listingSku),
        stock: this.stock,
      },
      { erp: 'erp', wms: 'wms' },
    );
    const outcome = batch.apply(fact);
    for (const order of batch.created) this.orders.set(order.id, order);
    for (const { order } of batch.changed) this.orders.set(order.id, order);
    for (const taken of batch.facts) this.facts.set(taken.id, taken);
    const events = batch.events.map(({ type, data }) => ({ type, ...data }) as OrderEvent);
    this.events.push(...events);
    return { outcome, events, tasks: batch.tasks };
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

  get hasOrder(): boolean {
    return this.orders.size > 0;
  }

  /** The order as its events alone make it: without waits, which are not recorded. */
  get refolded(): Order | undefined {
    let order: Order | undefined;
    for (const event of this.events) order = evolve(order, event);
    return order;
  }

  get now(): string {
    return new Date(this.clock).toISOString();
  }

  /** Units move outside of any order: goods come in. */
  moveStock(sku: string, node: string, delta: number): void {
    const movement: Movement = { sku, node, bucket: 'onHand', delta, reason: 'RECEIPT' };
    this.stock.apply([movement], this.newId(), 1);
    if (!this.positions.some((position) => position.sku === sku && position.node === node))
      this.positions.push(positionAt(`${sku}@${node}`, 0));
  }

  /** The positions as they are now. */
  get stockNow(): readonly Position[] {
    return this.positions.flatMap(({ sku, node }) => this.stock.position(sku, node) ?? []);
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
  return { sku, node, onHand, reserved: 0, qualityHold: 0, safetyStock: 0, incoming: 0 };
}
