import { LRUCache } from 'lru-cache';
import type { StockNode } from '../../src/model/stock.js';
import type { Instant } from '../../src/model/time.js';
import {
  DAY_MS,
  DAYS_PER_WEEK,
  dayOf,
  isoWeekday,
  LocalTime,
  MINUTE_MS,
  readTimeOfDay,
} from '../../src/platform/time/local-time.js';

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
  const local = LocalTime.of(node.timeZone);
  const cutOffMs = node.cutOff === undefined ? DAY_MS : readTimeOfDay(node.cutOff);
  if (local === undefined || cutOffMs === undefined) return undefined;
  const today = dayOf(local.fromUtc(nowMs));
  for (let ahead = 0; ahead <= DAYS_PER_WEEK; ahead += 1) {
    const day = today + ahead * DAY_MS;
    if (!node.workingDays.includes(isoWeekday(day))) continue;
    const atMs = local.toUtc(day + cutOffMs);
    if (atMs > nowMs) return { atMs, today: ahead === 0 };
  }
  return undefined;
}
