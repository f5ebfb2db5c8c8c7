import type { Db } from './catalog.sql.js';
import type { Item, ItemUnit } from './catalog.types.js';

/** In which units an item may be named. */
export interface UnitsOfItem {
  readonly sku: string;
  readonly baseUnit: string;
  readonly units: readonly string[];
}

/** Of these items; unknown ones are absent. */
export async function readUnitsOfItems(db: Db, skus: readonly string[]): Promise<ReadonlyMap<string, UnitsOfItem>> {
  const { rows } = await db.query<UnitsOfItem>({
    name: 'item.units',
    text: `select i.sku, i.base_unit as "baseUnit",
             array(select u.unit from item_unit u where u.sku = i.sku order by u.factor, u.unit) as units
           from item i where i.sku = any($1::text[])`,
    values: [skus],
  });
  return new Map(rows.map((row) => [row.sku, row]));
}

/** Gives the units that are new or not as they were. */
export async function upsertUnits(db: Db, units: readonly ItemUnit[]): Promise<readonly ItemUnit[]> {
  const { rows } = await db.query<ItemUnit>(
    `insert into item_unit as u (sku, unit, factor)
     select * from unnest($1::text[], $2::text[], $3::int[]) as n (sku, unit, factor) order by sku, unit
     on conflict (sku, unit) do update set factor = excluded.factor where u.factor <> excluded.factor
     returning sku, unit, factor`,
    [units.map(({ sku }) => sku), units.map(({ unit }) => unit), units.map(({ factor }) => factor)],
  );
  return rows;
}

/** Items that would get another base unit, with the one they have. Locks them: what counts in it cannot come meanwhile. */
export async function lockItemsOfOtherBase(db: Db, items: readonly Item[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ sku: string; base_unit: string }>(
    `select i.sku, i.base_unit from item i
       join unnest($1::text[], $2::text[]) as n (sku, base_unit) on n.sku = i.sku and n.base_unit <> i.base_unit
     order by i.sku for update of i`,
    [items.map(({ sku }) => sku), items.map(({ baseUnit }) => baseUnit ?? 'each')],
  );
  return new Map(rows.map((row) => [row.sku, row.base_unit]));
}

/** Those of the items of which something is counted: stock, units, kits or listings. */
export async function findCountedItems(db: Db, skus: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ sku: string }>(
    `select w.sku from unnest($1::text[]) as w (sku)
     where exists (select 1 from position p where p.sku = w.sku)
        or exists (select 1 from item_unit u where u.sku = w.sku)
        or exists (select 1 from kit_component k where k.component = w.sku or k.kit = w.sku)
        or exists (select 1 from listing l where l.sku = w.sku)`,
    [skus],
  );
  return new Set(rows.map(({ sku }) => sku));
}
