import type { ClientBase } from 'pg';
import type { Component } from '../../src/model/order.js';
import { utc } from '../../src/platform/db/utc.js';
import type { Tracking } from './catalog.types.js';

type Db = Pick<ClientBase, 'query'>;

export const ITEMS_PAGE_MAX = 100;

/** An item as it is stored. */
export interface ItemRecord {
  readonly sku: string;
  readonly title: string;
  readonly category: string | null;
  readonly brand: string | null;
  readonly baseUnit: string;
  readonly tracking: Tracking;
  readonly active: boolean;
  readonly releaseAt: string | null;
}

/** Which items; what is absent does not narrow it. */
export interface ItemFilter {
  /** Part of the SKU or the title, whatever its case. */
  readonly text?: string;
  readonly category?: string;
  readonly brand?: string;
}

/** What sells an item on a channel. */
export interface ListingRecord {
  readonly channel: string;
  readonly listingSku: string;
  readonly sku: string;
  readonly unit: string | null;
}

const ITEM_FIELDS = `i.sku, i.title, i.category, i.brand, i.base_unit as "baseUnit", i.tracking, i.active,
  ${utc('i.release_at')} as "releaseAt"`;
const LISTING_FIELDS = `l.channel, l.listing_sku as "listingSku", l.sku, l.unit`;

/** By SKU, behind `after`. Built of the conditions that are asked for: they decide which index serves. */
export async function pageItems(
  db: Db,
  { text, category, brand }: ItemFilter,
  after: string | undefined,
  limit: number,
): Promise<readonly ItemRecord[]> {
  const values: unknown[] = [after ?? ''];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = [
    'i.sku > $1',
    text === undefined ? [] : `position(lower(${value(text)}) in lower(i.sku || ' ' || i.title)) > 0`,
    category === undefined ? [] : `i.category = ${value(category)}`,
    brand === undefined ? [] : `i.brand = ${value(brand)}`,
  ].flat();
  const { rows } = await db.query<ItemRecord>(
    `select ${ITEM_FIELDS} from item i where ${conditions.join(' and ')} order by i.sku limit ${value(limit)}`,
    values,
  );
  return rows;
}

/** Unknown items are absent. */
export async function readItems(db: Db, skus: readonly string[]): Promise<readonly ItemRecord[]> {
  const { rows } = await db.query<ItemRecord>({
    name: 'item.records',
    text: `select ${ITEM_FIELDS} from item i where i.sku = any($1::text[])`,
    values: [skus],
  });
  return rows;
}

/** What one unit of each kit consists of, by component; items that are no kit are absent. */
export async function readKitComponents(
  db: Db,
  skus: readonly string[],
): Promise<ReadonlyMap<string, readonly Component[]>> {
  const { rows } = await db.query<Component & { readonly kit: string }>({
    name: 'kit-component.of-kits',
    text: `select kit, component as sku, quantity from kit_component where kit = any($1::text[]) order by kit, component`,
    values: [skus],
  });
  return new Map(
    [...Map.groupBy(rows, ({ kit }) => kit)].map(([kit, components]) => [
      kit,
      components.map(({ sku, quantity }) => ({ sku, quantity })),
    ]),
  );
}

/** Of each item by channel and listing SKU; `perItem` at most. */
export async function readListingsOfItems(
  db: Db,
  skus: readonly string[],
  perItem: number,
): Promise<readonly ListingRecord[]> {
  const { rows } = await db.query<ListingRecord>({
    name: 'listing.of-items',
    text: `select ${LISTING_FIELDS} from unnest($1::text[]) as k (sku)
             cross join lateral (
               select * from listing l where l.sku = k.sku order by l.channel, l.listing_sku limit $2
             ) l
           order by l.sku, l.channel, l.listing_sku`,
    values: [skus, perItem],
  });
  return rows;
}

/** Unknown ones are absent. */
export async function readListingRecords(
  db: Db,
  keys: readonly Pick<ListingRecord, 'channel' | 'listingSku'>[],
): Promise<readonly ListingRecord[]> {
  const { rows } = await db.query<ListingRecord>({
    name: 'listing.records',
    text: `select ${LISTING_FIELDS} from unnest($1::text[], $2::text[]) as k (channel, listing_sku)
             join listing l using (channel, listing_sku)`,
    values: [keys.map(({ channel }) => channel), keys.map(({ listingSku }) => listingSku)],
  });
  return rows;
}

/** How many listings each channel has; those without any are absent. */
export async function countListings(db: Db): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ channel: string; count: number }>({
    name: 'listing.counts',
    text: 'select channel, count(*)::int as count from listing group by channel',
  });
  return new Map(rows.map(({ channel, count }) => [channel, count]));
}
