import type { Pool } from 'pg';
import { until } from './until.js';

const WAIT_MS = 30_000;

/**
 * As if the clocks of all orders in work had been so short when their waits began: they warn at once and run out after `lateMs`.
 * Waits until so many clocks of the step run.
 */
export async function shortenClocks(pool: Pool, stage: string, clocks: number, lateMs: number): Promise<void> {
  const running = async (): Promise<number> =>
    (await pool.query('select from sla_watch where stage = $1', [stage])).rowCount ?? 0;
  await until(running, (seen) => seen >= clocks, { what: `${clocks} clocks of ${stage}`, timeoutMs: WAIT_MS });
  const [warnAt, dueAt] = [0, lateMs].map((ms) => new Date(Date.now() + ms).toISOString());
  await pool.query(
    `update orders set state = jsonb_set(state::jsonb, '{waits}', (
       select jsonb_agg(w || jsonb_build_object('clock', jsonb_build_object('from', w -> 'since', 'warnAt', $1::text, 'dueAt', $2::text)))
       from jsonb_array_elements(state::jsonb -> 'waits') as w))::json
     where not completed`,
    [warnAt, dueAt],
  );
  await pool.query('update sla_watch set next_at = now()');
}
