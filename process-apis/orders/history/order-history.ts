import type { OrderEvent } from '../../../src/model/events.js';
import type { Order } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import type { LoggedEvent } from '../../../src/platform/event-log/index.js';
import { crossReferencesOf } from '../orders.cross-references.js';
import { evolve } from '../orders.evolve.js';
import type { CrossReference } from '../orders.sql.js';
import { withWaits } from '../orders.waits.js';

/** An order as the hub knew it at an instant. */
export interface PastOrder extends Order {
  readonly asOf: Instant;
  /** When the last of its events until then was recorded. */
  readonly updatedAt: Instant;
}

export function isPast(order: Order): order is PastOrder {
  return 'asOf' in order;
}

/** Which of the reference's values its event tells: the name of the other system is not in it. */
const UNNAMED = { erp: '', wms: '', carrier: '' } as const;

/**
 * The events of one order, in their order, that were recorded at or before the instant. An event counts as recorded when
 * those before it were: the transaction that wrote it may have begun before the one that it had to wait for.
 */
export function eventsUntil(events: readonly LoggedEvent[], asOf: Instant): readonly LoggedEvent[] {
  const later = events.findIndex(({ recordedAt }) => recordedAt > asOf);
  return later === -1 ? events : events.slice(0, later);
}

/** The order after each of its events, the first one first. What it waits for is told once for all events of a fact. Pure. */
export function* statesOf(
  events: readonly LoggedEvent[],
): Generator<{ readonly event: LoggedEvent; readonly order: Order }, void, undefined> {
  let order: Order | undefined;
  for (const [index, event] of events.entries()) {
    // The log holds what the orders process wrote: an OrderEvent, its type apart from its data.
    order = evolve(order, { type: event.type, ...event.data } as OrderEvent);
    if (events[index + 1]?.factId !== event.factId) order = withWaits(order, event.recordedAt);
    yield { event, order };
  }
}

/** The order as its events make it; undefined without any. Since when it waits is as exact as when that was recorded. Pure. */
export function foldEvents(events: readonly LoggedEvent[]): Order | undefined {
  let last: Order | undefined;
  for (const { order } of statesOf(events)) last = order;
  return last;
}

/** Of the references of an order those that these events told. Pure. */
export function referencesUntil(
  order: Order,
  events: readonly LoggedEvent[],
  references: readonly CrossReference[],
): readonly CrossReference[] {
  const told = new Set(
    events
      .flatMap(({ type, data }) => crossReferencesOf(order, { type, ...data } as OrderEvent, UNNAMED))
      .map(referenceKey),
  );
  return references.filter((reference) => told.has(referenceKey(reference)));
}

function referenceKey({ kind, outsideId, hubId }: CrossReference): string {
  return JSON.stringify([kind, outsideId, hubId]);
}
