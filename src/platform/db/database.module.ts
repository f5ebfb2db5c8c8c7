import { Module, type DynamicModule } from '@nestjs/common';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { poolOf } from './pool.js';

/** Token of the `pg.Pool` under TypeORM's DataSource: the same connections, for SQL written by hand. */
export const PG_POOL = Symbol('PgPool');

/** Gives an open database to all modules. Whoever opened the DataSource closes it, after the application is down. */
@Module({})
export class DatabaseModule {
  static forRoot(dataSource: DataSource): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: DataSource, useValue: dataSource },
        { provide: PG_POOL, useFactory: (): pg.Pool => poolOf(dataSource) },
      ],
      exports: [DataSource, PG_POOL],
    };
  }
}
