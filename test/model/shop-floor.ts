import { expect } from 'vitest';
import {
  promise,
  StockBook,
  type AllocationRule,
  type SoftReservation,
} from '../../process-apis/availability/index.js';
import { listingUnits, sellable } from '../../process-apis/availability/promise/sellable.js';
import { FactBatch } from '../../process-apis/availability/facts/stock-intake.batch.js';
import { channelLine, channelOrder } from '../../process-apis/orders/testing/channel-orders.js';
import type { OrderFactBody } from '../../process-apis/orders/index.js';
import { Harness } from '../../process-apis/orders/testing/harness.js';
import { expectSound } from '../../process-apis/orders/testing/invariants.js';
import { happyAnswers, remainingOf, shipped } from '../../process-apis/orders/testing/outside.js';
import type { ChannelPolicy } from '../../src/model/channel.js';
import { componentsOf, type Component, type FulfillmentOrder, type Order } from '../../src/model/order.js';
import { stockNode, type StockFact } from '../../src/model/stock.js';
import { CASE, LATER, LedgerContext, PLACES, SKUS, type Place, type Sku } from './ledger-context.js';
import { claimsOf, expectLedger, expectQuotas } from './stock-rules.js';

export const CHANNELS = ['waits', 'splits', 'cuts', 'refuses', 'rush'] as const;
export const LISTINGS = ['L-A', 'L-B', 'L-SIX', 'L-KIT'] as const;

export type Channel = (typeof CHANNELS)[number];
export type ListingName = (typeof LISTINGS)[number];

const COMPONENTS: Readonly<Record<ListingName, readonly Component[]>> = {
  'L-A': [{ sku: 'A', quantity: 1 }],
  'L-B': [{ sku: 'B', quantity: 1 }],
  'L-SIX': [{ sku: 'A', quantity: 6 }],
  'L-KIT': [
    { sku: 'A', quantity: 1 },
    { sku: 'B', quantity: 2 },
  ],
};

const POLICIES: Readonly<Record<Channel, Partial<ChannelPolicy>>> = {
  waits: { shortage: 'WAIT' },
  splits: { shortage: 'SPLIT' },
  cuts: { shortage: 'PARTIAL' },
  refuses: { shortage: 'REJECT' },
  rush: { shortage: 'WAIT', tier: 10 },
};

/** Posted, confirmed, released. */
const ROUNDS_TO_RELEASE = 3;
const NODES = PLACES.map((id, index) => stockNode({ id, priority: index }));
const DAY_ONE = Date.UTC(2026, 0, 2);

/** Shelves with real units on them, and the hub that only hears of them: late, twice, and out of order. */
export class ShopFloor {
  readonly harness: Harness;
  /** Told by the warehouse, and not arrived at the hub. */
  readonly underWay: StockFact[] = [];
  /**
   * A picker did not find what the hub promised, or found what the hub had been told was lost: what the news means is not
   * known before the next count.
   */
  surprised = false;
  private readonly shelves = new Map<string, number>();
  private readonly rules = new Map<string, readonly AllocationRule[]>();
  private readonly carts: SoftReservation[] = [];
  private readonly picked = new Set<string>();
  private readonly lateShipments: (() => void)[] = [];
  private readonly facts: FactBatch;
  private clock = DAY_ONE;
  private numbers = 0;

  constructor() {
    this.harness = new Harness({
      stock: {},
      nodes: NODES,
      policies: POLICIES,
      reservations: this.carts,
      around: { rules: this.rules },
      listings: {
        'L-A': 'A',
        'L-B': 'B',
        'L-SIX': { sku: 'A', components: COMPONENTS['L-SIX'] },
        'L-KIT': { sku: 'KIT', components: COMPONENTS['L-KIT'] },
      },
    });
    this.facts = new FactBatch(this.book, new LedgerContext(this.book));
  }

  get book(): StockBook {
    return this.harness.stock;
  }

  // The world ------------------------------------------------------------------------------------------------

  arrive(sku: Sku, node: Place, quantity: number, unit: 'each' | 'case'): void {
    this.move(sku, node, quantity * (unit === 'case' ? CASE : 1));
    this.tell({ kind: 'RECEIVED', sku, node, quantity, unit });
  }

