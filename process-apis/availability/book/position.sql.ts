import type { ClientBase } from 'pg';

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
