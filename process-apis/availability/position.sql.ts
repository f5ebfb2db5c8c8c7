import type { ClientBase } from 'pg';
import type { Position } from '../../src/model/stock.js';

/** Which of these places are of an item or a node that the catalog does not hold, by their index. */
export async function findUnknownPlaces(
  db: Pick<ClientBase, 'query'>,
  places: readonly Pick<Position, 'sku' | 'node'>[],
): Promise<readonly number[]> {
  const { rows } = await db.query<{ index: number }>({
    name: 'position.unknown-places',
    text: `select (w.number - 1)::int as index
           from unnest($1::text[], $2::text[]) with ordinality as w (sku, node, number)
           where not exists (select 1 from item i where i.sku = w.sku)
              or not exists (select 1 from node n where n.id = w.node)
           order by w.number`,
    values: [places.map((place) => place.sku), places.map((place) => place.node)],
  });
  return rows.map((row) => row.index);
}

export interface UnexplainedPosition {
  readonly sku: string;
  readonly node: string;
  readonly bucket: string;
  readonly position: number;
  readonly movements: number;
}

/** Positions whose buckets differ from the sum of their movements; empty when the ledger explains everything. */
export async function findUnexplainedPositions(db: Pick<ClientBase, 'query'>): Promise<readonly UnexplainedPosition[]> {
  const { rows } = await db.query<UnexplainedPosition>(
    `with held as (
       select sku, node, b.bucket, b.units from position,
         lateral (values ('onHand', on_hand), ('reserved', reserved), ('qualityHold', quality_hold),
                         ('safetyStock', safety_stock), ('threshold', threshold), ('incoming', incoming),
                         ('inTransit', in_transit), ('missing', missing), ('earmarked', earmarked)) as b (bucket, units)
     ), moved as (
       select sku, node, bucket, sum(delta)::int as units from movement group by sku, node, bucket
     )
     select coalesce(h.sku, m.sku) as sku, coalesce(h.node, m.node) as node, coalesce(h.bucket, m.bucket) as bucket,
            coalesce(h.units, 0) as position, coalesce(m.units, 0) as movements
     from held h full join moved m using (sku, node, bucket)
     where coalesce(h.units, 0) <> coalesce(m.units, 0)
     order by 1, 2, 3 limit 1000`,
  );
  return rows;
}
