import type { Order, Wait } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;

interface Clock {
  /** The beginning of a wait's key. */
  readonly prefix: string;
  /** Minutes that the wait may last. */
  readonly minutes: number;
  /** The order's ship-by counts where it is later than those minutes. */
  readonly untilShipBy?: boolean;
}

/**
 * How long a step may take before a person hears of it. Waits that are a business problem from the start (a hold, an unknown
 * listing, missing stock, a refusal) have no clock: they are told at once.
 */
export const SLA_CLOCKS: readonly Clock[] = [
  { prefix: 'ERP:POSTING', minutes: 30 },
  { prefix: 'ERP:CONFIRMATION', minutes: 2 * HOUR },
  { prefix: 'ERP:REDUCTION', minutes: 2 * HOUR },
  { prefix: 'ERP:GOODS-ISSUE:', minutes: 4 * HOUR },
  { prefix: 'ERP:BILLING', minutes: 3 * DAY },
  { prefix: 'WMS:RELEASE:', minutes: 30 },
  { prefix: 'WMS:SHIPMENT:', minutes: 2 * DAY, untilShipBy: true },
  { prefix: 'WMS:CANCEL:', minutes: 4 * HOUR },
  { prefix: 'CHANNEL:PACKAGE:', minutes: 2 * HOUR },
];

/** An item that was ordered ahead should be there a day after its release. */
const RELEASE_MINUTES = DAY;
/** A warehouse gets so long at least, also for an order that came late. */
const SHIPMENT_MINUTES_MIN = HOUR;

/** A step that was asked for again gets its time anew. */
export function startedAt({ since, retriedAt }: Wait): Instant {
  return retriedAt ?? since;
}

/** When the wait is late; undefined where no clock runs. */
export function dueAt(order: Order, wait: Wait): Instant | undefined {
  const { releasedAt } = order.shortages.find(({ sku }) => wait.key === `STOCK:${sku}`) ?? {};
  if (releasedAt !== undefined) return after(releasedAt, RELEASE_MINUTES);
  const clock = SLA_CLOCKS.find(({ prefix }) => wait.key.startsWith(prefix));
  if (clock === undefined) return undefined;
  const from = startedAt(wait);
  if (clock.untilShipBy !== true || order.shipBy === undefined) return after(from, clock.minutes);
  const earliest = after(from, SHIPMENT_MINUTES_MIN);
  const shipBy = new Date(order.shipBy).toISOString();
  return shipBy > earliest ? shipBy : earliest;
}

/** The next instant at which a step of the order is late; undefined when none can be. */
export function nextDueAt(order: Order): Instant | undefined {
  const due = order.waits.flatMap((wait) => (wait.overdueSince === undefined ? (dueAt(order, wait) ?? []) : []));
  return due.toSorted()[0];
}

/** Waits that are late by now and not yet known to be. */
export function lateWaits(order: Order, now: Instant): readonly Wait[] {
  return order.waits.filter((wait) => {
    const due = wait.overdueSince === undefined ? dueAt(order, wait) : undefined;
    return due !== undefined && due <= now;
  });
}

function after(instant: Instant, minutes: number): Instant {
  return new Date(Date.parse(instant) + minutes * MINUTE_MS).toISOString();
}
