import { LRUCache } from 'lru-cache';
import type { StockNode } from '../../src/model/stock.js';
import type { Instant } from '../../src/model/time.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const DAYS_PER_WEEK = 7;
/** More than there are IANA names in use. */
const FORMATS_MAX = 1_000;
const DISPATCHES_MAX = 10_000;

type Calendar = Pick<StockNode, 'timeZone' | 'cutOff' | 'workingDays'>;

/** When what is given to a node leaves it. */
export interface Dispatch {
  /** The cut-off that is next, ms since 1970; of a node without a cut-off, the end of its working day. */
  readonly atMs: number;
  /** On the node's local day of `now`. */
  readonly today: boolean;
}

/** Cut-offs and offsets from UTC are whole minutes, so the answer is the same for a whole minute. */
const dispatches = new LRUCache<string, { readonly dispatch: Dispatch | undefined }>({ max: DISPATCHES_MAX });
const formats = new LRUCache<string, Intl.DateTimeFormat>({ max: FORMATS_MAX });

/**
 * The next cut-off of a node on one of its working days, strictly later than the minute of `now`. Undefined when it
 * cannot be known: the node works on no day, or its time zone or cut-off is not readable.
 */
export function nextDispatch(node: Calendar, now: Instant): Dispatch | undefined {
  const minute = Math.floor(Date.parse(now) / MINUTE_MS);
  const key = `${minute} ${node.timeZone} ${node.cutOff ?? ''} ${node.workingDays.join('')}`;
  const known = dispatches.get(key);
  if (known !== undefined) return known.dispatch;
  const dispatch = findDispatch(node, minute * MINUTE_MS);
  dispatches.set(key, { dispatch });
  return dispatch;
}

function findDispatch(node: Calendar, nowMs: number): Dispatch | undefined {
  const format = formatOf(node.timeZone);
  const cutOffMs = readCutOff(node.cutOff);
  if (format === undefined || cutOffMs === undefined) return undefined;
  const today = Math.floor((nowMs + offsetMs(format, nowMs)) / DAY_MS) * DAY_MS;
  for (let ahead = 0; ahead <= DAYS_PER_WEEK; ahead += 1) {
    const day = today + ahead * DAY_MS;
    if (!node.workingDays.includes(isoDay(day))) continue;
    const atMs = toUtc(format, day + cutOffMs);
    if (atMs > nowMs) return { atMs, today: ahead === 0 };
  }
  return undefined;
}

/** Milliseconds after local midnight. */
function readCutOff(cutOff: string | undefined): number | undefined {
  if (cutOff === undefined) return DAY_MS;
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(cutOff) ?? [];
  return hours === undefined ? undefined : (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}

/** 1 is Monday. `day` is a local midnight written as if it were UTC. */
function isoDay(day: number): number {
  return new Date(day).getUTCDay() || DAYS_PER_WEEK;
}

/**
 * The instant of a local time that is written as if it were UTC. A time that the clocks skip counts with the offset
 * from before the change, one that comes twice is the first.
 */
function toUtc(format: Intl.DateTimeFormat, localMs: number): number {
  const [before, after] = [offsetMs(format, localMs - DAY_MS), offsetMs(format, localMs + DAY_MS)];
  const [first, second] = [localMs - before, localMs - after];
  if (offsetMs(format, first) === before) return first;
  return offsetMs(format, second) === after ? second : first;
}

/** Local time minus UTC. */
function offsetMs(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - atMs;
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
    return format;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
