import type { ClientBase } from 'pg';
import type { Order } from '../../src/model/order.js';

type Tx = Pick<ClientBase, 'query'>;

/** Before all ids: `id > $1` alone is a range of the index, whether a page came before or not. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Orders with something left to do, in id order behind `after`, as they are behind a lock that keeps changes away. Those that
 * are being changed now are left out: their own commit tells of their problems.
 */
export async function shareOpenOrders(tx: Tx, after: string | undefined, limit: number): Promise<readonly Order[]> {
  const { rows } = await tx.query<{ state: Order }>({
    name: 'orders.share-open',
    text: `select state from orders where not completed and id > $1::uuid
           order by id limit $2 for share skip locked`,
    values: [after ?? FIRST_ID, limit],
  });
  return rows.map(({ state }) => state);
}

/** These orders, by the same rule. */
export async function shareOrders(tx: Tx, ids: readonly string[]): Promise<readonly Order[]> {
  const { rows } = await tx.query<{ state: Order }>({
    name: 'orders.share',
    text: `select state from orders where id = any($1::uuid[]) order by id for share skip locked`,
    values: [ids],
  });
  return rows.map(({ state }) => state);
}
