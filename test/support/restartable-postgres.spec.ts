import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRestartablePostgres, type DatabaseEnd, type RestartablePostgres } from './restartable-postgres.js';

let postgres: RestartablePostgres;

beforeAll(async () => {
  postgres = await startRestartablePostgres();
});
afterAll(() => postgres.remove());

async function run(sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
}

describe('a database that can be ended', () => {
  it.each<DatabaseEnd>(['IMMEDIATE', 'KILL'])('comes back at its address with what was committed (%s)', async (end) => {
    await run('create table if not exists kept (ended_by text)');
    await run(`insert into kept values ('${end}')`);
    await postgres.restart(end, 50);
    expect(await run('select ended_by from kept')).toContainEqual({ ended_by: end });
  });
});