  lose(sku: Sku, node: Place, wanted: number): void {
    const quantity = Math.min(wanted, this.shelf(sku, node));
    if (quantity === 0) return;
    this.move(sku, node, -quantity);
    this.tell({ kind: 'ADJUSTED', sku, node, quantity: -quantity, reason: 'LOSS' });
  }

  count(sku: Sku, node: Place): void {
    this.tell({ kind: 'COUNTED', sku, node, quantity: this.shelf(sku, node) });
  }

  /** One of the facts under way arrives; sometimes it arrives again. */
  deliver(index: number, twice: boolean): void {
    const [fact] = this.underWay.splice(index % Math.max(1, this.underWay.length), 1);
    if (fact === undefined) return;
    const outcome = this.facts.take(fact);
    if (twice) expect(this.facts.take(fact).result).toBe(outcome.result === 'REFUSED' ? 'REFUSED' : 'DUPLICATE');
    // More left than the hub knows of: told again when what came before has arrived.
    if (outcome.result !== 'REFUSED') return;
    expect(outcome.code).toBe('MORE_THAN_THERE');
    this.underWay.push(fact);
  }

  // Orders ---------------------------------------------------------------------------------------------------

  order(channel: Channel, listing: ListingName, quantity: number): void {
    const components = COMPONENTS[listing];
    const before = claimsOf(this.book);
    const canHave = this.published(channel, components);
    const waiting = components.some(({ sku }) => this.book.waitingFor(sku) > 0);
    const reference = `R-${(this.numbers += 1)}`;
    this.place(channel, reference, listing, quantity);
    const placed = this.find(channel, reference);
    const claimed = placed.lines.reduce((sum, line) => sum + line.quantities.reserved, 0);
    // A better tier may use what is held for others: it can have more than is published.
    if (channel !== 'rush' || !waiting) this.expectClaim(channel, quantity, canHave, claimed);
    expectQuotas(this.book, channel, before);
  }

  private expectClaim(channel: Channel, quantity: number, canHave: number, claimed: number): void {
    const whole = canHave >= quantity;
    const inPart = channel === 'splits' || channel === 'cuts' ? Math.min(quantity, canHave) : 0;
    expect({ channel, quantity, canHave, claimed }).toEqual({
      channel,
      quantity,
      canHave,
      claimed: whole ? quantity : inPart,
    });
  }

  cancel(index: number): void {
    const order = this.someOrder(index);
    if (order !== undefined)
      this.harness.tell(
        { kind: 'CancellationRequested', by: 'CHANNEL', reason: 'buyer' },
        { by: 'ID', orderId: order.id },
      );
  }

  /** Everything outside does its part for one order; the news of what shipped may wait. */
  work(index: number, late: boolean): void {
    const order = this.someOrder(index);
    if (order === undefined) return;
    for (let round = 0; round < ROUNDS_TO_RELEASE; round += 1)
      for (const body of happyAnswers(this.now(order)))
        if (body.kind !== 'FulfillmentShipped') this.harness.tell(this.asItIs(body), { by: 'ID', orderId: order.id });
    for (const fo of this.now(order).fulfillmentOrders) if (fo.status === 'RELEASED') this.pick(order, fo, late);
  }

  /** What left the shelf can no longer be cancelled, whether the hub has heard of it or not. */
  private asItIs(body: OrderFactBody): OrderFactBody {
    if (body.kind !== 'FulfillmentCancelled' || !this.picked.has(body.fulfillmentOrderId)) return body;
    return { ...body, kind: 'FulfillmentCancelRefused', reason: 'it has left' };
  }

  arriveLateShipment(): void {
    this.lateShipments.shift()?.();
  }

  /** The waiting orders are looked at in their order, and what they leave is for everyone. */
  resume(): void {
    const waiting = this.harness.all.filter((order) => order.shortages.length > 0);
    for (const { id } of waiting.toSorted((a, b) => a.tier - b.tier || (a.id < b.id ? -1 : 1)))
      this.harness.tell({ kind: 'Reconsidered' }, { by: 'ID', orderId: id });
    for (const sku of SKUS)
      for (const { node, earmarked } of this.book.positionsOf(sku))
        this.book.book([{ sku, node, bucket: 'earmarked', delta: -earmarked, reason: 'EARMARK_END' }], this.cause());
  }

  // Carts and quotas -----------------------------------------------------------------------------------------

