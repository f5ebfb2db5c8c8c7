import type { Pool } from 'pg';
import { SqlCatalog } from '../../../process-apis/catalog/index.js';
import { NODES, PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import { skuAt } from '../harness/bench-catalog.js';

/** Items that a partner sells, each with units at two nodes, every unit explained by a movement. Ends with ANALYZE. */
export async function fillTwoNodes(pool: Pool, items: number): Promise<void> {
  const catalog = new SqlCatalog(pool, () => undefined);
  const skus = Array.from({ length: items }, (_, n) => skuAt(n));
  const nodes = NODES.slice(0, 2);
  await catalog.saveItems(skus.map((sku) => ({ sku, title: `Item ${sku}` })));
  await catalog.saveNodes(nodes);
  await catalog.saveAccounts([{ id: PARTNER_ACCOUNT, kind: 'partner', name: 'Acme', active: true, settings: {} }]);
  await pool.query(
    `with filled as (
       insert into position (sku, node, on_hand)
       select i.sku, n.id, 1 + abs(hashtext(i.sku || n.id)) % 500 from item i cross join node n returning sku, node, on_hand
     )
     insert into movement (sku, node, bucket, delta, reason, cause_stream, cause_version, occurred_at)
     select sku, node, 'onHand', on_hand, 'RECEIPT', gen_random_uuid(), 1, now() from filled`,
  );
  await pool.query('vacuum analyze');
}
