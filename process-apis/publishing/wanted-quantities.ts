import { randomUUIDv7 } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { AvailabilityChanged } from '../../src/model/events.js';
import type { Instant } from '../../src/model/time.js';
import { SqlCursorStore } from '../../src/platform/db/sql-cursor-store.js';
import {
  appendEvents,
  asConsumer,
  consumeLog,
  encodeCursor,
  LOG_START,
  type LoggedEvent,
  type NewEvent,
} from '../../src/platform/event-log/index.js';
import { SourcingPolicyError } from '../sourcing/index.js';
import { affectedBy, type Affected } from './affected.js';
import type { ListingKey, SellableListing, SellableListings } from './publishing.types.js';
import { advanced, EVERYTHING, withWalk, type Walk } from './walks.js';
import {
  findListingsOfItems,
  readListingKeys,
  readReviewDue,
  setReview,
  writeWanted,
  type WantedChange,
  type WantedQuantity,
} from './wanted.sql.js';

const CONSUMER = 'publishing';
const WALKS = 'publishing/walks';
/** Events in one transaction: the more, the fewer quantities are computed that the next event changes again. */
const EVENTS_MAX = 2_000;
/** Listings computed at once. */
const LISTINGS_PAGE = 1_000;
/** Listings written in one transaction: beyond, all of them are walked page by page. */
const LISTINGS_MAX = 10_000;
/** Until all processes have read changed master data anew. */
const MASTER_DATA_SPREADS_MS = 15_000;
/** A channel whose policy cannot be read is looked at again after this long. */
const UNREADABLE_POLICY_MS = 60_000;
const REVIEW_MS_MIN = 1_000;

export interface WantedQuantitiesParts {
  readonly pool: Pool;
  readonly quantities: SellableListings;
  readonly now: () => Instant;
  /** Called after a commit of AvailabilityChanged events. */
  readonly committed: () => void;
  readonly onFailure: (sentence: string) => void;
}

interface Target extends ListingKey {
  readonly cause: string;
  /** Looked at again by then. */
  readonly reviewBy?: Instant;
}

/**
 * Keeps what each listing should show, computed from the stock as it is then by the function that also claims it. Follows
 * the event log with a stored cursor, one process at a time: of two writers, the one with the older view could be last.
 */
export class WantedQuantities {
  constructor(private readonly parts: WantedQuantitiesParts) {}

  /** Turns the next events into wanted quantities. Gives true when there are more. */
  sweepChanges(): Promise<boolean> {
    return this.announced((changes) =>
      consumeLog(this.parts.pool, CONSUMER, EVENTS_MAX, async (tx, events) => {
        changes.push(...(await this.follow(tx, events)));
      }),
    );
  }

  /** Looks at a page of listings that time or master data may have changed. Gives true when there are more. */
  async sweepReviews(): Promise<boolean> {
    const more = await this.announced((changes) =>
      asConsumer(this.parts.pool, CONSUMER, (tx) => this.review(tx, changes)),
    );
    return more ?? false;
  }

  private async announced<T>(work: (changes: WantedChange[]) => Promise<T>): Promise<T> {
    const changes: WantedChange[] = [];
    const result = await work(changes);
    if (changes.length > 0) this.parts.committed();
    return result;
  }

  private async follow(tx: PoolClient, events: readonly LoggedEvent[]): Promise<readonly WantedChange[]> {
    const affected = affectedBy(events);
    const causes = events.map(({ cursor }) => encodeCursor(cursor));
    const last = causes.at(-1) ?? encodeCursor(LOG_START);
    const reviewBy = affected.masterData ? this.after(MASTER_DATA_SPREADS_MS) : undefined;
    const ofItems = affected.items.size === 0 ? [] : await findListingsOfItems(tx, affected.items, LISTINGS_MAX + 1);
    const all = [...ofItems, ...affected.listings].toSorted((a, b) => a.cause - b.cause);
    const tooMany = all.length > LISTINGS_MAX;
    await this.walkWhatIsMore(tx, affected, last, tooMany);
    if (tooMany) return [];
    return this.compute(
      tx,
      all.map(({ channel, listingSku, cause }) => ({
        channel,
        listingSku,
        cause: causes[cause] ?? last,
        ...(reviewBy === undefined ? {} : { reviewBy }),
      })),
    );
  }

  private async walkWhatIsMore(tx: PoolClient, affected: Affected, cause: string, tooMany: boolean): Promise<void> {
    const scopes = [...(affected.everything || tooMany ? [EVERYTHING] : []), ...affected.channels];
    if (scopes.length === 0) return;
    const start = { cause, lookAgain: affected.masterData };
    const stored = await readWalks(tx);
    await writeWalks(
      tx,
      scopes.reduce((walks, scope) => withWalk(walks, scope, start), stored),
    );
  }

