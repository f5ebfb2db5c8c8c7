import type { ClientBase } from 'pg';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { StockNode } from '../../src/model/stock.js';

export interface Listing {
  readonly channel: string;
  readonly listingSku: string;
  readonly sku: string;
  /** The channel's own keys of the listing (inventory item id, location id, product type …). */
  readonly listingKeys: Readonly<Record<string, string>>;
}

/** Master data that the hub keeps: items, nodes, listings and channel accounts. Read from memory, refreshed from the database. */
export abstract class Catalog {
  /** An active account. */
  abstract account(id: string): Promise<ChannelAccount | undefined>;
  abstract accountsOfKind(kind: string): Promise<readonly ChannelAccount[]>;
  abstract nodes(): Promise<readonly StockNode[]>;
}

/** What a commit needs of the catalog, read inside its transaction. */
export interface CatalogReader {
  nodes(): Promise<readonly StockNode[]>;
  /** The items of `<channel>/<listing SKU>` keys; unknown ones are absent. */
  listingsFor(tx: Pick<ClientBase, 'query'>, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
