import type { StockNode } from '../../src/model/stock.js';
import type { Instant } from '../../src/model/time.js';
import { nextDispatch } from './cut-off.js';
import type { SourcingCriterion, SourcingZone } from './sourcing-policy.js';
import { distanceKm } from './zones.js';

const MINUTE_MS = 60_000;
const MINUTES_PER_HOUR = 60;
/** Ranks after everything that is known. */
const UNKNOWN = Number.POSITIVE_INFINITY;

/** What criteria look at beside the node. */
export interface Circumstances {
  readonly now: Instant;
  /** Of the destination, for the reason that is given. */
  readonly country: string | undefined;
  readonly zone: SourcingZone | undefined;
  /** Units the node may still take today; undefined is no limit. */
  readonly capacityLeft: number | undefined;
}

/** How one criterion sees a node: numbers that compare one after the other, lower is better, and the reason in words. */
export interface Verdict {
  readonly keys: readonly number[];
  readonly because: string;
}

export function judge(criterion: SourcingCriterion, node: StockNode, given: Circumstances): Verdict {
  switch (criterion) {
    case 'PRIORITY':
      return { keys: [node.priority], because: `priority ${node.priority}` };
    case 'ZONE':
      return byZone(node, given);
    case 'DISTANCE':
      return byDistance(node, given);
    case 'COST':
      return node.shippingCostMinor === undefined
        ? { keys: [UNKNOWN], because: 'shipping cost unknown' }
        : { keys: [node.shippingCostMinor], because: `shipping cost ${node.shippingCostMinor} minor units` };
    case 'CUT_OFF':
      return byCutOff(node, given.now);
    case 'CAPACITY':
      return given.capacityLeft === undefined
        ? { keys: [Number.NEGATIVE_INFINITY], because: 'no daily limit' }
        : { keys: [-given.capacityLeft], because: `${given.capacityLeft} units left today` };
  }
}

function byZone(node: StockNode, { zone, country }: Circumstances): Verdict {
  if (zone === undefined)
    return { keys: [UNKNOWN], because: country === undefined ? 'no destination' : `no zone for ${country}` };
  const rank = Object.hasOwn(zone.nodes ?? {}, node.id) ? zone.nodes?.[node.id] : undefined;
  return { keys: [rank ?? UNKNOWN], because: `zone ${zone.name} (${rank === undefined ? 'no rank' : `rank ${rank}`})` };
}

function byDistance(node: StockNode, { zone }: Circumstances): Verdict {
  const km = distanceKm(zone, node);
  if (km === undefined) return { keys: [UNKNOWN], because: 'distance unknown' };
  return { keys: [km], because: `${Math.round(km)} km` };
}

function byCutOff(node: StockNode, now: Instant): Verdict {
  const dispatch = nextDispatch(node, now);
  const { timeZone, cutOff } = node;
  const named = cutOff === undefined ? `end of day ${timeZone}` : `cut-off ${cutOff} ${timeZone}`;
  if (dispatch === undefined) return { keys: [2, UNKNOWN], because: `${named} unknown, or no working day` };
  const { atMs, today } = dispatch;
  if (today) return { keys: [0, atMs], because: `${named} in ${duration(atMs - Date.parse(now))}` };
  return { keys: [1, atMs], because: `${named} not today any more, next ${new Date(atMs).toISOString()}` };
}

function duration(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE_MS);
  if (minutes < MINUTES_PER_HOUR) return `${minutes} min`;
  return `${Math.floor(minutes / MINUTES_PER_HOUR)} h ${minutes % MINUTES_PER_HOUR} min`;
}
