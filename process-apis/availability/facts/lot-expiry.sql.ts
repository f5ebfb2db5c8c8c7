import type { ClientBase } from 'pg';
import type { Lot } from '../../../src/model/stock.js';

export type LotKey = Pick<Lot, 'sku' | 'node' | 'lot'>;

/** Lots whose last day is before the given one, with units that are neither claimed nor on hold; the oldest first. */
export async function findExpiredLots(
  db: Pick<ClientBase, 'query'>,
  today: string,
  limit: number,
): Promise<readonly LotKey[]> {
  const { rows } = await db.query<LotKey>({
    name: 'lot.expired',
    text: `select sku, node, lot from lot
           where expires_on < $1::date and on_hand > quality_hold and on_hand > quality_hold + reserved
           order by expires_on, sku, node, lot limit $2`,
    values: [today, limit],
  });
  return rows;
}
