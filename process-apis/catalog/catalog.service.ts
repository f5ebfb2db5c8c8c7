import { randomUUIDv7 } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ClientBase, Pool } from 'pg';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { StockNode } from '../../src/model/stock.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { appendEvents, type NewEvent } from '../../src/platform/event-log/index.js';
import {
  readAccounts,
  readNodes,
  readSkusOfListings,
  readUnknownSkus,
  upsertAccounts,
  upsertItems,
  upsertListings,
  upsertNodes,
  type ItemRow,
} from './catalog.sql.js';
import { Catalog, type CatalogReader, type Listing } from './catalog.types.js';

/** How long a process may go on with what it read; also the time until all processes see a change. */
const REFRESH_MS = 10_000;
const LISTINGS_CACHED_MAX = 200_000;

/**
 * The catalog over its tables. Accounts and nodes are few and read whole. Of listings only known mappings are cached:
 * an unknown one is looked up again in each transaction, so that an order never waits for a mapping that is there.
 */
export class SqlCatalog extends Catalog implements CatalogReader {
  private readonly listings = new LRUCache<string, string>({ max: LISTINGS_CACHED_MAX, ttl: REFRESH_MS });
  private readonly accounts: Refreshed<readonly ChannelAccount[]>;
  private readonly allNodes: Refreshed<readonly StockNode[]>;

  constructor(
    private readonly pool: Pool,
    /** Called after a commit that orders may wait for. */
    private readonly committed: () => void,
  ) {
    super();
    this.accounts = new Refreshed(() => readAccounts(this.pool));
    this.allNodes = new Refreshed(() => readNodes(this.pool));
  }

  override async account(id: string): Promise<ChannelAccount | undefined> {
    return (await this.accounts.get()).find((account) => account.id === id && account.active);
  }

  override async accountsOfKind(kind: string): Promise<readonly ChannelAccount[]> {
    return (await this.accounts.get()).filter((account) => account.kind === kind && account.active);
  }

  override async nodes(): Promise<readonly StockNode[]> {
    return this.allNodes.get();
  }

  async listingsFor(tx: Pick<ClientBase, 'query'>, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const unknown: { channel: string; listingSku: string }[] = [];
    for (const key of keys) {
      const sku = this.listings.get(key);
      const slash = key.indexOf('/');
      if (sku !== undefined) found.set(key, sku);
      else unknown.push({ channel: key.slice(0, slash), listingSku: key.slice(slash + 1) });
    }
    if (unknown.length === 0) return found;
    for (const row of await readSkusOfListings(tx, unknown)) {
      const key = `${row.channel}/${row.listing_sku}`;
      found.set(key, row.sku);
      this.listings.set(key, row.sku);
    }
    return found;
  }

  /** Those of the items that the catalog does not hold. */
  async unknownSkus(skus: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(await readUnknownSkus(this.pool, skus));
  }

  /** This and the saves below replace what has the same key. */
  async saveItems(items: readonly ItemRow[]): Promise<void> {
    await upsertItems(this.pool, items);
  }

  async saveNodes(nodes: readonly StockNode[]): Promise<void> {
    await upsertNodes(this.pool, nodes);
    this.allNodes.forget();
  }

  async saveAccounts(accounts: readonly ChannelAccount[]): Promise<void> {
    await upsertAccounts(this.pool, accounts);
    this.accounts.forget();
  }

  /** The change is an event: orders that waited for one of these listings go on. */
  async saveListings(listings: readonly Listing[]): Promise<void> {
    if (listings.length === 0) return;
    await inTransaction(this.pool, async (tx) => {
      await upsertListings(tx, listings);
      await appendEvents(tx, [toEvent(listings)]);
    });
    for (const listing of listings) this.listings.delete(`${listing.channel}/${listing.listingSku}`);
    this.committed();
  }
}

function toEvent(listings: readonly Listing[]): NewEvent {
  const streamId = randomUUIDv7();
  return {
    streamType: 'catalog',
    streamId,
    streamVersion: 1,
    type: 'ListingsSaved',
    schemaVersion: 1,
    scope: '',
    source: 'hub',
    factId: `hub/listings/${streamId}`,
    occurredAt: new Date().toISOString(),
    data: { listings: listings.map(({ channel, listingSku, sku }) => ({ channel, listingSku, sku })) },
  };
}

/** A value read at most once per REFRESH_MS; concurrent callers share the read. */
class Refreshed<T> {
  private value: Promise<T> | undefined;
  private readAt = 0;

  constructor(private readonly read: () => Promise<T>) {}

  get(): Promise<T> {
    if (this.value === undefined || Date.now() - this.readAt > REFRESH_MS) {
      this.readAt = Date.now();
      const reading = this.read();
      this.value = reading;
      reading.catch(() => {
        if (this.value === reading) this.forget();
      });
    }
    return this.value;
  }

  forget(): void {
    this.value = undefined;
  }
}
