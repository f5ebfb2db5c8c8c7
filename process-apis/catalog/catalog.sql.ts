import type { ClientBase } from 'pg';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { StockNode } from '../../src/model/stock.js';
import type { Listing } from './catalog.types.js';

type Db = Pick<ClientBase, 'query'>;

export async function readAccounts(db: Db): Promise<readonly ChannelAccount[]> {
  const { rows } = await db.query<ChannelAccount>(
    'select id, kind, name, active, settings from channel_account order by id',
  );
  return rows;
}

export async function readNodes(db: Db): Promise<readonly StockNode[]> {
  const { rows } = await db.query<StockNode>('select id, name, priority, active from node order by priority, id');
  return rows;
}

export async function readSkusOfListings(
  db: Db,
  keys: readonly { readonly channel: string; readonly listingSku: string }[],
): Promise<readonly { readonly channel: string; readonly listing_sku: string; readonly sku: string }[]> {
  const { rows } = await db.query<{ channel: string; listing_sku: string; sku: string }>({
    name: 'listing.skus',
    text: `select l.channel, l.listing_sku, l.sku from unnest($1::text[], $2::text[]) as k (channel, listing_sku)
             join listing l on l.channel = k.channel and l.listing_sku = k.listing_sku`,
    values: [keys.map((key) => key.channel), keys.map((key) => key.listingSku)],
  });
  return rows;
}

export async function readUnknownSkus(db: Db, skus: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ sku: string }>(
    'select sku from unnest($1::text[]) as w (sku) where not exists (select 1 from item i where i.sku = w.sku)',
    [skus],
  );
  return rows.map((row) => row.sku);
}

export interface ItemRow {
  readonly sku: string;
  readonly title: string;
}

export async function upsertItems(db: Db, items: readonly ItemRow[]): Promise<void> {
  await db.query(
    `insert into item (sku, title) select * from unnest($1::text[], $2::text[])
     on conflict (sku) do update set title = excluded.title`,
    [items.map((item) => item.sku), items.map((item) => item.title)],
  );
}

export async function upsertNodes(db: Db, nodes: readonly StockNode[]): Promise<void> {
  await db.query(
    `insert into node (id, name, priority, active) select * from unnest($1::text[], $2::text[], $3::int[], $4::bool[])
     on conflict (id) do update set name = excluded.name, priority = excluded.priority, active = excluded.active`,
    [
      nodes.map((node) => node.id),
      nodes.map((node) => node.name),
      nodes.map((node) => node.priority),
      nodes.map((node) => node.active),
    ],
  );
}

export async function upsertAccounts(db: Db, accounts: readonly ChannelAccount[]): Promise<void> {
  await db.query(
    `insert into channel_account (id, kind, name, active, settings)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::jsonb[])
     on conflict (id) do update set kind = excluded.kind, name = excluded.name, active = excluded.active,
       settings = excluded.settings`,
    [
      accounts.map((account) => account.id),
      accounts.map((account) => account.kind),
      accounts.map((account) => account.name),
      accounts.map((account) => account.active),
      accounts.map((account) => JSON.stringify(account.settings)),
    ],
  );
}

export async function upsertListings(db: Db, listings: readonly Listing[]): Promise<void> {
  await db.query(
    `insert into listing (channel, listing_sku, sku, listing_keys)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[])
     on conflict (channel, listing_sku) do update set sku = excluded.sku, listing_keys = excluded.listing_keys`,
    [
      listings.map((listing) => listing.channel),
      listings.map((listing) => listing.listingSku),
      listings.map((listing) => listing.sku),
      listings.map((listing) => JSON.stringify(listing.listingKeys)),
    ],
  );
}
