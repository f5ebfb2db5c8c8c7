import type { Pool } from 'pg';
import { SqlCursorStore } from '../../../src/platform/db/sql-cursor-store.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { StockIntake } from '../../availability/index.js';
import { seedStock } from '../../availability/testing/seed.js';
import { SqlCatalog } from '../../catalog/index.js';
import { Exceptions, PARKED_MS_MAX, type ExceptionFilter, type ExceptionRecord } from '../../exceptions/index.js';
import { SqlIntake, StoredMessages } from '../../intake/index.js';
import { Resumption, WaitingOrders } from '../../orders/index.js';
import { TestHub } from '../../orders/testing/hub.js';
import { MessageRegister } from '../message-register.js';
import { OrderRegister } from '../order-register.js';
import { Resolution } from '../resolution.js';
import { StoredMessageDesk } from '../stored-message-desk.js';

export const SHOP = 'shop-eu';
const SHOWN_MAX = 2_000;
const UNITS = 10_000;

const noted = (): void => undefined;

interface Parts {
  readonly database: TestDatabase;
  readonly hub: TestHub;
  readonly catalog: SqlCatalog;
  readonly exceptions: Exceptions;
  readonly intake: SqlIntake;
  readonly messages: MessageRegister;
  readonly register: OrderRegister;
  readonly resolution: Resolution;
  readonly resumption: Resumption;
}

/** All that acts on exceptions, over a database of its own; nobody works on tasks, and sweeps run when they are asked to. */
export class ResolutionHouse {
  private constructor(readonly parts: Parts) {}

  static async open(): Promise<ResolutionHouse> {
    const database = await createTestDatabase();
    const hub = await TestHub.start(database.url);
    const { pool, orders, cipher } = hub;
    await seedStock(pool, ['A', 'B'], { 'A@N1': UNITS, 'B@N1': UNITS, 'B@N2': UNITS });
    await pool.query(`insert into channel_account (id, kind, name) values ($1, 'test', 'Shop')`, [SHOP]);
    await pool.query(`insert into listing (channel, listing_sku, sku) values ($1, 'L-A', 'A'), ($1, 'L-B', 'B')`, [
      SHOP,
    ]);
    const catalog = new SqlCatalog(pool, noted);
    const exceptions = new Exceptions(pool, noted);
    const stored = new StoredMessages({ pool, orders, stock: new StockIntake(pool, noted), cipher });
    const messages = new MessageRegister(pool, exceptions, PARKED_MS_MAX);
    const desk = new StoredMessageDesk(stored, messages);
    const waiting = new WaitingOrders(orders, (sentence) => {
      throw new Error(sentence);
    });
    const cursors = new SqlCursorStore(pool);
    return new ResolutionHouse({
      database,
      hub,
      catalog,
      exceptions,
      messages,
      intake: new SqlIntake(pool, orders, cipher, catalog, stored),
      register: new OrderRegister(pool, noted),
      resolution: new Resolution({ pool, exceptions, orders, catalog, messages: desk, committed: noted }),
      resumption: new Resumption({ pool, waiting, cursors, committed: noted, forget: noted }),
    });
  }

  get pool(): Pool {
    return this.parts.hub.pool;
  }

  open(filter: ExceptionFilter = {}): Promise<readonly ExceptionRecord[]> {
    return this.parts.exceptions.list(filter, 'DUE', undefined, SHOWN_MAX);
  }

  /** Lets orders go on whose cause of waiting is gone. */
  async resume(): Promise<void> {
    while (await this.parts.resumption.sweep());
  }

  async close(): Promise<void> {
    await this.parts.hub.stop();
    await this.parts.database.drop();
  }
}
