import type { ClientBase } from 'pg';

/** How many exceptions stand open about a system outside, and for a channel. */
export interface OpenCount {
  /** The channel account; `*` for those of no single one. */
  readonly scope: string;
  readonly system: string | null;
  readonly open: number;
}

export async function countOpenExceptions(db: Pick<ClientBase, 'query'>): Promise<readonly OpenCount[]> {
  const { rows } = await db.query<OpenCount>({
    name: 'exception.open-counts',
    text: `select e.scope, e.subject ->> 'system' as system, count(*)::int as open
           from exception e where e.status = 'OPEN' group by 1, 2 order by 1, 2`,
  });
  return rows;
}
