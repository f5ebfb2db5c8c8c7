import type { ClientBase } from 'pg';
import type { Order } from '../../src/model/order.js';

type Tx = Pick<ClientBase, 'query'>;

/**
 * Orders with something left to do, in id order behind `after`, as they are behind a lock that keeps changes away. Those that
 * are being changed now are left out: their own commit tells of their problems.
 */
export async function shareOpenOrders(tx: Tx, after: string | undefined, limit: number): Promise<readonly Order[]> {
  const { rows } = await tx.query<{ state: Order }>({
    name: 'orders.share-open',
    text: `select state from orders where not completed and ($1::uuid is null or id > $1)
           order by id limit $2 for share skip locked`,
    values: [after ?? null, limit],
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