  private async review(tx: PoolClient, changes: WantedChange[]): Promise<boolean> {
    const now = this.parts.now();
    const stored = await readWalks(tx);
    const [walk] = stored;
    const due = await readReviewDue(tx, now, LISTINGS_PAGE);
    const walked = walk === undefined ? [] : await readWalkPage(tx, walk);
    if (walk === undefined && due.length === 0) return false;
    const cause = (await new SqlCursorStore(tx).get(CONSUMER)) ?? encodeCursor(LOG_START);
    const reviewBy = walk?.lookAgain === true ? this.after(MASTER_DATA_SPREADS_MS) : undefined;
    const targets = [
      ...due.map((key) => ({ ...key, cause })),
      ...walked.map((key) => ({
        ...key,
        cause: walk?.cause ?? cause,
        ...(reviewBy === undefined ? {} : { reviewBy }),
      })),
    ];
    changes.push(...(await this.compute(tx, targets)));
    if (walk === undefined) return due.length === LISTINGS_PAGE;
    const open = advanced(stored, walk, walked.length === LISTINGS_PAGE ? walked.at(-1) : undefined);
    await writeWalks(tx, open);
    return open.length > 0 || due.length === LISTINGS_PAGE;
  }

  /**
   * Of a listing that is named twice the last counts. Everything is read before the first write: readers of the log wait
   * behind a transaction that writes.
   */
  private async compute(tx: PoolClient, targets: readonly Target[]): Promise<readonly WantedChange[]> {
    const unique = [...new Map(targets.map((target) => [keyOf(target), target])).values()];
    const wanted: WantedQuantity[] = [];
    const unreadable: ListingKey[] = [];
    const gone: ListingKey[] = [];
    for (let from = 0; from < unique.length; from += LISTINGS_PAGE) {
      const page = unique.slice(from, from + LISTINGS_PAGE);
      const { found, failed } = await this.sellable(tx, page);
      const quantities = new Map(found.map((listing) => [keyOf(listing), listing]));
      unreadable.push(...failed);
      for (const target of page) {
        const listing = quantities.get(keyOf(target));
        if (listing !== undefined) wanted.push(this.toWanted(target, listing));
        else if (!failed.includes(target)) gone.push(target);
      }
    }
    const changes = await writeWanted(tx, wanted);
    await setReview(tx, gone, undefined);
    await setReview(tx, unreadable, this.after(UNREADABLE_POLICY_MS));
    const now = this.parts.now();
    await appendEvents(
      tx,
      changes.map((change) => toEvent(change, now)),
    );
    return changes;
  }

  /** A channel whose policy cannot be read keeps what it shows, and holds up no other. */
  private async sellable(
    tx: PoolClient,
    page: readonly Target[],
  ): Promise<{ found: readonly SellableListing[]; failed: readonly Target[] }> {
    const { quantities, onFailure } = this.parts;
    try {
      return { found: await quantities.ofListings(tx, page), failed: [] };
    } catch (error) {
      if (!(error instanceof SourcingPolicyError)) throw error;
    }
    const found: SellableListing[] = [];
    const failed: Target[] = [];
    for (const [channel, ofChannel] of Map.groupBy(page, (target) => target.channel)) {
      try {
        found.push(...(await quantities.ofListings(tx, ofChannel)));
      } catch (error) {
        if (!(error instanceof SourcingPolicyError)) throw error;
        failed.push(...ofChannel);
        onFailure(`${ofChannel.length} listings of ${channel} keep their quantities: ${error.message}`);
      }
    }
    return { found, failed };
  }

  private toWanted(target: Target, { quantity, reviewAt }: SellableListing): WantedQuantity {
    const { channel, listingSku, cause, reviewBy } = target;
    const [next] = [reviewAt, reviewBy].filter((at): at is Instant => at !== undefined).toSorted();
    if (next === undefined) return { channel, listingSku, cause, quantity };
    const soonest = this.after(REVIEW_MS_MIN);
    return { channel, listingSku, cause, quantity, reviewAt: next < soonest ? soonest : next };
  }

  private after(ms: number): Instant {
    return new Date(Date.parse(this.parts.now()) + ms).toISOString();
  }
}

async function readWalks(tx: PoolClient): Promise<readonly Walk[]> {
  const stored = await new SqlCursorStore(tx).get(WALKS);
  return stored === undefined ? [] : (JSON.parse(stored) as readonly Walk[]);
}

async function writeWalks(tx: PoolClient, walks: readonly Walk[]): Promise<void> {
  await new SqlCursorStore(tx).set(WALKS, JSON.stringify(walks));
}

function readWalkPage(tx: PoolClient, walk: Walk): Promise<readonly ListingKey[]> {
  return readListingKeys(tx, walk.scope === EVERYTHING ? undefined : walk.scope, walk.after, LISTINGS_PAGE);
}

function keyOf({ channel, listingSku }: ListingKey): string {
  return `${channel}/${listingSku}`;
}

function toEvent(change: WantedChange, occurredAt: Instant): NewEvent {
  const streamId = randomUUIDv7();
  const { type, ...data }: AvailabilityChanged = { type: 'AvailabilityChanged', ...change };
  return {
    streamType: 'listing',
    streamId,
    streamVersion: 1,
    type,
    schemaVersion: 1,
    scope: change.channel,
    source: 'hub',
    factId: `hub/availability/${streamId}`,
    occurredAt,
    data,
  };
}
