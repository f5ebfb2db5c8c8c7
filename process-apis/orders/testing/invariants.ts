import { expect } from 'vitest';
import type { Problem } from '../../../src/model/exception.js';
import {
  componentsOf,
  LINE_STATES,
  standingHolds,
  sumQuantities,
  type Order,
  type Wait,
} from '../../../src/model/order.js';
import type { SoftReservation } from '../../availability/index.js';
import { taskFor } from '../orders.awaited-tasks.js';
import { remainingUnits } from '../orders.evolve.js';
import { problemsOf } from '../orders.problems.js';
import { dueAt } from '../orders.sla.js';
import { waitKeys } from '../orders.waits.js';
import type { Harness } from './harness.js';

/** What must hold of an order and its stock after every fact, whatever came before. */
export function expectSound(harness: Harness, carts: readonly SoftReservation[] = []): void {
  expectClaimsMatchStock(harness, carts);
  for (const order of harness.all) {
    expectLinesAddUp(order);
    expectNothingStuck(order);
    expectProblemsKnown(harness, order);
    expect({ ...harness.refolded(order.id), waits: [] }).toEqual({ ...order, waits: [] });
  }
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

function expectClaimsMatchStock(harness: Harness, carts: readonly SoftReservation[]): void {
  for (const { sku, node, reserved, onHand, missing, earmarked } of harness.stockNow) {
    const inCarts = carts.flatMap(({ claims }) => claims.filter((claim) => claim.sku === sku && claim.node === node));
    const soft = inCarts.reduce((sum, { quantity }) => sum + quantity, 0);
    const claimed = harness.all.reduce((sum, order) => sum + claimedOf(order, sku, node), soft);
    expect({ sku, node, reserved }).toEqual({ sku, node, reserved: claimed });
    expect(reserved + earmarked).toBeLessThanOrEqual(onHand);
    expect(missing).toBeLessThanOrEqual(reserved);
  }
}

/** Base units of an item that the order's work at a node claims. */
function claimedOf(order: Order, sku: string, node: string): number {
  let units = 0;
  for (const fo of order.fulfillmentOrders)
    for (const line of fo.node === node ? fo.lines : []) {
      const ordered = order.lines.find((candidate) => candidate.id === line.lineId);
      for (const component of componentsOf(ordered ?? { sku: null }))
        if (component.sku === sku) units += component.quantity * remainingUnits(line);
    }
  return units;
}

/** A task works on it, a clock runs, or a person knows of it. */
function isCaredFor(order: Order, wait: Wait): boolean {
  const isTold = problemsOf(order).some(({ subject }) => subject.waitKey === wait.key);
  return isTold || taskFor(order, wait.key) !== undefined || dueAt(order, wait) !== undefined || isHeld(order, wait);
}

/** A refusal that stands as a hold: the hold's own wait says it. */
function isHeld(order: Order, wait: Wait): boolean {
  return wait.key === waitKeys.rejection && standingHolds(order).length > 0;
}

/** The register holds what the state says, and nothing else. */
function expectProblemsKnown(harness: Harness, order: Order): void {
  const known = [...harness.problems.values()].filter(({ subject }) => subject.orderId === order.id);
  const found = problemsOf(order);
  expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
  expect(byKey(known)).toEqual(byKey(found));
}

/** An order that is not complete says what it waits for; a complete one waits for nothing and claims nothing. */
function expectNothingStuck(order: Order): void {
  if (order.completedAt === undefined) {
    expect(order.waits).not.toEqual([]);
    expect(order.waits.filter((wait) => !isCaredFor(order, wait)).map(({ key }) => key)).toEqual([]);
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

function byKey(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}