  putInCart(channel: Channel, sku: Sku, quantity: number): void {
    const promised = promise(
      {
        channel,
        now: this.harness.now,
        demands: [{ lineId: '1', quantity, components: [{ sku, quantity: 1 }] }],
        nodes: PLACES,
        maxNodes: PLACES.length,
        capacityLeft: () => undefined,
        entitled: false,
      },
      this.book,
    );
    if (promised.missing.length > 0) return;
    const claims = promised.allocations.map((part) => ({ node: part.node, sku, quantity: part.quantity }));
    const before = claimsOf(this.book);
    this.book.book(
      claims.map((claim) => ({ ...claim, bucket: 'reserved', delta: claim.quantity, reason: 'SOFT_RESERVE' })),
      this.cause(channel),
    );
    expectQuotas(this.book, channel, before);
    const reference = `CART-${(this.numbers += 1)}`;
    this.carts.push({ id: this.newId(), channel, reference, expiresAt: LATER, claims });
  }

  /** The oldest cart is bought, or given up. */
  endCart(bought: boolean): void {
    const cart = this.carts[0];
    if (cart === undefined) return;
    const channel = cart.channel as Channel;
    const sku = cart.claims[0]?.sku ?? '';
    const quantity = cart.claims.reduce((sum, claim) => sum + claim.quantity, 0);
    if (bought) {
      const reference = `R-${(this.numbers += 1)}`;
      this.place(channel, reference, sku === 'A' ? 'L-A' : 'L-B', quantity, cart.reference);
      const [line] = this.find(channel, reference).lines;
      expect(line?.quantities).toMatchObject({ reserved: quantity, open: 0, cancelled: 0 });
      this.carts.shift();
      return;
    }
    this.carts.shift();
    this.book.book(
      cart.claims.map((claim) => ({
        sku: claim.sku,
        node: claim.node,
        bucket: 'reserved',
        delta: -claim.quantity,
        reason: 'SOFT_RELEASE',
      })),
      this.cause(channel),
    );
  }

  setRule(sku: Sku, channel: Channel, kind: AllocationRule['kind'], size: number): void {
    const id = this.newId();
    const amount = kind === 'SHARE' ? { percent: size * 10 } : { units: size };
    const rule: AllocationRule = { id, name: id, channel, sku, kind, mode: 'HARD', updatedAt: LATER, ...amount };
    const others = (this.rules.get(sku) ?? []).filter((known) => known.channel !== channel || known.kind !== kind);
    this.rules.set(sku, [...others, rule]);
  }

  dropRules(sku: Sku): void {
    this.rules.delete(sku);
  }

  // What must hold -------------------------------------------------------------------------------------------

  expectSound(): void {
    expectSound(this.harness, this.carts);
    expectLedger(this.book);
    for (const order of this.harness.all) {
      const open = order.lines.reduce((sum, line) => sum + line.quantities.open, 0);
      // What is not allocated is stated as a shortage.
      expect(order.shortages.length > 0).toBe(open > 0);
    }
    for (const sku of SKUS) {
      const stated = this.harness.all.flatMap((order) => order.shortages.filter((shortage) => shortage.sku === sku));
      expect(this.book.waitingFor(sku)).toBe(stated.reduce((sum, { missing }) => sum + missing, 0));
    }
  }

  /** All news arrives, and all shelves are counted once more. */
  settle(): void {
    while (this.lateShipments.length > 0) this.arriveLateShipment();
    this.deliverEverything();
    if (!this.surprised) this.expectShelves();
    for (const sku of SKUS) for (const node of PLACES) this.count(sku, node);
    this.deliverEverything();
    this.expectShelves();
  }

  private deliverEverything(): void {
    for (let round = this.underWay.length ** 2; round >= 0 && this.underWay.length > 0; round -= 1)
      this.deliver(0, false);
    // What a picker missed was written off: its loss is no news any more.
    if (this.surprised) this.underWay.length = 0;
    expect(this.underWay).toEqual([]);
  }

  private expectShelves(): void {
    const believed: Record<string, number> = {};
    for (const sku of SKUS)
      for (const { node, onHand, missing } of this.book.positionsOf(sku)) believed[`${sku}@${node}`] = onHand - missing;
    const real = Object.fromEntries(Object.keys(believed).map((at) => [at, this.shelves.get(at) ?? 0]));
    expect(believed).toEqual(real);
  }

