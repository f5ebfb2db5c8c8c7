import pg from 'pg';
import type { DataSource } from 'typeorm';

/** The pg pool that TypeORM's driver opened. */
export function poolOf(dataSource: DataSource): pg.Pool {
  const { driver } = dataSource;
  const pool: unknown = 'master' in driver ? driver.master : undefined;
  if (pool instanceof pg.Pool) return pool;
  throw new Error('the DataSource is not an open PostgreSQL pool');
}
