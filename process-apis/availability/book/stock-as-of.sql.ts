import type { ClientBase } from 'pg';
import type { Instant } from '../../../src/model/time.js';

type Db = Pick<ClientBase, 'query'>;

/** An item at a node, as the hub knew it at an instant. */
export interface StockAsOf {
  readonly sku: string;
  /** Base units truly there: on-hand without what is missing. */
  readonly units: number;
  /** A count was taken that is younger than the instant: it says nothing about then. */
  readonly countedSince: boolean;
  /** Units must be told by lot. */
  readonly byLot: boolean;
}

/** Of these items at the node; what happened after the instant is taken off again. Unknown items and kits are absent. */
export async function readStockAsOf(
  db: Db,
  node: string,
  skus: readonly string[],
  asOf: Instant,
): Promise<readonly StockAsOf[]> {
  const { rows } = await db.query<StockAsOf>({
    name: 'position.as-of',
    text: `select i.sku, coalesce(p.on_hand - p.missing, 0) - coalesce(m.units, 0) as units,
                  coalesce(p.counted_at > $3, false) as "countedSince", i.tracking = 'LOT' as "byLot"
           from item i left join position p on p.sku = i.sku and p.node = $1
             left join lateral (
               -- what is missing is on hand in the book, and not there
               select sum(case m.bucket when 'missing' then -delta else delta end)::int as units from movement m
               where m.sku = i.sku and m.node = $1 and m.bucket in ('onHand', 'missing') and m.occurred_at > $3
                 and m.reason <> 'COUNT'
             ) m on true
           where i.sku = any($2::text[]) and not exists (select 1 from kit_component k where k.kit = i.sku)
           order by i.sku`,
    values: [node, skus, asOf],
  });
  return rows;
}

/** Items with a position at the node, by SKU, behind `after`. */
export async function readStockedSkus(db: Db, node: string, after: string, limit: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ sku: string }>({
    name: 'position.skus-of-node',
    text: 'select sku from position where node = $1 and sku > $2 order by sku limit $3',
    values: [node, after, limit],
  });
  return rows.map(({ sku }) => sku);
}

/** Items with a position at any node, by SKU, behind `after`. */
export async function readKeptSkus(db: Db, after: string, limit: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ sku: string }>({
    name: 'position.skus',
    text: `select i.sku from item i where i.sku > $1 and exists (select 1 from position p where p.sku = i.sku)
           order by i.sku limit $2`,
    values: [after, limit],
  });
  return rows.map(({ sku }) => sku);
}

/** Units that came and went at a node otherwise than by shipments, at or after an instant. */
export interface UnitsMoved {
  readonly sku: string;
  readonly came: number;
  readonly went: number;
}

export async function readUnitsMoved(
  db: Db,
  node: string,
  skus: readonly string[],
  since: Instant,
): Promise<readonly UnitsMoved[]> {
  const { rows } = await db.query<UnitsMoved>({
    name: 'movement.not-shipped',
    text: `select sku, coalesce(sum(delta) filter (where delta > 0), 0)::int as came,
                  coalesce(-sum(delta) filter (where delta < 0), 0)::int as went
           from movement
           where sku = any($2::text[]) and node = $1 and bucket = 'onHand' and occurred_at >= $3
             and reason not in ('SHIP', 'IN_COUNT')
           group by sku`,
    values: [node, skus, since],
  });
  return rows;
}

/** Lots of these items with units at the node: `[sku, lot]`. */
export async function readLotNames(
  db: Db,
  node: string,
  skus: readonly string[],
): Promise<readonly { readonly sku: string; readonly lot: string }[]> {
  const { rows } = await db.query<{ sku: string; lot: string }>({
    name: 'lot.names',
    text: 'select sku, lot from lot where node = $1 and sku = any($2::text[]) and on_hand > 0 order by sku, lot',
    values: [node, skus],
  });
  return rows;
}
