import type { Pool } from 'pg';
import type { StockReader } from '../../../process-apis/availability/index.js';
import {
  readItems,
  readKitComponents,
  readListingRecords,
  readListingsOfItems,
  type ItemRecord,
  type ListingRecord,
} from '../../../process-apis/catalog/index.js';
import {
  readPublicationsAt,
  readPublicationsOfItems,
  type Publication,
} from '../../../process-apis/publishing/index.js';
import type { Component } from '../../../src/model/order.js';
import type { Position } from '../../../src/model/stock.js';
import {
  groupedBy,
  indexedBy,
  loadByKey,
  loadParts,
  nameOfParts,
  type ByKey,
  type LoaderOptions,
  type Parts,
} from './set-loader.js';

type Place = Pick<Position, 'sku' | 'node'>;
type ListingKey = Pick<ListingRecord, 'channel' | 'listingSku'>;

const same = (key: string): string => key;
const bySku = ({ sku }: { readonly sku: string }): string => sku;
const placeName = ({ sku, node }: Place): string => nameOfParts(sku, node);
const listingName = ({ channel, listingSku }: ListingKey): string => nameOfParts(channel, listingSku);

/** Items and what belongs to them: what the resolvers of one turn ask for is one statement per kind. */
export class ItemLoaders {
  readonly item: ByKey<string, ItemRecord>;
  readonly components: ByKey<string, readonly Component[]>;
  readonly listing: ByKey<ListingKey, ListingRecord>;
  readonly position: ByKey<Place, Position>;
  readonly publication: ByKey<ListingKey, Publication>;
  readonly listingsOfItem: Parts<string, ListingRecord>;
  readonly positionsOfItem: Parts<string, Position>;
  readonly publicationsOfItem: Parts<string, Publication>;

  constructor(pool: Pool, stock: StockReader, options: LoaderOptions) {
    this.item = loadByKey(async (skus) => indexedBy(await readItems(pool, skus), ({ sku }) => sku), same, options);
    this.components = loadByKey((skus) => readKitComponents(pool, skus), same, options);
    this.listing = loadByKey(
      async (keys) => indexedBy(await readListingRecords(pool, keys), listingName),
      listingName,
      options,
    );
    this.position = loadByKey(
      async (places) => indexedBy(await stock.positionsAt(places), placeName),
      placeName,
      options,
    );
    this.publication = loadByKey(
      async (keys) => indexedBy(await readPublicationsAt(pool, keys), listingName),
      listingName,
      options,
    );
    this.listingsOfItem = loadParts(
      async (skus, perItem) => groupedBy(await readListingsOfItems(pool, skus, perItem), bySku),
      same,
      options,
    );
    this.positionsOfItem = loadParts(
      async (skus, perItem) => groupedBy(await stock.positionsOfItems(skus, perItem), bySku),
      same,
      options,
    );
    this.publicationsOfItem = loadParts(
      async (skus, perItem) => groupedBy(await readPublicationsOfItems(pool, skus, perItem), bySku),
      same,
      options,
    );
  }
}
