import { LRUCache } from 'lru-cache';
import type { ClientBase, Pool } from 'pg';
import { DEFAULT_CHANNEL_POLICY, type ChannelAccount, type ChannelPolicy } from '../../src/model/channel.js';
import type { Component } from '../../src/model/order.js';
import type { StockNode } from '../../src/model/stock.js';
import { readAccounts, readItemFacts, readNodes } from './catalog.sql.js';
import { Catalog, type CatalogReader, type ItemFacts, type ListedItem, type UnitOfItem } from './catalog.types.js';
import { channelPolicyOf } from './channel-policy.js';
import { readKitContents, readListings, readSubstitutes, readUnitFactors, type ListingRow } from './listing.sql.js';
import { Refreshed, REFRESH_MS } from '../../src/platform/db/refreshed.js';

type Tx = Pick<ClientBase, 'query'>;

const LISTINGS_CACHED_MAX = 200_000;
const ITEMS_CACHED_MAX = 200_000;
const UNITS_CACHED_MAX = 50_000;

/**
 * The catalog over its tables. Accounts and nodes are few and read whole. Of listings, items and units only known ones are
 * cached: an unknown one is looked up again in each transaction, so that an order never waits for a mapping that is there.
 */
export class SqlCatalogReader extends Catalog implements CatalogReader {
  protected readonly listings = new LRUCache<string, ListedItem>({ max: LISTINGS_CACHED_MAX, ttl: REFRESH_MS });
  protected readonly items = new LRUCache<string, ItemFacts>({ max: ITEMS_CACHED_MAX, ttl: REFRESH_MS });
  protected readonly units = new LRUCache<string, number>({ max: UNITS_CACHED_MAX, ttl: REFRESH_MS });
  /** By `<channel>/<item>`; most items have none, and that is kept too. */
  protected readonly substitutes = new LRUCache<string, readonly string[]>({ max: ITEMS_CACHED_MAX, ttl: REFRESH_MS });
  /** Most items are no kits, and that is kept too. */
  protected readonly kits = new LRUCache<string, readonly Component[]>({ max: ITEMS_CACHED_MAX, ttl: REFRESH_MS });
  protected readonly accounts: Refreshed<Accounts>;
  protected readonly allNodes: Refreshed<readonly StockNode[]>;

  constructor(protected readonly pool: Pool) {
    super();
    this.accounts = new Refreshed(async () => accountsOf(await readAccounts(this.pool)));
    this.allNodes = new Refreshed(() => readNodes(this.pool));
  }

  override async account(id: string): Promise<ChannelAccount | undefined> {
    return (await this.accounts.get()).all.find((account) => account.id === id && account.active);
  }

  /** Those that are switched off among them, by id. */
  async allAccounts(): Promise<readonly ChannelAccount[]> {
    return (await this.accounts.get()).all;
  }

  override async accountsOfKind(kind: string): Promise<readonly ChannelAccount[]> {
    return (await this.accounts.get()).all.filter((account) => account.kind === kind && account.active);
  }

  override async nodes(): Promise<readonly StockNode[]> {
    return this.allNodes.get();
  }

  async policies(): Promise<(channel: string) => ChannelPolicy> {
    const { policies } = await this.accounts.get();
    return (channel) => policies.get(channel) ?? DEFAULT_CHANNEL_POLICY;
  }

  /** The next question reads everything anew: another process changed something. */
  forget(): void {
    for (const cache of [this.listings, this.items, this.units, this.kits, this.substitutes]) cache.clear();
    this.accounts.forget();
    this.allNodes.forget();
  }

