import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { ChannelAccount } from '../../src/model/channel.js';
import { stockNode, type StockNode } from '../../src/model/stock.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { appendEvents, type NewEvent } from '../../src/platform/event-log/index.js';
import { readUnknownSkus, upsertAccounts, upsertItems, upsertNodes } from './catalog.sql.js';
import { SqlCatalogReader } from './catalog-reader.js';
import type { CatalogReader, Item, Listing } from './catalog.types.js';
import { requireChannelPolicies } from './channel-policy.js';
import { upsertListings } from './listing.sql.js';

/** The catalog and its keeping. Each save replaces what has the same key. */
export class SqlCatalog extends SqlCatalogReader implements CatalogReader {
  constructor(
    pool: Pool,
    /** Called after a commit that orders may wait for. */
    private readonly committed: () => void,
  ) {
    super(pool);
  }

  /** Those of the items that the catalog does not hold. */
  async unknownSkus(skus: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(await readUnknownSkus(this.pool, skus));
  }

  async saveItems(items: readonly Item[]): Promise<void> {
    await upsertItems(this.pool, items);
    this.items.clear();
  }

  async saveNodes(nodes: readonly (Pick<StockNode, 'id' | 'name'> & Partial<StockNode>)[]): Promise<void> {
    await upsertNodes(this.pool, nodes.map(stockNode));
    this.allNodes.forget();
  }

  /** @throws ConfigError when the settings name an ordering policy that is none. */
  async saveAccounts(accounts: readonly ChannelAccount[]): Promise<void> {
    requireChannelPolicies(accounts);
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
