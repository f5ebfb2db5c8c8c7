import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../../src/platform/db/migrate.js';
import { databaseUrl, startScratchPostgres } from '../../support/scratch-postgres.js';

/** The PostgreSQL of one run. Each measurement gets an empty, migrated database of its own. */
export class BenchPostgres {
  private constructor(
    private readonly url: string,
    readonly remove: () => Promise<void>,
  ) {}

  static async start(): Promise<BenchPostgres> {
    const server = await startScratchPostgres();
    return new BenchPostgres(server.url, () => server.remove());
  }

  /** Gives the new database's address. */
  async createDatabase(): Promise<string> {
    const name = `bench_${randomBytes(6).toString('hex')}`;
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      await client.query(`create database ${name}`);
    } finally {
      await client.end();
    }
    const url = databaseUrl(this.url, name);
    await migrate(url);
    return url;
  }
}
