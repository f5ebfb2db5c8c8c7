import type { WireCost } from './shopify-admin.wire.js';

/** A first call of an operation is let through at any balance above this, in points. */
const UNKNOWN_COST = 10;

/**
 * What one shop's bucket of query cost held when Shopify last told. Shopify counts in points: each answer says what the
 * operation costs, what is left, and how much comes back per second. Asking here first spares calls that would be refused.
 */
export class CostBudget {
  private readonly costs = new Map<string, number>();
  private available = Number.POSITIVE_INFINITY;
  private maximum = Number.POSITIVE_INFINITY;
  private restoredPerSecond = 1;
  private toldAt = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Milliseconds until the operation is affordable; 0 when it is now. */
  waitMs(operation: string): number {
    const restored = ((this.now() - this.toldAt) / 1000) * this.restoredPerSecond;
    const available = Math.min(this.maximum, this.available + restored);
    const missing = Math.min(this.costs.get(operation) ?? UNKNOWN_COST, this.maximum) - available;
    return missing <= 0 ? 0 : Math.ceil((missing / this.restoredPerSecond) * 1000);
  }

  learn(operation: string, cost: WireCost): void {
    this.costs.set(operation, cost.requestedQueryCost);
    this.maximum = cost.throttleStatus.maximumAvailable;
    this.available = cost.throttleStatus.currentlyAvailable;
    this.restoredPerSecond = cost.throttleStatus.restoreRate;
    this.toldAt = this.now();
  }
}