  async listingsFor(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, ListedItem>> {
    return through(this.listings, keys, async (missing) => {
      const rows = await readListings(tx, missing.map(toListingKey));
      const kits = [...new Set(rows.filter(({ isKit }) => isKit).map(({ sku }) => sku))];
      const contents = kits.length === 0 ? new Map<string, readonly Component[]>() : await readKitContents(tx, kits);
      return rows.map((row) => [`${row.channel}/${row.listingSku}`, toListedItem(row, contents)]);
    });
  }

  /** What the kits among these items consist of, down to their innermost components; items that are no kit are absent. */
  async kitsFor(tx: Tx, skus: readonly string[]): Promise<ReadonlyMap<string, readonly Component[]>> {
    const found = await through(this.kits, skus, async (missing) => {
      const contents = await readKitContents(tx, missing);
      return missing.map((sku) => [sku, contents.get(sku) ?? []]);
    });
    return new Map([...found].filter(([, components]) => components.length > 0));
  }

  async itemsFor(tx: Tx, skus: readonly string[]): Promise<ReadonlyMap<string, ItemFacts>> {
    return through(this.items, skus, async (missing) =>
      (await readItemFacts(tx, missing)).map(({ sku, ...facts }) => [sku, facts]),
    );
  }

  async substitutesFor(
    tx: Tx,
    channel: string,
    skus: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const prefix = `${channel}/`;
    const keys = skus.map((sku) => `${prefix}${sku}`);
    const found = await through(this.substitutes, keys, async (missing) => {
      const wanted = missing.map((key) => key.slice(prefix.length));
      const rows = await readSubstitutes(tx, channel, wanted);
      return wanted.map((sku) => [`${prefix}${sku}`, rows.get(sku) ?? []]);
    });
    return new Map(
      [...found].flatMap(([key, best]) => (best.length === 0 ? [] : [[key.slice(prefix.length), best] as const])),
    );
  }

  async unitFactors(tx: Tx, units: readonly UnitOfItem[]): Promise<ReadonlyMap<`${string}/${string}`, number>> {
    const byKey = new Map<string, UnitOfItem>(units.map((unit) => [unitKey(unit), unit]));
    const found = await through(this.units, [...byKey.keys()], async (missing) => {
      const rows = await readUnitFactors(
        tx,
        missing.flatMap((key) => byKey.get(key) ?? []),
      );
      return rows.map((row) => [unitKey(row), row.factor]);
    });
    return found as ReadonlyMap<`${string}/${string}`, number>;
  }
}

interface Accounts {
  readonly all: readonly ChannelAccount[];
  readonly policies: ReadonlyMap<string, ChannelPolicy>;
}

function accountsOf(all: readonly ChannelAccount[]): Accounts {
  return { all, policies: new Map(all.map((account) => [account.id, channelPolicyOf(account)])) };
}

function unitKey({ sku, unit }: UnitOfItem): `${string}/${string}` {
  return `${sku}/${unit}`;
}

function toListingKey(key: string): { readonly channel: string; readonly listingSku: string } {
  const slash = key.indexOf('/');
  return { channel: key.slice(0, slash), listingSku: key.slice(slash + 1) };
}

function toListedItem(row: ListingRow, contents: ReadonlyMap<string, readonly Component[]>): ListedItem {
  const { sku, factor, isKit } = row;
  const components = isKit ? (contents.get(sku) ?? []) : [{ sku, quantity: 1 }];
  if (!isKit && factor === 1) return { sku };
  return { sku, components: components.map((component) => ({ ...component, quantity: component.quantity * factor })) };
}

/** What the cache knows of the keys, and the rest as `read` finds it; what is not found is asked for again next time. */
async function through<Value extends object | number>(
  cache: LRUCache<string, Value>,
  keys: readonly string[],
  read: (missing: readonly string[]) => Promise<readonly (readonly [key: string, value: Value])[]>,
): Promise<ReadonlyMap<string, Value>> {
  const found = new Map<string, Value>();
  const missing = new Set<string>();
  for (const key of keys) {
    const known = cache.get(key);
    if (known === undefined) missing.add(key);
    else found.set(key, known);
  }
  if (missing.size === 0) return found;
  for (const [key, value] of await read([...missing])) {
    found.set(key, value);
    cache.set(key, value);
  }
  return found;
}
