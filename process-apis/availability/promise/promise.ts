import type { Component, Shortage } from '../../../src/model/order.js';
import { availableToPromise, freeUnits } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { planNodes, type SplitStock } from '../../sourcing/index.js';
import { channelLimit } from '../rules/channel-limit.js';
import { pair, type StockView } from '../book/stock-state.js';

/** Base units that are stated as missing at most: a million packs of a million are no more than "far too many". */
const SHORTAGE_MAX = 1_000_000_000;

/** Units of an order line that are wanted, and what each of them takes from stock. */
export interface Demand {
  readonly lineId: string;
  /** Line units. */
  readonly quantity: number;
  readonly components: readonly Component[];
}

/** Line units given to a node. A unit of a kit comes whole from one node. */
export interface Allocation {
  readonly lineId: string;
  readonly node: string;
  readonly quantity: number;
}

export interface PromiseRequest {
  readonly channel: string;
  readonly now: Instant;
  readonly demands: readonly Demand[];
  /** Nodes that may serve, best first. */
  readonly nodes: readonly string[];
  readonly maxNodes: number;
  /** Units that a node may still take today; undefined is no limit. */
  readonly capacityLeft: (node: string) => number | undefined;
  /** May use units that are held for waiting orders: it is one of them. */
  readonly entitled: boolean;
}

export interface Promised {
  readonly allocations: readonly Allocation[];
  /** Line units that cannot be served now. */
  readonly missing: readonly { readonly lineId: string; readonly quantity: number }[];
  /** Base units of the items that are short; empty when all is promised. */
  readonly shortages: readonly Shortage[];
}

/**
 * The one answer to "can it be had?" and "take it": as many whole line units as stock, channel rules and node capacity
 * allow, from as few nodes as possible, the better ranked first. A claim is this answer, applied. Pure.
 */
export function promise(request: PromiseRequest, stock: StockView): Promised {
  const { demands } = request;
  const left = new LeftStock(request, stock);
  const plan = planNodes(demands, request.nodes, left, { maxNodes: request.maxNodes });
  const allocations = plan.takes.flatMap(({ node, demand, units }) => {
    const lineId = demands[demand]?.lineId;
    return lineId === undefined || units === 0 ? [] : [{ lineId, node, quantity: units }];
  });
  const missing = demands.flatMap(({ lineId }, index) => {
    const quantity = plan.missing[index] ?? 0;
    return quantity > 0 ? [{ lineId, quantity }] : [];
  });
  if (missing.length === 0) return { allocations, missing, shortages: [] };
  return { allocations, missing, shortages: (plan.stock as LeftStock).shortages(plan.missing) };
}

/** Available units of an item at the nodes that may serve, before the channel's rules. */
export function availableAt(stock: StockView, sku: string, nodes: readonly string[], entitled: boolean): number {
  return nodes.reduce((units, node) => units + availableOf(stock, sku, node, entitled), 0);
}

function availableOf(stock: StockView, sku: string, node: string, entitled: boolean): number {
  const position = stock.position(sku, node);
  if (position === undefined) return 0;
  return entitled ? freeUnits(position) : availableToPromise(position);
}

/** What is left of the stock while a plan takes from it: two lines, or two kits, may share an item. */
class LeftStock implements SplitStock {
  constructor(
    private readonly request: PromiseRequest,
    private readonly stock: StockView,
    /** Base units, by node and item. */
    private readonly atNodes = new Map<string, number>(),
    /** Base units that the channel may still have, by item. */
    private readonly limits = new Map<string, number>(),
    /** Base units that a node may still take, where it has a limit. */
    private readonly capacities = new Map<string, number | undefined>(),
  ) {}

  fork(): LeftStock {
    return new LeftStock(
      this.request,
      this.stock,
      new Map(this.atNodes),
      new Map(this.limits),
      new Map(this.capacities),
    );
  }

  take(node: string, demand: number, wanted: number): number {
    const components = this.request.demands[demand]?.components ?? [];
    if (components.length === 0) return 0;
    let units = wanted;
    let perUnit = 0;
    for (const { sku, quantity } of components) {
      units = Math.min(units, Math.floor(Math.min(this.at(node, sku), this.limit(sku)) / quantity));
      perUnit += quantity;
    }
    const capacity = this.capacity(node);
    if (capacity !== undefined) units = Math.min(units, Math.floor(capacity / perUnit));
    if (units <= 0) return 0;
    for (const { sku, quantity } of components) {
      this.atNodes.set(pair(node, sku), this.at(node, sku) - units * quantity);
      this.limits.set(sku, this.limit(sku) - units * quantity);
    }
    if (capacity !== undefined) this.capacities.set(node, capacity - units * perUnit);
    return units;
  }

  /** The items whose units do not suffice for what is missing; of a kit that no node holds whole, all of them. */
  shortages(missing: readonly number[]): readonly Shortage[] {
    const needs = new Map<string, number>();
    const lacking = missing.flatMap((units, index) => {
      const components = units === 0 ? [] : (this.request.demands[index]?.components ?? []);
      for (const { sku, quantity } of components) needs.set(sku, (needs.get(sku) ?? 0) + units * quantity);
      return components.length === 0 ? [] : [components];
    });
    const short = new Map<string, number>();
    for (const [sku, units] of needs) {
      const lack = Math.min(units - this.anywhere(sku), SHORTAGE_MAX);
      if (lack > 0) short.set(sku, lack);
    }
    for (const components of lacking)
      if (!components.some(({ sku }) => short.has(sku)))
        for (const { sku } of components) short.set(sku, Math.min(needs.get(sku) ?? 0, SHORTAGE_MAX));
    return [...short].map(([sku, units]) => ({ sku, missing: units }));
  }

  private anywhere(sku: string): number {
    const units = this.request.nodes.reduce((sum, node) => sum + this.at(node, sku), 0);
    return Math.min(units, this.limit(sku));
  }

  private at(node: string, sku: string): number {
    return this.atNodes.get(pair(node, sku)) ?? availableOf(this.stock, sku, node, this.request.entitled);
  }

  private limit(sku: string): number {
    const known = this.limits.get(sku);
    if (known !== undefined) return known;
    const { channel, nodes, entitled, now } = this.request;
    const limit = channelLimit(sku, channel, availableAt(this.stock, sku, nodes, entitled), this.stock, now);
    this.limits.set(sku, limit);
    return limit;
  }

  private capacity(node: string): number | undefined {
    if (this.capacities.has(node)) return this.capacities.get(node);
    const left = this.request.capacityLeft(node);
    this.capacities.set(node, left);
    return left;
  }
}
