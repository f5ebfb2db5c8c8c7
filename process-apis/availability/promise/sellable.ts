import type { Component } from '../../../src/model/order.js';
import { availableToPromise, type Position } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import type { CapacityLeft } from '../../sourcing/index.js';
import { channelLimit, nextReview, type LimitStep } from '../rules/channel-limit.js';
import type { StockView } from '../book/stock-state.js';

/** What a channel may sell of an item, and how that comes about. Base units. */
export interface Sellable {
  readonly sku: string;
  readonly channel: string;
  /** At the nodes that the channel may use. */
  readonly positions: readonly Position[];
  /** Available-to-promise there, before the nodes' daily capacity. */
  readonly atp: number;
  /** … of which the nodes can still take today. */
  readonly available: number;
  /** What each allocation rule made of the ATP, in order. */
  readonly steps: readonly LimitStep[];
  /** What the rules leave of the ATP. */
  readonly limit: number;
  /** Available-to-sell: the smaller of `limit` and `available`. */
  readonly ats: number;
  /** When the answer may be another one though no stock moves. */
  readonly reviewAt?: Instant;
}

/** The nodes that a channel may use, and what they can take. */
export interface SellingNodes {
  readonly nodes: ReadonlySet<string>;
  readonly capacityLeft: CapacityLeft;
}

/** What of an item the channel may sell at `now`. The rules are those that a claim meets. Pure. */
export function sellable(
  sku: string,
  channel: string,
  { nodes, capacityLeft }: SellingNodes,
  stock: StockView,
  now: Instant,
): Sellable {
  const positions = stock.positionsOf(sku).filter(({ node }) => nodes.has(node));
  let atp = 0;
  let available = 0;
  for (const position of positions) {
    const units = availableToPromise(position);
    atp += units;
    available += Math.min(units, capacityLeft(position.node) ?? units);
  }
  if (stock.rulesOf(sku).length === 0)
    return { sku, channel, positions, atp, available, steps: [], limit: atp, ats: available };
  const steps: LimitStep[] = [];
  const limit = channelLimit(sku, channel, atp, stock, now, (step) => steps.push(step));
  const reviewAt = nextReview(sku, stock, now);
  return {
    sku,
    channel,
    positions,
    atp,
    available,
    steps,
    limit,
    ats: Math.min(limit, available),
    ...(reviewAt === undefined ? {} : { reviewAt }),
  };
}

/**
 * Whole units of a listing that can be had: as many as `promise` would give to one order of all of them. A unit comes
 * whole from one node, so two nodes with half a pack each have none. `ofSku` gives what may be sold of each component.
 */
export function listingUnits(
  components: readonly Component[],
  ofSku: (sku: string) => Sellable,
  capacityLeft: CapacityLeft,
): number {
  const [first] = components;
  if (first === undefined) return 0;
  if (components.length === 1 && first.quantity === 1) return ofSku(first.sku).ats;
  let limit = Number.MAX_SAFE_INTEGER;
  let perUnit = 0;
  const atNodes = components.map(({ sku, quantity }) => {
    const { limit: ofItem, positions } = ofSku(sku);
    limit = Math.min(limit, Math.floor(ofItem / quantity));
    perUnit += quantity;
    return new Map(positions.map((position) => [position.node, Math.floor(availableToPromise(position) / quantity)]));
  });
  let units = 0;
  for (const node of atNodes[0]?.keys() ?? []) {
    const capacity = capacityLeft(node);
    const whole = Math.min(...atNodes.map((ofItem) => ofItem.get(node) ?? 0));
    units += capacity === undefined ? whole : Math.min(whole, Math.floor(capacity / perUnit));
  }
  return Math.min(limit, units);
}
