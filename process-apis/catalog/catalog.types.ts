import type { ClientBase } from 'pg';
import type { ChannelAccount, ChannelPolicy } from '../../src/model/channel.js';
import type { Component } from '../../src/model/order.js';
import type { StockNode } from '../../src/model/stock.js';
import type { Instant } from '../../src/model/time.js';

export interface Listing {
  readonly channel: string;
  readonly listingSku: string;
  readonly sku: string;
  /** What one unit of the listing is; absent is the item's base unit. */
  readonly unit?: string;
  /** The channel's own keys of the listing (inventory item id, location id, product type …). */
  readonly listingKeys: Readonly<Record<string, string>>;
}

export const TRACKINGS = ['NONE', 'LOT', 'SERIAL'] as const;

/** Whether lots or serials must be named when units move. */
export type Tracking = (typeof TRACKINGS)[number];

/** What is absent is as a plain item has it. */
export interface Item {
  readonly sku: string;
  readonly title: string;
  /** The unit that stock is counted in; `each` where absent. */
  readonly baseUnit?: string;
  readonly category?: string;
  readonly brand?: string;
  readonly tracking?: Tracking;
  /** Not shipped before. */
  readonly releaseAt?: Instant;
}

/** A unit of an item, and how many base units it is. */
export interface ItemUnit {
  readonly sku: string;
  readonly unit: string;
  readonly factor: number;
}

/** What one unit of a kit consists of, in base units. Without components the item is no kit any more. */
export interface Kit {
  readonly kit: string;
  readonly components: readonly Component[];
}

/** What may ship instead of an item, best first, on one channel or (`*`) on every one. */
export interface Substitutes {
  readonly sku: string;
  readonly channel: string;
  readonly substitutes: readonly string[];
}

/** What a listing sells. */
export interface ListedItem {
  readonly sku: string;
  /** Base units in one unit of the listing, of a kit its innermost components; absent is one base unit of `sku`. */
  readonly components?: readonly Component[];
}

export interface ItemFacts {
  readonly tracking: Tracking;
  readonly releaseAt?: Instant;
}

export interface UnitOfItem {
  readonly sku: string;
  readonly unit: string;
}

/**
 * Event of the stream type `catalog`: what may be sold may have changed though no stock moved. `skus` are the items whose
 * listings are concerned, kits that contain what was saved included; absent it is about all of them.
 */
export interface CatalogChanged {
  readonly kind: 'ITEMS' | 'UNITS' | 'KITS' | 'SUBSTITUTES' | 'NODES' | 'ACCOUNTS';
  readonly skus?: readonly string[];
  /** Absent is every channel. */
  readonly channels?: readonly string[];
}

/** Master data that the hub keeps: items, nodes, listings and channel accounts. Read from memory, refreshed from the database. */
export abstract class Catalog {
  /** An active account. */
  abstract account(id: string): Promise<ChannelAccount | undefined>;
  abstract accountsOfKind(kind: string): Promise<readonly ChannelAccount[]>;
  abstract nodes(): Promise<readonly StockNode[]>;
}

type Tx = Pick<ClientBase, 'query'>;

/** What a commit needs of the catalog, read inside its transaction. Up to 10 s old: the time until all processes see a change. */
export interface CatalogReader {
  nodes(): Promise<readonly StockNode[]>;
  /** What the listings of `<channel>/<listing SKU>` keys sell; unknown ones are absent. */
  listingsFor(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, ListedItem>>;
  /** Of each channel; the default for one that has none of its own. */
  policies(): Promise<(channel: string) => ChannelPolicy>;
  /** Unknown items are absent. */
  itemsFor(tx: Tx, skus: readonly string[]): Promise<ReadonlyMap<string, ItemFacts>>;
  /** What may ship instead, best first, the channel's own before those of every channel; items without are absent. */
  substitutesFor(tx: Tx, channel: string, skus: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Base units in a unit of an item; 1 for its base unit. Units that the item does not have are absent. */
  unitFactors(tx: Tx, units: readonly UnitOfItem[]): Promise<ReadonlyMap<`${string}/${string}`, number>>;
}
