import pg from 'pg';

/**
 * A pool of a test. Its connections may still be closing when the database is dropped by force: that is no error of the test.
 */
export function openTestPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, pipeline: true });
  pool.on('error', () => undefined);
  return pool;
}
