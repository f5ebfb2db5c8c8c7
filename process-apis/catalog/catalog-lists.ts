import type { Pool } from 'pg';
import type { StockNode } from '../../src/model/stock.js';
import { utc } from '../../src/platform/db/utc.js';
import { withoutNulls } from '../../src/platform/db/without-nulls.js';
import { NODE_FIELDS } from './catalog.sql.js';
import type { Item, ItemUnit, Kit, Listing, Substitutes } from './catalog.types.js';

/** A part of a list in the order of its key. */
export interface ListPage {
  readonly limit: number;
  /** The key of the last entry of the page before. */
  readonly after?: readonly string[];
}

/** What is stored, to read page by page. Each entry can be saved again as it is. */
export class CatalogLists {
  constructor(private readonly pool: Pool) {}

  /** By SKU. */
  items(page: ListPage): Promise<readonly Item[]> {
    return this.read(
      `select sku, title, base_unit as "baseUnit", category, brand, tracking, ${utc('release_at')} as "releaseAt"
       from item where sku > $1 order by sku limit $2`,
      page,
      1,
    );
  }

  /** By SKU and unit. */
  units(page: ListPage): Promise<readonly ItemUnit[]> {
    return this.read(
      'select sku, unit, factor from item_unit where (sku, unit) > ($1, $2) order by sku, unit limit $3',
      page,
      2,
    );
  }

  /** By SKU. */
  kits(page: ListPage): Promise<readonly Kit[]> {
    return this.read(
      `select kit, json_agg(json_build_object('sku', component, 'quantity', quantity) order by component) as components
       from kit_component where kit > $1 group by kit order by kit limit $2`,
      page,
      1,
    );
  }

  /** By SKU and channel. */
  substitutes(page: ListPage): Promise<readonly Substitutes[]> {
    return this.read(
      `select sku, channel, array_agg(substitute order by rank, substitute) as substitutes
       from item_substitute where (sku, channel) > ($1, $2) group by sku, channel order by sku, channel limit $3`,
      page,
      2,
    );
  }

  /** By channel and listing SKU. */
  listings(page: ListPage): Promise<readonly Listing[]> {
    return this.read(
      `select channel, listing_sku as "listingSku", sku, unit, listing_keys as "listingKeys"
       from listing where (channel, listing_sku) > ($1, $2) order by channel, listing_sku limit $3`,
      page,
      2,
    );
  }

  /** Those of these keys that are there, in no order. */
  async listingsOf(keys: readonly Pick<Listing, 'channel' | 'listingSku'>[]): Promise<readonly Listing[]> {
    const { rows } = await this.pool.query<Listing>(
      `select l.channel, l.listing_sku as "listingSku", l.sku, l.unit, l.listing_keys as "listingKeys"
       from unnest($1::text[], $2::text[]) as k (channel, listing_sku) join listing l using (channel, listing_sku)`,
      [keys.map(({ channel }) => channel), keys.map(({ listingSku }) => listingSku)],
    );
    return rows.map(withoutNulls);
  }

  /** By id. */
  nodes(page: ListPage): Promise<readonly StockNode[]> {
    return this.read(`select ${NODE_FIELDS} from node where id > $1 order by id limit $2`, page, 1);
  }

  private async read<T extends object>(text: string, { after = [], limit }: ListPage, keys: number): Promise<T[]> {
    // The empty text comes before every key.
    const from = Array.from({ length: keys }, (_, index) => after[index] ?? '');
    const { rows } = await this.pool.query<T>(text, [...from, limit]);
    return rows.map(withoutNulls);
  }
}
