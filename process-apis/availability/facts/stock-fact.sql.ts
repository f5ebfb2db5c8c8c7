import type { ClientBase } from 'pg';
import type { StockFact } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import type { MovedUnits, StockItem, StockLevel } from './stock-fact.types.js';
import { utc } from '../../../src/platform/db/utc.js';

type Db = Pick<ClientBase, 'query'>;

interface ItemRow {
  readonly sku: string;
  readonly tracking: StockItem['tracking'];
  readonly base_unit: string;
  readonly is_kit: boolean;
  readonly units: Readonly<Record<string, number>> | null;
}

export async function readStockItems(db: Db, skus: readonly string[]): Promise<ReadonlyMap<string, StockItem>> {
  const { rows } = await db.query<ItemRow>({
    name: 'stock-fact.items',
    text: `select i.sku, i.tracking, i.base_unit, exists (select 1 from kit_component k where k.kit = i.sku) as is_kit,
             (select json_object_agg(u.unit, u.factor) from item_unit u where u.sku = i.sku) as units
           from item i where i.sku = any($1::text[])`,
    values: [skus],
  });
  return new Map(
    rows.map(({ sku, tracking, base_unit, is_kit, units }) => [
      sku,
      { sku, tracking, isKit: is_kit, factors: new Map([...Object.entries(units ?? {}), [base_unit, 1]]) },
    ]),
  );
}

export async function readKnownNodes(db: Db, nodes: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: 'stock-fact.nodes',
    text: 'select id from node where id = any($1::text[])',
    values: [nodes],
  });
  return new Set(rows.map(({ id }) => id));
}

/** Under the locks of the items' positions. */
export async function readLevels(db: Db, skus: readonly string[]): Promise<readonly StockLevel[]> {
  const { rows } = await db.query<StockLevel>({
    name: 'stock-level.read',
    text: `select sku, node, bucket, lot, ${utc('as_of')} as "asOf" from stock_level where sku = any($1::text[])`,
    values: [skus],
  });
  return rows;
}

/** Under the locks of the items' positions. */
export async function writeLevels(db: Db, levels: readonly StockLevel[]): Promise<void> {
  if (levels.length === 0) return;
  await db.query({
    name: 'stock-level.write',
    text: `insert into stock_level (sku, node, bucket, lot, as_of)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
           on conflict (sku, node, bucket, lot) do update set as_of = excluded.as_of`,
    values: [
      levels.map(({ sku }) => sku),
      levels.map(({ node }) => node),
      levels.map(({ bucket }) => bucket),
      levels.map(({ lot }) => lot),
      levels.map(({ asOf }) => asOf),
    ],
  });
}

/** A count's position and as-of time. */
export interface CountPlace {
  readonly sku: string;
  readonly node: string;
  readonly asOf: Instant;
}

/**
 * What moved at the positions after the counts, by place (its index), bucket and lot. Corrections by counts are left out:
 * they tell what was there, not what happened. Under the locks of the positions.
 */
export async function readMovedSince(
  db: Db,
  places: readonly CountPlace[],
): Promise<readonly (MovedUnits & { readonly place: number })[]> {
  if (places.length === 0) return [];
  const { rows } = await db.query<MovedUnits & { readonly place: number }>({
    name: 'movement.since-counts',
    text: `select (c.number - 1)::int as place, w.bucket, coalesce(m.lot, '') as lot, sum(w.units)::int as units
           from unnest($1::text[], $2::text[], $3::timestamptz[]) with ordinality as c (sku, node, as_of, number)
             join movement m on m.sku = c.sku and m.node = c.node and m.bucket in ('onHand', 'missing', 'qualityHold')
               and m.occurred_at > c.as_of and m.reason <> 'COUNT',
             -- what is missing is on hand in the book, and not there
             lateral (select case m.bucket when 'missing' then 'onHand' else m.bucket end as bucket,
                             case m.bucket when 'missing' then -m.delta else m.delta end as units) as w
           group by c.number, w.bucket, m.lot`,
    values: [places.map(({ sku }) => sku), places.map(({ node }) => node), places.map(({ asOf }) => asOf)],
  });
  return rows;
}

/** All nodes that a fact names. */
export function nodesOf(fact: StockFact): readonly string[] {
  if (fact.kind === 'TRANSFER_SHIPPED') return [fact.node, fact.toNode];
  if (fact.kind === 'ANNOUNCED' && fact.fromNode !== undefined) return [fact.node, fact.fromNode];
  return [fact.node];
}
