import type { OrderEvent } from '../../src/model/events.js';
import type { Order } from '../../src/model/order.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';
import { evolve } from './orders.evolve.js';
import { withWaits } from './orders.waits.js';

export const DIFFERENCES_SHOWN_MAX = 100;

/** A place where the stored order is not what its events make of it. */
export interface StateDifference {
  /** JSON Pointer into the order. */
  readonly pointer: string;
  readonly stored: unknown;
  readonly rebuilt: unknown;
}

/**
 * Folds the events of an order anew and compares: none of the places differ, or the state was changed past its events. Of
 * what it waits for, only what and for whom: since when and what failed meanwhile depend on the clock. Pure.
 */
export function rebuildDifferences(stored: Order, events: readonly LoggedEvent[]): readonly StateDifference[] {
  const own = events.filter(({ streamVersion }) => streamVersion <= stored.version);
  if (own.length !== stored.version) return [{ pointer: '/version', stored: stored.version, rebuilt: own.length }];
  let folded: Order | undefined;
  for (const { type, data, recordedAt } of own)
    folded = withWaits(evolve(folded, { type, ...data } as OrderEvent), recordedAt);
  const differences: StateDifference[] = [];
  compare('', comparable(stored), comparable(folded), differences);
  return differences;
}

/** As JSON has it: what is undefined is absent. */
function comparable(order: Order | undefined): unknown {
  if (order === undefined) return null;
  const waits = Object.fromEntries(order.waits.map(({ key, system, reason }) => [key, { system, reason }]));
  return JSON.parse(JSON.stringify({ ...order, waits }));
}

function compare(pointer: string, stored: unknown, rebuilt: unknown, found: StateDifference[]): void {
  if (found.length >= DIFFERENCES_SHOWN_MAX || Object.is(stored, rebuilt)) return;
  // Orders of an older version lack what nothing was said of.
  if ((stored === undefined && isEmpty(rebuilt)) || (rebuilt === undefined && isEmpty(stored))) return;
  if (!isContainer(stored) || !isContainer(rebuilt) || Array.isArray(stored) !== Array.isArray(rebuilt)) {
    found.push({ pointer, stored: stored ?? null, rebuilt: rebuilt ?? null });
    return;
  }
  for (const key of new Set([...Object.keys(stored), ...Object.keys(rebuilt)]))
    compare(`${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, stored[key], rebuilt[key], found);
}

function isEmpty(value: unknown): boolean {
  return isContainer(value) && Object.keys(value).length === 0;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
