import type { Pool } from 'pg';
import { NODES, PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import { SqlCatalog } from '../../../process-apis/catalog/index.js';

/** More than any benchmark sells. */
export const PLENTY = 1_000_000;

export interface StockedItems {
  readonly items: number;
  /** Units of the first item at its node; of all others there is plenty. */
  readonly unitsOfFirst?: number;
}

export function skuAt(n: number): string {
  return `SKU-${String(n).padStart(6, '0')}`;
}

/** Items that a partner sells, each kept at one node, and every unit explained by a movement. Ends with ANALYZE. */
export async function fillCatalog(pool: Pool, { items, unitsOfFirst = PLENTY }: StockedItems): Promise<void> {
  const catalog = new SqlCatalog(pool, () => undefined);
  const skus = Array.from({ length: items }, (_, n) => skuAt(n));
  const node = NODES[0]?.id;
  await catalog.saveItems(skus.map((sku) => ({ sku, title: `Item ${sku}` })));
  await catalog.saveNodes(NODES);
  await catalog.saveAccounts([{ id: PARTNER_ACCOUNT, kind: 'partner', name: 'Acme', active: true, settings: {} }]);
  await catalog.saveListings(skus.map((sku) => ({ channel: PARTNER_ACCOUNT, listingSku: sku, sku, listingKeys: {} })));
  await pool.query(
    `with filled as (
       insert into position (sku, node, on_hand)
       select sku, $1, case when sku = $2 then $3::int else $4::int end from item returning sku, node, on_hand
     )
     insert into movement (sku, node, bucket, delta, reason, cause_stream, cause_version, occurred_at)
     select sku, node, 'onHand', on_hand, 'RECEIPT', gen_random_uuid(), 1, now() from filled`,
    [node, skuAt(0), unitsOfFirst, PLENTY],
  );
  await pool.query('vacuum analyze');
}
