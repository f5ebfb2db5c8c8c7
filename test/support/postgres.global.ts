import pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/platform/db/migrate.js';
import { startBusyNeighbour } from './busy-neighbour.js';
import { databaseUrl, startScratchPostgres, TEMPLATE_DATABASE } from './scratch-postgres.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server's maintenance database, for making and dropping the databases of the tests. */
    readonly postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run. Under two seconds, so that runs of unit tests alone do not suffer. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startScratchPostgres();
  const maintenance = databaseUrl(postgres.url, 'postgres');
  let leave: () => Promise<void>;
  try {
    await createTemplate(postgres.url);
    leave = await startBusyNeighbour(maintenance);
  } catch (cause) {
    await postgres.remove();
    throw cause;
  }
  project.provide('postgresUrl', maintenance);
  return async () => {
    await leave();
    await postgres.remove();
  };
}

async function createTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${TEMPLATE_DATABASE}`);
    const template = databaseUrl(url, TEMPLATE_DATABASE);
    await migrate(template);
    await installJobQueue(template);
    // A template that somebody is connected to cannot be cloned: from now on nobody can be.
    await client.query(`alter database ${TEMPLATE_DATABASE} with is_template true allow_connections false`);
  } finally {
    await client.end();
  }
}

async function installJobQueue(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.stop({ graceful: false });
}
