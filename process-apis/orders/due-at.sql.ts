import type { ClientBase } from 'pg';
import type { Order } from '../../src/model/order.js';
import { plainArray } from '../../src/platform/db/set-parameters.js';
import { nextDueAt } from './orders.sla.js';

/**
 * Stores when the next step of these orders is late, where something else is stored: they were written before the clocks were
 * there, or by clocks that ran otherwise. Passes over orders that changed since they were read or are being changed, whose
 * own commit stores it; so it waits for no lock. Gives how many it was.
 */
export async function storeDueAt(db: Pick<ClientBase, 'query'>, orders: readonly Order[]): Promise<number> {
  if (orders.length === 0) return 0;
  const { rowCount } = await db.query({
    name: 'orders.store-due',
    text: `with due as (
             select o.id, d.due_at from unnest($1::uuid[], $2::int[], $3::timestamptz[]) as d (id, version, due_at)
               join orders o on o.id = d.id and o.version = d.version and o.next_due_at is distinct from d.due_at
             order by o.id for update of o skip locked)
           update orders o set next_due_at = due.due_at from due where o.id = due.id`,
    values: [
      plainArray(orders.map(({ id }) => id)),
      plainArray(orders.map(({ version }) => version)),
      orders.map((order) => nextDueAt(order) ?? null),
    ],
  });
  return rowCount ?? 0;
}
