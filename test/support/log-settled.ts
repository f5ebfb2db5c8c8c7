import type { Pool } from 'pg';
import { until } from './until.js';

/**
 * Until readers of the event log see all that is committed by now: they stay behind the oldest transaction of the whole
 * server, and other tests have theirs.
 */
export async function logSettled(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ next: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as next');
  await until(
    async () => {
      const { rowCount } = await pool.query('select where pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8', [
        rows[0]?.next,
      ]);
      return rowCount === 1;
    },
    (settled) => settled,
    { what: 'the log to settle', timeoutMs: 30_000 },
  );
}
