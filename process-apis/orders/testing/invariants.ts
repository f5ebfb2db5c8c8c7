import { expect } from 'vitest';
import { LINE_STATES, sumQuantities, type Order } from '../../../src/model/order.js';
import { remainingUnits } from '../orders.evolve.js';
import type { Harness } from './harness.js';

/** What must hold of an order and its stock after every fact, whatever came before. */
export function expectSound(harness: Harness): void {
  if (!harness.hasOrder) return;
  const { order } = harness;
  expectLinesAddUp(order);
  expectClaimsMatchStock(harness);
  expectNothingStuck(order);
  expect({ ...harness.refolded, waits: [] }).toEqual({ ...order, waits: [] });
}

function expectLinesAddUp(order: Order): void {
  for (const line of order.lines) {
    const { open, reserved, released, picked, packed } = line.quantities;
    expect(LINE_STATES.every((state) => line.quantities[state] >= 0)).toBe(true);
    expect(LINE_STATES.reduce((sum, state) => sum + line.quantities[state], 0)).toBe(line.ordered);
    const atNodes = order.fulfillmentOrders
      .flatMap((fo) => fo.lines.filter((candidate) => candidate.lineId === line.id))
      .reduce((sum, candidate) => sum + remainingUnits(candidate), 0);
    expect(reserved + released + picked + packed).toBe(atNodes);
    expect(order.cancelling[line.id] ?? 0).toBeLessThanOrEqual(open + atNodes);
  }
}

function expectClaimsMatchStock({ order, stockNow }: Harness): void {
  for (const { sku, node, reserved, onHand } of stockNow) {
    const claimed = order.fulfillmentOrders
      .filter((fo) => fo.node === node)
      .flatMap((fo) => fo.lines.filter((line) => line.sku === sku))
      .reduce((sum, line) => sum + remainingUnits(line), 0);
    expect({ sku, node, reserved }).toEqual({ sku, node, reserved: claimed });
    expect(reserved).toBeLessThanOrEqual(onHand);
  }
}

/** An order that is not complete says what it waits for; a complete one waits for nothing and claims nothing. */
function expectNothingStuck(order: Order): void {
  if (order.completedAt === undefined) {
    expect(order.waits).not.toEqual([]);
    return;
  }
  const { open, reserved, released, picked, packed } = sumQuantities(order.lines.map((line) => line.quantities));
  expect({ open, reserved, released, picked, packed }).toEqual({
    open: 0,
    reserved: 0,
    released: 0,
    picked: 0,
    packed: 0,
  });
  expect(order.waits).toEqual([]);
  expect(order.cancelling).toEqual({});
}
