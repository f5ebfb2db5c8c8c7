import type { ClientBase } from 'pg';

type Db = Pick<ClientBase, 'query'>;

/** Deletes tellings older than so many days from among the `limit` oldest; gives how many. */
export async function pruneTold(db: Db, keepDays: number, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'told-quantity.prune',
    text: `delete from told_quantity where id in (
             select id from (select id, told_at from told_quantity order by id limit $2) oldest
             where told_at < now() - $1 * interval '1 day'
           )`,
    values: [keepDays, limit],
  });
  return rowCount ?? 0;
}
