import type { StockNode } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import type { CapacityLeft } from '../../sourcing/index.js';
import type { NodeDay } from './stock.sql.js';
import type { StockView } from './stock-state.js';

/** By time zone; there are fewer than a thousand, and nodes name them. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The nodes that take a limited number of units a day, each with its local day at `now`. */
export function capacityDays(nodes: readonly StockNode[], now: Instant): readonly NodeDay[] {
  return nodes
    .filter(({ unitsPerDay }) => unitsPerDay !== undefined)
    .map(({ id, timeZone }) => ({ node: id, day: localDay(timeZone, now) }))
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
}

/** Units that each node may still take on the day whose loads the stock holds; undefined is no limit. */
export function capacityLeft(nodes: readonly StockNode[], stock: Pick<StockView, 'loadOf'>): CapacityLeft {
  const limits = dailyLimits(nodes);
  if (limits.size === 0) return noLimit;
  return (node) => {
    const limit = limits.get(node);
    return limit === undefined ? undefined : Math.max(0, limit - stock.loadOf(node));
  };
}

/** Units that each node takes on a day on which nothing was given to it yet. */
export function capacityOfDay(nodes: readonly StockNode[]): CapacityLeft {
  const limits = dailyLimits(nodes);
  return limits.size === 0 ? noLimit : (node) => limits.get(node);
}

function dailyLimits(nodes: readonly StockNode[]): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { id, unitsPerDay } of nodes) if (unitsPerDay !== undefined) limits.set(id, unitsPerDay);
  return limits;
}

function noLimit(): undefined {
  return undefined;
}

/** `YYYY-MM-DD`. Throws RangeError for a time zone that is not an IANA name. */
function localDay(timeZone: string, now: Instant): string {
  const known = formats.get(timeZone);
  const format =
    known ??
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  if (known === undefined) formats.set(timeZone, format);
  return format.format(new Date(now));
}