  /** What the channel would be told that it may sell. */
  private published(channel: Channel, components: readonly Component[]): number {
    const nodes = { nodes: new Set<string>(PLACES), capacityLeft: noLimit };
    return listingUnits(components, (sku) => sellable(sku, channel, nodes, this.book, this.harness.now), noLimit);
  }

  private place(
    channel: Channel,
    reference: string,
    listing: ListingName,
    quantity: number,
    reservation?: string,
  ): void {
    const line = channelLine('1', quantity, { listingSku: listing });
    const order = channelOrder({
      channel,
      reference,
      lines: [line],
      ...(reservation === undefined ? {} : { reservation }),
    });
    this.harness.tell({ kind: 'ChannelOrderReceived', order }, { by: 'REFERENCE', channel, reference });
  }

  private find(channel: Channel, reference: string): Order {
    const order = this.harness.all.find((known) => known.channel === channel && known.reference === reference);
    if (order === undefined) throw new Error(`no order ${reference}`);
    return order;
  }

  private now(order: Order): Order {
    return this.harness.all.find((known) => known.id === order.id) ?? order;
  }

  private someOrder(index: number): Order | undefined {
    const open = this.harness.all.filter((order) => order.completedAt === undefined);
    return open[index % Math.max(1, open.length)];
  }

  /** The picker takes what is on the shelf; what is not there is short. */
  private pick(order: Order, fo: FulfillmentOrder, late: boolean): void {
    // What was picked already is not picked again, though the hub may not have heard of it.
    if (this.picked.has(fo.id)) return;
    this.picked.add(fo.id);
    for (const { lineId, quantity } of remainingOf(fo)) {
      const components = componentsOf(order.lines.find((line) => line.id === lineId) ?? { sku: null });
      const node = fo.node as Place;
      const found = Math.min(
        quantity,
        ...components.map((part) => Math.floor(this.shelf(part.sku as Sku, node) / part.quantity)),
      );
      for (const part of components) if (found > 0) this.move(part.sku as Sku, node, -found * part.quantity);
      const address = { by: 'ID', orderId: order.id } as const;
      if (found > 0) {
        this.surprised ||= components.some((part) => (this.book.position(part.sku, node)?.missing ?? 0) > 0);
        const body = shipped(fo.id, `S-${(this.numbers += 1)}`, [{ lineId, quantity: found }]);
        const fact = { id: `ship-${this.numbers}`, source: 'wms', occurredAt: this.tick(), address, body } as const;
        const tell = (): void => void this.harness.play(fact);
        if (late) this.lateShipments.push(tell);
        else tell();
      }
      if (found === quantity) continue;
      this.surprised = true;
      const lines = [{ lineId, quantity: quantity - found }];
      this.harness.play({
        id: `short-${(this.numbers += 1)}`,
        source: 'wms',
        occurredAt: this.tick(),
        address,
        body: { kind: 'FulfillmentShortPicked', fulfillmentOrderId: fo.id, lines, reason: 'not on the shelf' },
      });
    }
  }

  private tell(fact: { readonly sku: Sku; readonly node: Place } & Readonly<Record<string, unknown>>): void {
    const id = `wms/${(this.numbers += 1)}`;
    this.underWay.push({ id, source: 'wms', occurredAt: this.tick(), ...fact } as unknown as StockFact);
  }

  private shelf(sku: Sku, node: Place): number {
    return this.shelves.get(`${sku}@${node}`) ?? 0;
  }

  private move(sku: Sku, node: Place, units: number): void {
    this.shelves.set(`${sku}@${node}`, this.shelf(sku, node) + units);
  }

  private cause(channel?: Channel): { stream: string; version: number; occurredAt: string; channel?: string } {
    const cause = { stream: this.newId(), version: 1, occurredAt: this.tick() };
    return channel === undefined ? cause : { ...cause, channel };
  }

  /** Each thing in the world has an instant of its own. */
  private tick(): string {
    this.clock += 10;
    return new Date(this.clock).toISOString();
  }

  private newId(): string {
    return `00000000-0000-7000-9000-${String((this.numbers += 1)).padStart(12, '0')}`;
  }
}

function noLimit(): undefined {
  return undefined;
}
