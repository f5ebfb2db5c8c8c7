import type { Pool } from 'pg';
import type { StockUnits } from '../../src/model/events.js';
import { consumeLog, encodeCursor, type LoggedEvent } from '../../src/platform/event-log/index.js';
import type { CursorStore } from '../../src/platform/db/cursor-store.js';
import { endEarmarks, findFreedByTime, findWaitedFor, readEarmarks, type FreedByTime } from '../availability/index.js';
import { waitKeys } from './orders.waits.js';
import type { WaitingOrders } from './waiting-orders.js';

const PAGE = 500;
const TIME_CURSOR = 'resumption-time';

/** Events that name stock and free none of it. */
const FREES_NOTHING = new Set([
  'InventoryReserved',
  'ShipmentConfirmed',
  'FulfillmentShortPicked',
  'FulfillmentRevived',
  'StockSoftReserved',
  'QualityHeld',
  'SupplyAnnounced',
  'SupplyCancelled',
  'EarmarksEnded',
]);

/** Events after which an item may be had though none of it moved. Those that name no items are about all of them. */
const CHANGES_THE_RULES = new Set(['CatalogChanged', 'AllocationRulesSaved', 'SourcingPolicySaved']);

/** … and those after which what this process remembers of listings, items, nodes and policies may be old. */
const CHANGES_WHAT_IS_KNOWN = new Set(['CatalogChanged', 'ListingsSaved', 'SourcingPolicySaved']);

export interface ResumptionParts {
  readonly pool: Pool;
  readonly waiting: WaitingOrders;
  readonly cursors: CursorStore;
  /** Called after a commit that changed something. */
  readonly committed: () => void;
  /** Drops what the process remembers: the next decision reads it anew. */
  readonly forget: () => void;
}

/** Looks again at orders whose cause of waiting may be gone: stock came or was given back, a listing was mapped, a date came. */
export class Resumption {
  constructor(private readonly parts: ResumptionParts) {}

  /** Gives true when there is more. */
  sweep(): Promise<boolean> {
    const { pool, waiting, committed } = this.parts;
    return consumeLog(pool, 'resumption', PAGE, async (_tx, events) => {
      if (events.some(({ type }) => CHANGES_WHAT_IS_KNOWN.has(type))) this.parts.forget();
      const earmarks = await readEarmarks(pool, events);
      const freed = [...events.flatMap(freedStock), ...earmarks];
      const skus = new Set([...freed.map(({ sku }) => sku), ...(await this.concerned(events))]);
      const keys = [...skus].map((sku) => waitKeys.stock(sku));
      const last = events.at(-1);
      if (last === undefined) return;
      keys.push(...events.flatMap(listingKeys));
      if (keys.length > 0) await waiting.resume(pool, keys, encodeCursor(last.cursor));
      // Who waited had the first choice; the rest is for everyone.
      if ((await endEarmarks(pool, earmarks)) > 0) committed();
    });
  }

  /**
   * Some causes end with time alone: a release date, the start or end of an allocation rule, a channel that sells nothing
   * for long enough, a new day of a node with a daily capacity.
   */
  async sweepTime(): Promise<boolean> {
    const { pool, waiting, cursors } = this.parts;
    const now = new Date().toISOString();
    const since = (await cursors.get(TIME_CURSOR)) ?? now;
    const freed: FreedByTime = await findFreedByTime(pool, since, now);
    const skus = freed.everything ? await findWaitedFor(pool) : freed.skus;
    if (skus.length > 0)
      await waiting.resume(
        pool,
        skus.map((sku) => waitKeys.stock(sku)),
        `time-${now}`,
      );
    await cursors.set(TIME_CURSOR, now);
    return false;
  }

  /** Items that may be had again because a rule, a node or a substitute changed. */
  private async concerned(events: readonly LoggedEvent[]): Promise<readonly string[]> {
    const changes = events
      .filter(({ type }) => CHANGES_THE_RULES.has(type))
      .map(({ data }) => data as { readonly skus?: readonly string[] });
    if (changes.some(({ skus }) => skus === undefined)) return findWaitedFor(this.parts.pool);
    return changes.flatMap(({ skus }) => skus ?? []);
  }
}

function freedStock({ type, data }: LoggedEvent): readonly StockUnits[] {
  return FREES_NOTHING.has(type) || !('stock' in data) ? [] : (data.stock as readonly StockUnits[]);
}

function listingKeys({ type, data }: LoggedEvent): readonly string[] {
  if (type !== 'ListingsSaved' || !('listings' in data)) return [];
  return (data.listings as readonly { channel: string; listingSku: string }[]).map(({ channel, listingSku }) =>
    waitKeys.listing(channel, listingSku),
  );
}
