import type { Pool, PoolClient } from 'pg';
import type { ChannelAccount } from '../../src/model/channel.js';
import { stockNode, type StockNode } from '../../src/model/stock.js';
import { inRetriedTransaction } from '../../src/platform/commit/index.js';
import { appendEvents } from '../../src/platform/event-log/index.js';
import { refuseIfAny, repeatedEntries } from '../../src/platform/http/invalid-input.js';
import { CatalogLists } from './catalog-lists.js';
import { checkItems, checkListings, checkSubstitutes, checkUnits } from './catalog.checks.js';
import { catalogChanged, listingsSaved } from './catalog.events.js';
import { upsertAccounts, upsertItems, upsertNodes } from './catalog.sql.js';
import { SqlCatalogReader } from './catalog-reader.js';
import type { CatalogReader, Item, ItemUnit, Kit, Listing, Substitutes } from './catalog.types.js';
import { requireChannelPolicies } from './channel-policy.js';
import { upsertUnits } from './item-unit.sql.js';
import { checkKits } from './kit.checks.js';
import { replaceKits } from './kit.sql.js';
import { upsertListings } from './listing.sql.js';
import { replaceSubstitutes } from './substitute.sql.js';

/**
 * The catalog and its keeping. Each save replaces what has the same key, in one transaction with the event that tells of it;
 * saving the same again changes nothing. InvalidInputError, with pointers into the given list, when an entry cannot be taken:
 * then none is.
 */
export class SqlCatalog extends SqlCatalogReader implements CatalogReader {
  readonly lists: CatalogLists;

  constructor(
    pool: Pool,
    /** Called after a commit that orders may wait for. */
    private readonly committed: () => void,
  ) {
    super(pool);
    this.lists = new CatalogLists(pool);
  }

  /** The base unit of an item of which something is counted cannot change. */
  async saveItems(items: readonly Item[]): Promise<void> {
    await this.save(async (tx) => {
      refuseIfAny(await checkItems(tx, items));
      const skus = await upsertItems(tx, items);
      await appendEvents(tx, catalogChanged('ITEMS', skus));
    });
  }

  async saveUnits(units: readonly ItemUnit[]): Promise<void> {
    await this.save(async (tx) => {
      refuseIfAny(await checkUnits(tx, units));
      const changed = await upsertUnits(tx, units);
      await appendEvents(tx, catalogChanged('UNITS', [...new Set(changed.map(({ sku }) => sku))]));
    });
  }

  /** A kit that would contain itself is refused, and one that has stock of its own. Orders keep what they were mapped to. */
  async saveKits(kits: readonly Kit[]): Promise<void> {
    await this.save(async (tx) => {
      refuseIfAny(await checkKits(tx, kits));
      const changed = await replaceKits(tx, kits);
      await appendEvents(tx, catalogChanged('KITS', changed));
    });
  }

  async saveSubstitutes(entries: readonly Substitutes[]): Promise<void> {
    await this.save(async (tx) => {
      refuseIfAny(await checkSubstitutes(tx, entries));
      await replaceSubstitutes(tx, entries);
      await appendEvents(tx, catalogChanged('SUBSTITUTES', [...new Set(entries.map(({ sku }) => sku))]));
    });
  }

  /** What is left out is as a plain distribution centre has it. */
  async saveNodes(nodes: readonly (Pick<StockNode, 'id' | 'name'> & Partial<StockNode>)[]): Promise<void> {
    await this.save(async (tx) => {
      refuseIfAny(
        repeatedEntries(
          nodes.map(({ id }) => id),
          'The node',
          '/id',
        ),
      );
      const changed = await upsertNodes(tx, nodes.map(stockNode));
      if (changed.length > 0) await appendEvents(tx, catalogChanged('NODES'));
    });
  }

  /** @throws ConfigError when the settings name an ordering policy that is none. */
  async saveAccounts(accounts: readonly ChannelAccount[]): Promise<void> {
    requireChannelPolicies(accounts);
    await this.save(async (tx) => {
      const channels = await upsertAccounts(tx, accounts);
      if (channels.length > 0) await appendEvents(tx, catalogChanged('ACCOUNTS', undefined, channels));
    });
  }

  /** The change is an event: orders that waited for one of these listings go on. */
  async saveListings(listings: readonly Listing[]): Promise<void> {
    await this.save(async (tx) => {
      refuseIfAny(await checkListings(tx, listings));
      await upsertListings(tx, listings);
      await appendEvents(tx, listingsSaved(listings));
    });
  }

  private async save(work: (tx: PoolClient) => Promise<void>): Promise<void> {
    await inRetriedTransaction(this.pool, async (tx) => {
      // One at a time: what two check against the stored catalog could be wrong together.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('catalog', 0))`);
      await work(tx);
    });
    this.forget();
    this.committed();
  }
}
