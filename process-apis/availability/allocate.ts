import { availableToPromise, type Position, type StockNode } from '../../src/model/stock.js';

export interface Demand {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

export interface Allocation extends Demand {
  readonly node: string;
}

export interface Shortage {
  readonly sku: string;
  readonly missing: number;
}

export type AllocationResult =
  | { readonly outcome: 'ALLOCATED'; readonly allocations: readonly Allocation[] }
  | { readonly outcome: 'SHORT'; readonly shortages: readonly Shortage[] };

/** What allocation sees of the stock: positions under lock. */
export interface StockView {
  position(sku: string, node: string): Position | undefined;
}

/**
 * Claims stock for all demands or for none: an order that cannot be served whole holds nothing back from others.
 * The first node (by priority) that can serve everything alone takes it; otherwise each demand is filled in node
 * priority order, so that an order splits as little as that order of nodes allows. Pure.
 */
export function allocate(
  demands: readonly Demand[],
  stock: StockView,
  nodes: readonly StockNode[],
  excludedNodes: ReadonlySet<string> = new Set(),
): AllocationResult {
  const usable = nodes
    .filter((node) => node.active && !excludedNodes.has(node.id))
    .toSorted((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))
    .map((node) => node.id);
  for (const node of usable) {
    const alone = fill(demands, stock, [node]);
    if (alone.outcome === 'ALLOCATED') return alone;
  }
  return fill(demands, stock, usable);
}

function fill(demands: readonly Demand[], stock: StockView, nodes: readonly string[]): AllocationResult {
  const left = new RemainingStock(stock);
  const allocations: Allocation[] = [];
  const missing = new Map<string, number>();
  for (const demand of demands) {
    let open = demand.quantity;
    for (const node of nodes) {
      if (open === 0) break;
      const taken = left.take(demand.sku, node, open);
      if (taken > 0) allocations.push({ ...demand, node, quantity: taken });
      open -= taken;
    }
    if (open > 0) missing.set(demand.sku, (missing.get(demand.sku) ?? 0) + open);
  }
  if (missing.size === 0) return { outcome: 'ALLOCATED', allocations };
  return { outcome: 'SHORT', shortages: [...missing].map(([sku, units]) => ({ sku, missing: units })) };
}

/** Two lines of an order may ask for the same item: what the first took is gone for the second. */
class RemainingStock {
  private readonly taken = new Map<string, number>();

  constructor(private readonly stock: StockView) {}

  take(sku: string, node: string, wanted: number): number {
    const position = this.stock.position(sku, node);
    if (position === undefined) return 0;
    const key = `${node}\n${sku}`;
    const before = this.taken.get(key) ?? 0;
    const units = Math.min(wanted, Math.max(0, availableToPromise(position) - before));
    this.taken.set(key, before + units);
    return units;
  }
}
