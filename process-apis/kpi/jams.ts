import type { Order, OutsideSystem, Wait } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';

interface Cause {
  /** The beginning of a wait's key. */
  readonly prefix: string;
  readonly code: string;
  readonly words: string;
  /** The wait is a problem from its start, not only once it failed or is late. */
  readonly always?: true;
}

/** What an order may be kept by. The code names it in the database and in metrics: there is a bounded number of them. */
const CAUSES: readonly Cause[] = [
  { prefix: 'HOLD:', code: 'PERSON/HOLD', words: 'Orders are held until a person releases them.', always: true },
  { prefix: 'LISTING:', code: 'CATALOG/LISTING', words: 'Listings are not mapped to an item.', always: true },
  { prefix: 'STOCK:', code: 'STOCK/MISSING', words: 'Stock is missing.', always: true },
  { prefix: 'ERP:AMENDMENT', code: 'ERP/AMENDMENT', words: 'Units were added after the ERP was told.', always: true },
  { prefix: 'ERP:REJECTED', code: 'ERP/REJECTED', words: 'The ERP rejected sales orders.', always: true },
  { prefix: 'ERP:POSTING', code: 'ERP/POSTING', words: 'Sales orders are not posted' },
  { prefix: 'ERP:CONFIRMATION', code: 'ERP/CONFIRMATION', words: 'Sales orders are not confirmed' },
  { prefix: 'ERP:REDUCTION', code: 'ERP/REDUCTION', words: 'Cancelled units are not taken off sales orders' },
  { prefix: 'ERP:GOODS-ISSUE:', code: 'ERP/GOODS_ISSUE', words: 'Goods issues are not posted' },
  { prefix: 'ERP:BILLING', code: 'ERP/BILLING', words: 'Deliveries are not billed' },
  { prefix: 'WMS:RELEASE:', code: 'WMS/RELEASE', words: 'Work is not taken by the warehouse' },
  { prefix: 'WMS:SHIPMENT:', code: 'WMS/SHIPMENT', words: 'Work is not shipped by the warehouse' },
  { prefix: 'WMS:CANCEL:', code: 'WMS/CANCEL', words: 'Work is not stopped by the warehouse' },
  { prefix: 'CHANNEL:PACKAGE:', code: 'CHANNEL/PACKAGE', words: 'Shipments are not taken by the channel' },
];

const FAILED = '/FAILED';
const LATE = '/LATE';

export interface Jam {
  /** `<system>/<what>`, with `/FAILED` or `/LATE` where that makes it a jam. */
  readonly code: string;
  readonly since: Instant;
}

/** What keeps the order, the gravest: a call that failed before a step that is late before what a person must decide. Pure. */
export function jamOf({ waits }: Pick<Order, 'waits'>): Jam | undefined {
  const jams = waits.flatMap((wait) => rankedJam(wait) ?? []);
  const [worst] = jams.toSorted(
    (a, b) => a.rank - b.rank || compare(a.jam.since, b.jam.since) || compare(a.jam.code, b.jam.code),
  );
  return worst?.jam;
}

function rankedJam(wait: Wait): { readonly rank: number; readonly jam: Jam } | undefined {
  const cause = CAUSES.find(({ prefix }) => wait.key.startsWith(prefix));
  if (cause === undefined) return undefined;
  const { code } = cause;
  const { since } = wait;
  if (cause.always === true) return { rank: 2, jam: { code, since } };
  if (wait.lastError !== undefined) return { rank: 0, jam: { code: `${code}${FAILED}`, since } };
  return wait.overdueSince === undefined ? undefined : { rank: 1, jam: { code: `${code}${LATE}`, since } };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whom orders of that jam wait for, and why, in words for the screen. */
export function readJam(code: string): { readonly system: OutsideSystem; readonly reason: string } {
  const [system = ''] = code.split('/');
  const cause = CAUSES.find((known) => code === known.code || code.startsWith(`${known.code}/`));
  const words = cause?.words ?? code;
  const reason = code.endsWith(FAILED)
    ? `${words}: the last try failed.`
    : code.endsWith(LATE)
      ? `${words} in time.`
      : words;
  return { system: system as OutsideSystem, reason };
}
