import type { WireCost } from './shopify-admin.wire.js';

/** Of an operation that was never called, in points. */
const UNKNOWN_COST = 10;

/** What each operation costs, in points, as Shopify's answers tell: asking the budget for it spares calls that would be refused. */
export class QueryCosts {
  private readonly costs = new Map<string, number>();

  of(operation: string): number {
    return this.costs.get(operation) ?? UNKNOWN_COST;
  }

  learn(operation: string, cost: WireCost): void {
    this.costs.set(operation, cost.requestedQueryCost);
  }
}

/** Milliseconds until the bucket holds what the operation costs; undefined when it does now. */
export function waitMs({ requestedQueryCost, throttleStatus }: WireCost): number | undefined {
  const { currentlyAvailable, maximumAvailable, restoreRate } = throttleStatus;
  const missing = Math.min(requestedQueryCost, maximumAvailable) - currentlyAvailable;
  return missing <= 0 ? undefined : Math.ceil((missing / restoreRate) * 1000);
}
