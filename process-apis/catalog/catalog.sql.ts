import type { ClientBase } from 'pg';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { StockNode } from '../../src/model/stock.js';
import { utc } from '../../src/platform/db/utc.js';
import type { Item, ItemFacts } from './catalog.types.js';
import { withoutNulls } from '../../src/platform/db/without-nulls.js';

export type Db = Pick<ClientBase, 'query'>;

export async function readAccounts(db: Db): Promise<readonly ChannelAccount[]> {
  const { rows } = await db.query<ChannelAccount>(
    'select id, kind, name, active, settings from channel_account order by id',
  );
  return rows;
}

export const NODE_FIELDS = `id, name, priority, active, kind, country, latitude, longitude, time_zone as "timeZone",
  cut_off as "cutOff", working_days as "workingDays", units_per_day as "unitsPerDay",
  shipping_cost_minor as "shippingCostMinor", ships_from_store as "shipsFromStore", click_and_collect as "clickAndCollect"`;

export async function readNodes(db: Db): Promise<readonly StockNode[]> {
  const { rows } = await db.query<StockNode>(`select ${NODE_FIELDS} from node order by priority, id`);
  return rows.map(withoutNulls);
}

export async function readUnknownSkus(db: Db, skus: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ sku: string }>(
    'select sku from unnest($1::text[]) as w (sku) where not exists (select 1 from item i where i.sku = w.sku)',
    [skus],
  );
  return rows.map((row) => row.sku);
}

export async function readItemFacts(
  db: Db,
  skus: readonly string[],
): Promise<readonly (ItemFacts & { readonly sku: string })[]> {
  const { rows } = await db.query<ItemFacts & { readonly sku: string }>({
    name: 'item.facts',
    text: `select sku, tracking, ${utc('release_at')} as "releaseAt" from item where sku = any($1::text[])`,
    values: [skus],
  });
  return rows.map(withoutNulls);
}

/** Gives the items that are new or not as they were. */
export async function upsertItems(db: Db, items: readonly Item[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ sku: string }>(
    `insert into item as i (sku, title, base_unit, category, brand, tracking, release_at)
     select sku, title, coalesce(base_unit, 'each'), category, brand, coalesce(tracking, 'NONE'), release_at
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
       as n (sku, title, base_unit, category, brand, tracking, release_at)
     order by sku
     on conflict (sku) do update set title = excluded.title, base_unit = excluded.base_unit, category = excluded.category,
       brand = excluded.brand, tracking = excluded.tracking, release_at = excluded.release_at
       where (i.title, i.base_unit, i.category, i.brand, i.tracking, i.release_at) is distinct from
         (excluded.title, excluded.base_unit, excluded.category, excluded.brand, excluded.tracking, excluded.release_at)
     returning sku`,
    [
      items.map((item) => item.sku),
      items.map((item) => item.title),
      items.map((item) => item.baseUnit ?? null),
      items.map((item) => item.category ?? null),
      items.map((item) => item.brand ?? null),
      items.map((item) => item.tracking ?? null),
      items.map((item) => item.releaseAt ?? null),
    ],
  );
  return rows.map(({ sku }) => sku);
}

const NODE_COLUMNS = `name, priority, active, kind, country, latitude, longitude, time_zone, cut_off, working_days,
  units_per_day, shipping_cost_minor, ships_from_store, click_and_collect`;

/** Gives the nodes that are new or not as they were. */
export async function upsertNodes(db: Db, nodes: readonly StockNode[]): Promise<readonly string[]> {
  const columns = NODE_COLUMNS.split(/,\s+/);
  const { rows } = await db.query<{ id: string }>(
    `insert into node as n (id, ${NODE_COLUMNS})
     select x."id", x."name", x."priority", x."active", x."kind", x."country", x."latitude", x."longitude", x."timeZone",
       x."cutOff", x."workingDays", x."unitsPerDay", x."shippingCostMinor", x."shipsFromStore", x."clickAndCollect"
     from json_to_recordset($1::json) as x ("id" text, "name" text, "priority" int, "active" bool, "kind" text,
       "country" text, "latitude" float8, "longitude" float8, "timeZone" text, "cutOff" text, "workingDays" smallint[],
       "unitsPerDay" int, "shippingCostMinor" int, "shipsFromStore" bool, "clickAndCollect" bool)
     order by x."id"
     on conflict (id) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
       where (${columns.map((column) => `n.${column}`).join(', ')}) is distinct from
         (${columns.map((column) => `excluded.${column}`).join(', ')})
     returning id`,
    [JSON.stringify(nodes)],
  );
  return rows.map(({ id }) => id);
}

/** Gives the accounts that are new or not as they were. */
export async function upsertAccounts(db: Db, accounts: readonly ChannelAccount[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    `insert into channel_account as a (id, kind, name, active, settings)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::jsonb[])
     on conflict (id) do update set kind = excluded.kind, name = excluded.name, active = excluded.active,
       settings = excluded.settings
       where (a.kind, a.name, a.active, a.settings) is distinct from
         (excluded.kind, excluded.name, excluded.active, excluded.settings)
     returning id`,
    [
      accounts.map((account) => account.id),
      accounts.map((account) => account.kind),
      accounts.map((account) => account.name),
      accounts.map((account) => account.active),
      accounts.map((account) => JSON.stringify(account.settings)),
    ],
  );
  return rows.map(({ id }) => id);
}
