import type { Component } from '../../src/model/order.js';
import type { Db } from './catalog.sql.js';
import type { Listing, UnitOfItem } from './catalog.types.js';

/** How deep kits may lie in kits; more is refused when they are saved. */
export const KIT_DEPTH_MAX = 8;

export interface ListingRow {
  readonly channel: string;
  readonly listingSku: string;
  readonly sku: string;
  /** Base units of `sku` in one unit of the listing. */
  readonly factor: number;
  readonly isKit: boolean;
}

/** A listing in a unit that its item does not have is not found: nobody knows what it sells. */
export async function readListings(
  db: Db,
  keys: readonly { readonly channel: string; readonly listingSku: string }[],
): Promise<readonly ListingRow[]> {
  const { rows } = await db.query<ListingRow>({
    name: 'listing.of-keys',
    text: `select l.channel, l.listing_sku as "listingSku", l.sku, coalesce(u.factor, 1) as factor,
             exists (select 1 from kit_component k where k.kit = l.sku) as "isKit"
           from unnest($1::text[], $2::text[]) as w (channel, listing_sku)
             join listing l on l.channel = w.channel and l.listing_sku = w.listing_sku
             join item i on i.sku = l.sku
             left join item_unit u on u.sku = l.sku and u.unit = l.unit
           where l.unit is null or l.unit = i.base_unit or u.factor is not null`,
    values: [keys.map((key) => key.channel), keys.map((key) => key.listingSku)],
  });
  return rows;
}

/** The innermost components of these kits, kits in kits taken apart, each component once. */
export async function readKitContents(
  db: Db,
  kits: readonly string[],
): Promise<ReadonlyMap<string, readonly Component[]>> {
  const { rows } = await db.query<{ kit: string; sku: string; quantity: number }>({
    name: 'kit.contents',
    text: `with recursive part (kit, sku, quantity, depth) as (
             select kit, component, quantity::bigint, 1 from kit_component where kit = any($1::text[])
             union all
             select p.kit, k.component, p.quantity * k.quantity, p.depth + 1
             from part p join kit_component k on k.kit = p.sku where p.depth < $2
           )
           select p.kit, p.sku, sum(p.quantity)::int as quantity from part p
           where not exists (select 1 from kit_component k where k.kit = p.sku)
           group by p.kit, p.sku order by p.kit, p.sku`,
    values: [kits, KIT_DEPTH_MAX],
  });
  const contents = new Map<string, Component[]>();
  for (const { kit, ...component } of rows) contents.set(kit, [...(contents.get(kit) ?? []), component]);
  return contents;
}

/** Of the units that the items have: how many base units one is. */
export async function readUnitFactors(
  db: Db,
  units: readonly UnitOfItem[],
): Promise<readonly (UnitOfItem & { readonly factor: number })[]> {
  const { rows } = await db.query<UnitOfItem & { readonly factor: number }>({
    name: 'item-unit.factors',
    text: `select w.sku, w.unit, coalesce(u.factor, 1) as factor
           from unnest($1::text[], $2::text[]) as w (sku, unit)
             join item i on i.sku = w.sku
             left join item_unit u on u.sku = w.sku and u.unit = w.unit
           where w.unit = i.base_unit or u.factor is not null`,
    values: [units.map(({ sku }) => sku), units.map(({ unit }) => unit)],
  });
  return rows;
}

/** Best first, the channel's own before those of every channel; one that is in both comes once. */
export async function readSubstitutes(
  db: Db,
  channel: string,
  skus: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await db.query<{ sku: string; substitute: string }>({
    name: 'substitute.of-items',
    text: `select sku, substitute from item_substitute
           where sku = any($2::text[]) and channel in ($1, '*')
           order by sku, channel = '*', rank, substitute`,
    values: [channel, skus],
  });
  const found = new Map<string, string[]>();
  for (const { sku, substitute } of rows) {
    const best = found.get(sku) ?? [];
    if (!best.includes(substitute)) best.push(substitute);
    found.set(sku, best);
  }
  return found;
}

export async function upsertListings(db: Db, listings: readonly Listing[]): Promise<void> {
  await db.query(
    `insert into listing (channel, listing_sku, sku, unit, listing_keys)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[]) as n (channel, listing_sku)
     order by channel, listing_sku
     on conflict (channel, listing_sku) do update set sku = excluded.sku, unit = excluded.unit,
       listing_keys = excluded.listing_keys`,
    [
      listings.map((listing) => listing.channel),
      listings.map((listing) => listing.listingSku),
      listings.map((listing) => listing.sku),
      listings.map((listing) => listing.unit ?? null),
      listings.map((listing) => JSON.stringify(listing.listingKeys)),
    ],
  );
}
