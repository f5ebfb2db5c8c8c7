import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { DatabaseModule, PG_POOL } from './database.module.js';
import { openDatabase, requireServerVersion } from './database.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDatabase({
    url: database.url,
    applicationName: 'entrepot-test',
    connectionsMax: 3,
    timeouts: { statementMs: 2_000, idleInTransactionMs: 3_000, transactionMs: 1_000 },
    onIdleError: () => undefined,
  });
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

@Injectable()
class PoolUser {
  constructor(
    readonly source: DataSource,
    @Inject(PG_POOL) readonly pool: pg.Pool,
  ) {}
}

@Module({ providers: [PoolUser] })
class UsingModule {}

describe('the database', () => {
  it('is handed to other modules as one pool under two names', async () => {
    const module = await Test.createTestingModule({
      imports: [DatabaseModule.forRoot(dataSource), UsingModule],
    }).compile();
    const user = module.get(PoolUser);
    expect(user.source).toBe(dataSource);
    expect(user.pool).toBeInstanceOf(pg.Pool);
    expect(user.pool.options.max).toBe(3);
    await module.close();
  });

  it('bounds what a connection may do', async () => {
    const rows: unknown = await dataSource.query(
      `select current_setting('statement_timeout') as statement,
              current_setting('idle_in_transaction_session_timeout') as idle,
              current_setting('transaction_timeout') as transaction,
              current_setting('application_name') as name`,
    );
    expect(rows).toEqual([{ statement: '2s', idle: '3s', transaction: '1s', name: 'entrepot-test' }]);
  });

  it('ends a transaction that hangs', async () => {
    await expect(
      dataSource.transaction(async (manager) => {
        await manager.query('select pg_sleep(1.5)');
      }),
    ).rejects.toThrow(/transaction timeout|Connection terminated/);
    expect(await dataSource.query('select 1 as alive')).toEqual([{ alive: 1 }]);
  });

  it('says clearly that a server is too old', async () => {
    await expect(requireServerVersion(database.url, 99)).rejects.toThrow(
      /^Entrepot needs PostgreSQL 99 or newer; the server at 127\.0\.0\.1:\d+ is 1\d\./,
    );
  });

  it('has the tables of the job queue in each clone', async () => {
    expect(await dataSource.query(`select to_regclass('pgboss.job') is not null as there`)).toEqual([{ there: true }]);
  });
});
