import { componentsOf, standingHolds, type Order, type OutsideSystem } from '../../../src/model/order.js';
import type { OwnerRole } from '../../../src/model/exception.js';
import type { Instant } from '../../../src/model/time.js';
import type { StandingException } from '../../exceptions/index.js';
import { dueAt } from '../orders.sla.js';

/** What may be true of an order, as it is stored to be looked for. */
export const facets = {
  waitsFor: (system: OutsideSystem): string => `wait:${system}`,
  atNode: (node: string): string => `node:${node}`,
  holdsItem: (sku: string): string => `sku:${sku}`,
  holdsListing: (listingSku: string): string => `listing:${listingSku}`,
  held: 'held',
  hasException: 'exception',
  /** Of an exception that is open: who has to act, and who took it over. */
  concerns: (owner: OwnerRole): string => `owner:${owner}`,
  takenBy: (person: string): string => `taken:${person}`,
} as const;

/** It follows from exceptions, which are not in the order's state. */
export function isOfExceptions(facet: string): boolean {
  return /^(exception$|owner:|taken:)/.test(facet);
}

/** All that is true of the order, with the exceptions that stand for it. Pure. */
export function facetsOf(order: Order, exceptions: readonly StandingException[]): readonly string[] {
  const found = new Set<string>();
  for (const { system } of order.waits) found.add(facets.waitsFor(system));
  for (const { node } of order.fulfillmentOrders) found.add(facets.atNode(node));
  for (const line of order.lines) {
    found.add(facets.holdsListing(line.listingSku));
    if (line.sku !== null) found.add(facets.holdsItem(line.sku));
    if (line.substitutedFor !== undefined) found.add(facets.holdsItem(line.substitutedFor));
    for (const { sku } of componentsOf(line)) found.add(facets.holdsItem(sku));
  }
  if (standingHolds(order).length > 0) found.add(facets.held);
  if (exceptions.length > 0) found.add(facets.hasException);
  for (const { owner, assignedTo } of exceptions.filter(({ status }) => status === 'OPEN')) {
    found.add(facets.concerns(owner));
    if (assignedTo !== null) found.add(facets.takenBy(assignedTo));
  }
  return [...found];
}

/** When the first step of the order is late, or was; undefined where no clock runs. */
export function firstDueAt(order: Order): Instant | undefined {
  return order.waits.flatMap((wait) => dueAt(order, wait) ?? []).toSorted()[0];
}

/** A step takes longer than its clock allows. */
export function isOverdue(order: Order, now: Instant): boolean {
  const due = firstDueAt(order);
  return due !== undefined && due < now;
}
