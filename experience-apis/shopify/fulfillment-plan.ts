import type { FulfillmentInput, WireFulfillmentOrder } from './shopify-admin.wire.js';
import { fromGid } from './shopify-ids.js';

/** Units by line reference. */
export type Units = ReadonlyMap<string, number>;

/** Fulfillment orders in these states take fulfillments. */
const TAKES_FULFILLMENTS: ReadonlySet<string> = new Set(['OPEN', 'IN_PROGRESS']);

export interface FulfillmentPlan {
  /** One fulfillment each: Shopify makes none over several locations. */
  readonly fulfillments: readonly FulfillmentInput['lineItemsByFulfillmentOrder'][];
  /** Units for which Shopify has no open work left. */
  readonly missing: Units;
}

/** Which units of which of Shopify's fulfillment orders a package closes, in their order. */
export function planFulfillments(orders: readonly WireFulfillmentOrder[], wanted: Units): FulfillmentPlan {
  const missing = new Map(wanted);
  const byLocation = new Map<string, FulfillmentInput['lineItemsByFulfillmentOrder'][number][]>();
  for (const order of orders) {
    if (!TAKES_FULFILLMENTS.has(order.status)) continue;
    const lines = takeUnits(order, missing);
    if (lines.length === 0) continue;
    const location = order.assignedLocation.location?.id ?? '';
    const group = byLocation.get(location) ?? [];
    group.push({ fulfillmentOrderId: order.id, fulfillmentOrderLineItems: lines });
    byLocation.set(location, group);
  }
  return { fulfillments: [...byLocation.values()], missing: positive(missing) };
}

function takeUnits(order: WireFulfillmentOrder, missing: Map<string, number>): { id: string; quantity: number }[] {
  return order.lineItems.nodes.flatMap((line) => {
    const reference = fromGid(line.lineItem.id);
    const quantity = Math.min(missing.get(reference) ?? 0, line.remainingQuantity);
    if (quantity <= 0) return [];
    missing.set(reference, (missing.get(reference) ?? 0) - quantity);
    return [{ id: line.id, quantity }];
  });
}

export function sumUnits(lines: readonly { readonly lineReference: string; readonly quantity: number }[]): Units {
  const units = new Map<string, number>();
  for (const { lineReference, quantity } of lines) units.set(lineReference, (units.get(lineReference) ?? 0) + quantity);
  return units;
}

export function subtractUnits(from: Units, taken: Units): Units {
  return positive(new Map([...from].map(([line, units]) => [line, units - (taken.get(line) ?? 0)])));
}

function positive(units: Units): Units {
  return new Map([...units].filter(([, quantity]) => quantity > 0));
}
