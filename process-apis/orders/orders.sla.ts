import type { Order, Wait } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import { afterWorkingMinutes, type WorkingTime } from '../../src/platform/time/business-calendar.js';

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;

/** Steps whose time is measured. */
export const SLA_STAGES = [
  'ERP_POSTING',
  'ERP_CONFIRMATION',
  'ERP_REDUCTION',
  'GOODS_ISSUE',
  'BILLING',
  'RELEASE',
  'SHIPMENT',
  'CANCELLATION',
  'CHANNEL_CONFIRMATION',
] as const;

export type SlaStage = (typeof SLA_STAGES)[number];

interface StandardClock {
  readonly stage: SlaStage;
  /** The beginning of the wait's key. */
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
export const SLA_CLOCKS: readonly StandardClock[] = [
  { stage: 'ERP_POSTING', prefix: 'ERP:POSTING', minutes: 30 },
  { stage: 'ERP_CONFIRMATION', prefix: 'ERP:CONFIRMATION', minutes: 2 * HOUR },
  { stage: 'ERP_REDUCTION', prefix: 'ERP:REDUCTION', minutes: 2 * HOUR },
  { stage: 'GOODS_ISSUE', prefix: 'ERP:GOODS-ISSUE:', minutes: 4 * HOUR },
  { stage: 'BILLING', prefix: 'ERP:BILLING', minutes: 3 * DAY },
  { stage: 'RELEASE', prefix: 'WMS:RELEASE:', minutes: 30 },
  { stage: 'SHIPMENT', prefix: 'WMS:SHIPMENT:', minutes: 2 * DAY, untilShipBy: true },
  { stage: 'CANCELLATION', prefix: 'WMS:CANCEL:', minutes: 4 * HOUR },
  { stage: 'CHANNEL_CONFIRMATION', prefix: 'CHANNEL:PACKAGE:', minutes: 2 * HOUR },
];

/** How long a step may take in this installation. */
export interface SlaClock {
  readonly minutes: number;
  /** A warning comes so many minutes before the step is late. */
  readonly warnMinutes: number;
  /** Minutes are those of working time; without it the clock never stands still. */
  readonly working?: WorkingTime;
}

/** The installation's own clock of a step, where it has one. */
export type ClockFor = (channel: string, stage: SlaStage) => SlaClock | undefined;

/** Of its time, so much is over when the warning comes, where the installation says nothing else. */
const WARN_SHARE = 0.8;

/** How many minutes before the end of a standard clock its warning comes. */
export function warnMinutesOf(minutes: number): number {
  return Math.round(minutes * (1 - WARN_SHARE));
}
/** An item that was ordered ahead should be there a day after its release. */
const RELEASE_MINUTES = DAY;
/** A warehouse gets so long at least, also for an order that came late. */
const SHIPMENT_MINUTES_MIN = HOUR;

/** A step that was asked for again gets its time anew. */
export function startedAt({ since, retriedAt }: Wait): Instant {
  return retriedAt ?? since;
}

/** The step that the wait is of; undefined where its time is not measured. */
export function stageOf({ key }: Pick<Wait, 'key'>): SlaStage | undefined {
  return standardOf(key)?.stage;
}

/**
 * The wait with the times by the installation's own clock, as it was when the wait began or was asked for again: a clock that is
 * changed later leaves them.
 */
export function timedBy(clockFor: ClockFor, channel: string, wait: Wait): Wait {
  const from = startedAt(wait);
  if (wait.clock?.from === from) return wait;
  const { clock: _other, ...untimed } = wait;
  const stage = stageOf(wait);
  const clock = stage === undefined ? undefined : clockFor(channel, stage);
  if (clock === undefined) return untimed;
  const at = (minutes: number): Instant => {
    const ms = clock.working === undefined ? undefined : afterWorkingMinutes(clock.working, Date.parse(from), minutes);
    return ms === undefined ? after(from, minutes) : new Date(ms).toISOString();
  };
  return {
    ...untimed,
    clock: { from, warnAt: at(clock.minutes - clock.warnMinutes), dueAt: at(clock.minutes) },
  };
}

/** When the wait is late; undefined where no clock runs. */
export function dueAt(order: Order, wait: Wait): Instant | undefined {
  const { releasedAt } = order.shortages.find(({ sku }) => wait.key === `STOCK:${sku}`) ?? {};
  if (releasedAt !== undefined) return after(releasedAt, RELEASE_MINUTES);
  const clock = standardOf(wait.key);
  if (clock === undefined) return undefined;
  const from = startedAt(wait);
  const own = wait.clock?.from === from ? wait.clock.dueAt : undefined;
  if (clock.untilShipBy !== true || order.shipBy === undefined) return own ?? after(from, clock.minutes);
  const earliest = after(from, SHIPMENT_MINUTES_MIN);
  const shipBy = later(new Date(order.shipBy).toISOString(), earliest);
  // What was promised to the buyer binds, whatever the house allows itself.
  return own === undefined || own > shipBy ? shipBy : own;
}

/** When it is to be said that the wait will be late if nothing happens: before `dueAt`, and undefined where that is. */
export function warnAt(order: Order, wait: Wait): Instant | undefined {
  const due = dueAt(order, wait);
  if (due === undefined) return undefined;
  const from = startedAt(wait);
  if (wait.clock?.from !== from) return new Date(between(from, due, WARN_SHARE)).toISOString();
  const { warnAt: own, dueAt: ownDue } = wait.clock;
  // The ship-by came first: as long before it.
  return due === ownDue ? own : later(from, new Date(Date.parse(due) - spanMs(own, ownDue)).toISOString());
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

function standardOf(waitKey: string): StandardClock | undefined {
  return SLA_CLOCKS.find(({ prefix }) => waitKey.startsWith(prefix));
}

function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}

function spanMs(from: Instant, to: Instant): number {
  return Date.parse(to) - Date.parse(from);
}

function between(from: Instant, to: Instant, share: number): number {
  return Date.parse(from) + Math.round(Math.max(0, spanMs(from, to)) * share);
}
