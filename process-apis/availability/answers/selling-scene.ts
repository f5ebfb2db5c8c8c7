import type { Component, Destination } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import { rankNodes, type NodeExclusion } from '../../sourcing/index.js';
import { capacityLeft, capacityOfDay } from '../book/node-day.js';
import { listingUnits, sellable, type Sellable, type SellingNodes } from '../promise/sellable.js';
import type { Selling, SellingTerms } from './selling-lookup.js';
import { ARRIVALS_MAX, type Arrival, type SellingStock } from './selling-stock.sql.js';
import { stockOn } from './stock-on-date.js';
import type { StockView } from '../book/stock-state.js';

const NO_REFUSALS: ReadonlySet<string> = new Set();
/** A node's daily capacity is shared by all its items: what depends on it is looked at again after this time. */
const CAPACITY_REVIEW_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** What is known when answers are given: read once, for many of them. */
export type SellingFacts = SellingStock & Omit<SellingTerms, 'find'> & { readonly now: Instant };

/** Who asks: a channel, perhaps for a destination, perhaps about one node alone. */
export interface Buyer {
  readonly channel: string;
  readonly destination?: Destination;
  readonly node?: string;
}

/**
 * The answers for one buyer out of facts that were read before: what may be sold now, and on a date. What it says of an
 * item is worked out once. Pure.
 */
export class SellingScene {
  readonly excluded: readonly NodeExclusion[];
  private readonly usable: SellingNodes;
  private readonly known = new Map<string, Sellable>();
  private readonly ofEach = (sku: string): Sellable => this.ofSku(sku);

  constructor(
    private readonly facts: SellingFacts,
    private readonly buyer: Buyer,
  ) {
    const { now, nodes, stock } = facts;
    const left = capacityLeft(nodes, stock);
    const { channel, destination, node } = buyer;
    const ranking = rankNodes(
      { channel, now, method: 'SHIP', refusedBy: NO_REFUSALS, ...(destination === undefined ? {} : { destination }) },
      nodes,
      facts.sourcingOf(channel),
      left,
    );
    const chosen = ranking.choices.map((choice) => choice.node);
    this.excluded = ranking.excluded;
    this.usable = {
      nodes: new Set(node === undefined ? chosen : chosen.filter((id) => id === node)),
      capacityLeft: left,
    };
  }

  /** What may be sold of an item now. */
  ofSku(sku: string): Sellable {
    const known = this.known.get(sku);
    if (known !== undefined) return known;
    const found = sellable(sku, this.buyer.channel, this.usable, this.facts.stock, this.facts.now);
    this.known.set(sku, found);
    return found;
  }

  capacityLeft(node: string): number | undefined {
    return this.usable.capacityLeft(node);
  }

  /** When all of it may be shipped; undefined when that is now. */
  releaseOf(selling: Selling): Instant | undefined {
    let latest = this.releaseAt(selling.sku);
    for (const { sku } of selling.components) {
      const at = this.releaseAt(sku);
      if (at !== undefined && (latest === undefined || at > latest)) latest = at;
    }
    return latest;
  }

  /** Units that may be sold now. Before its release that is nothing, or on a channel with pre-order what will be there then. */
  unitsNow(selling: Selling): number {
    const releaseAt = this.releaseOf(selling);
    if (releaseAt === undefined) return listingUnits(selling.components, this.ofEach, this.usable.capacityLeft);
    return this.facts.policyOf(this.buyer.channel).preOrder ? this.unitsOn(selling, releaseAt) : 0;
  }

  /** When `unitsNow` may be another number though no stock moves. */
  reviewOf(selling: Selling): Instant | undefined {
    const releaseAt = this.releaseOf(selling);
    return [...this.reviewsOf(selling.components), ...(releaseAt === undefined ? [] : [releaseAt])].toSorted()[0];
  }

  /** Units that may be sold on a date, should all that is announced come in time. */
  unitsOn({ components }: Selling, at: Instant): number {
    const later: StockView = stockOn(this.facts.stock, this.arrivalsOf(components), at);
    const usable = dayOf(at) > dayOf(this.facts.now) ? this.usableLater() : this.usable;
    const { channel } = this.buyer;
    return listingUnits(components, (sku) => sellable(sku, channel, usable, later, at), usable.capacityLeft);
  }

  /** The first instant up to `until` from which so many units may be sold. */
  firstWith(quantity: number, selling: Selling, until: Instant): Instant | undefined {
    const { components } = selling;
    const releaseAt = this.releaseOf(selling) ?? this.facts.now;
    const tomorrow = new Date(Date.parse(`${dayOf(this.facts.now)}T00:00:00Z`) + DAY_MS).toISOString();
    const instants = [
      releaseAt,
      ...this.arrivalsOf(components).map(({ at }) => at),
      ...components.flatMap((part) => this.ofSku(part.sku).reviewAt ?? []),
      ...(this.dependsOnCapacity(components) ? [tomorrow] : []),
    ].map((at) => (at < releaseAt ? releaseAt : at));
    const candidates = [...new Set(instants)].filter((at) => at <= until).toSorted();
    return candidates.slice(0, ARRIVALS_MAX).find((at) => this.unitsOn(selling, at) >= quantity);
  }

  private releaseAt(sku: string): Instant | undefined {
    const at = this.facts.items.get(sku)?.releaseAt;
    return at !== undefined && at > this.facts.now ? at : undefined;
  }

  private arrivalsOf(components: readonly Component[]): readonly Arrival[] {
    return components.flatMap(({ sku }) => this.facts.arrivals.get(sku) ?? []);
  }

  /** A node that takes nothing more today takes units on another day. */
  private usableLater(): SellingNodes {
    const full = this.excluded.filter(({ code }) => code === 'CAPACITY_USED_UP').map(({ node }) => node);
    const { node } = this.buyer;
    return {
      nodes: new Set([...this.usable.nodes, ...full.filter((id) => node === undefined || id === node)]),
      capacityLeft: capacityOfDay(this.facts.nodes),
    };
  }

  private reviewsOf(components: readonly Component[]): readonly Instant[] {
    const ofItems = components.map(({ sku }) => this.ofSku(sku));
    const rules = ofItems.flatMap(({ reviewAt }) => reviewAt ?? []);
    return this.dependsOnCapacity(components)
      ? [...rules, new Date(Date.parse(this.facts.now) + CAPACITY_REVIEW_MS).toISOString()]
      : rules;
  }

  private dependsOnCapacity(components: readonly Component[]): boolean {
    return components.some(({ sku }) =>
      this.facts.stock
        .positionsOf(sku)
        .some(({ node, onHand }) => onHand > 0 && this.usable.capacityLeft(node) !== undefined),
    );
  }
}

function dayOf(at: Instant): string {
  return at.slice(0, 10);
}
