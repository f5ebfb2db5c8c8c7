import type { Order } from '../../../src/model/order.js';
import type { LoggedEvent } from '../../../src/platform/event-log/index.js';
import { statesOf } from './order-history.js';

/** Pointers of one question. */
export const LINEAGE_POINTERS_MAX = 50;
export const LINEAGE_VALUES_MAX = 200;

/** Follow from everything else, at each event anew: no fact sets them. */
const DERIVED: ReadonlySet<string> = new Set(['version', 'waits']);

/** A value of an order and the event that set it. */
export interface ValueOrigin {
  /** JSON Pointer into the order. */
  readonly pointer: string;
  /** Text, number, true or false, null, or an empty list or object; null once it is gone. */
  readonly value: unknown;
  readonly event: LoggedEvent;
}

/**
 * For each value of an order the last event that changed it: what is in lists and objects is told value by value. With
 * pointers, these values and what is in them, by pointer; else all, those that changed last first. Pure.
 */
export function originsOf(
  events: readonly LoggedEvent[],
  pointers: readonly string[] | undefined,
  limit: number,
): readonly ValueOrigin[] {
  const origins = new Map<string, ValueOrigin>();
  let before: Order | undefined;
  for (const { event, order } of statesOf(events)) {
    for (const member of membersOf(before, order))
      if (!DERIVED.has(member))
        compare(`/${escaped(member)}`, valueOf(before, member), valueOf(order, member), (pointer, value) => {
          if (value === undefined) origins.delete(pointer);
          else origins.set(pointer, { pointer, value, event });
        });
    before = order;
  }
  const all = [...origins.values()];
  const wanted =
    pointers === undefined
      ? all.toSorted((a, b) => b.event.streamVersion - a.event.streamVersion || comparePointers(a.pointer, b.pointer))
      : all
          .filter(({ pointer }) => pointers.some((asked) => isWithin(pointer, asked)))
          .toSorted((a, b) => comparePointers(a.pointer, b.pointer));
  return wanted.slice(0, limit);
}

/** RFC 6901. */
export function isPointer(text: string): boolean {
  return /^(?:\/(?:[^~/]|~[01])*)+$/.test(text);
}

function isWithin(pointer: string, asked: string): boolean {
  return pointer === asked || pointer.startsWith(`${asked}/`);
}

/**
 * Tells each value that changed: null for one that is gone, undefined for one that became a list or an object. What did not
 * change is mostly the very same object: only what changed is walked over.
 */
function compare(
  pointer: string,
  before: unknown,
  after: unknown,
  found: (pointer: string, value: unknown) => void,
): void {
  if (Object.is(before, after)) return;
  if (isFilled(before) || isFilled(after))
    for (const member of membersOf(before, after))
      compare(`${pointer}/${escaped(member)}`, valueOf(before, member), valueOf(after, member), found);
  if (isValue(after)) {
    if (!isEmptyContainer(before) || !isEmptyContainer(after)) found(pointer, after);
  } else if (isValue(before)) found(pointer, after === undefined ? null : undefined);
}

/** A text, number or the like, or an empty list or object. */
function isValue(value: unknown): boolean {
  return value !== undefined && !isFilled(value);
}

function membersOf(before: unknown, after: unknown): ReadonlySet<string> {
  return new Set([...keysOf(before), ...keysOf(after)]);
}

function keysOf(value: unknown): readonly string[] {
  return isContainer(value) ? Object.keys(value) : [];
}

function valueOf(value: unknown, member: string): unknown {
  return isContainer(value) ? value[member] : undefined;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isFilled(value: unknown): boolean {
  return isContainer(value) && Object.keys(value).length > 0;
}

function isEmptyContainer(value: unknown): boolean {
  return isContainer(value) && Object.keys(value).length === 0;
}

function escaped(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Numbers of lists by their value, everything else as text. */
function comparePointers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
