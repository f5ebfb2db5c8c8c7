import { expect } from 'vitest';
import { sumQuantities, type FulfillmentOrder, type LineQuantities } from '../../../src/model/order.js';
import type { OrderFactBody } from '../orders.facts.js';
import type { Harness, Played } from './harness.js';
import { expectSound } from './invariants.js';
import { settle } from './settle.js';

/** Tells facts one after the other, and checks the order after each; gives what came of the last. */
export function tell(harness: Harness, ...bodies: readonly OrderFactBody[]): Played {
  const played = bodies.map((body) => {
    const result = harness.tell(body);
    expectSound(harness);
    return result;
  });
  const last = played.at(-1);
  if (last === undefined) throw new Error('nothing was told');
  return last;
}

/** A fulfillment order of the order, by its place. */
export function fo(harness: Harness, index = 0): FulfillmentOrder {
  const found = harness.order.fulfillmentOrders[index];
  if (found === undefined) throw new Error(`there is no fulfillment order ${index + 1}`);
  return found;
}

export function types(played: Played): readonly string[] {
  return played.events.map((event) => event.type);
}

/** The end of every cancellation: nothing claimed, nothing awaited, and the ERP holds what shipped and no more. */
export function expectSettled(harness: Harness): void {
  settle(harness);
  const { order } = harness;
  expect(order.completedAt).toBeDefined();
  expect(harness.stockNow.map((position) => position.reserved)).toEqual(harness.stockNow.map(() => 0));
  if (order.erp.status !== 'POSTED' && order.erp.status !== 'CONFIRMED') return;
  for (const line of order.lines) {
    const held = order.erp.held[line.id] ?? 0;
    const late = order.shipments.flatMap((shipment) => shipment.late ?? []).filter(({ lineId }) => lineId === line.id);
    // What left after it was cancelled is on no document: a person hears of it.
    const beyond = late.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(held).toBeLessThanOrEqual(line.quantities.shipped);
    expect(held).toBeGreaterThanOrEqual(line.quantities.shipped - beyond);
  }
}

/** Units of the whole order by state. */
export function unitsIn(harness: Harness): LineQuantities {
  return sumQuantities(harness.order.lines.map((line) => line.quantities));
}
