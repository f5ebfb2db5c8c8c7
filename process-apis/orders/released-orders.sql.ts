import type { ClientBase } from 'pg';

/** Work that a warehouse has, and of which the hub was not told the end. */
export interface ReleasedWork {
  readonly orderId: string;
  readonly fulfillmentOrderIds: readonly string[];
}

/** Orders that wait for a warehouse, in id order behind `after`, at most `limit`. */
export async function findReleasedWork(
  db: Pick<ClientBase, 'query'>,
  after: string | undefined,
  limit: number,
): Promise<readonly ReleasedWork[]> {
  const { rows } = await db.query<ReleasedWork>({
    name: 'orders.released-work',
    text: `select o.id as "orderId",
                  (select json_agg(fo ->> 'id') from json_array_elements(o.state -> 'fulfillmentOrders') fo
                   where fo ->> 'status' in ('RELEASED', 'CANCEL_REQUESTED')) as "fulfillmentOrderIds"
           from orders o
           where not o.completed and o.status in ('IN_FULFILLMENT', 'PARTIALLY_SHIPPED')
             and ($1::uuid is null or o.id > $1)
           order by o.id limit $2`,
    values: [after ?? null, limit],
  });
  return rows.map((row) => ({ ...row, fulfillmentOrderIds: row.fulfillmentOrderIds ?? [] }));
}
