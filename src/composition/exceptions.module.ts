import { Global, Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { SqlCatalog } from '../../process-apis/catalog/index.js';
import { Exceptions } from '../../process-apis/exceptions/index.js';
import { StoredMessages } from '../../process-apis/intake/index.js';
import { OrderCommit, OrderReader } from '../../process-apis/orders/index.js';
import {
  DriftRegister,
  EvidenceReader,
  MessageRegister,
  OrderRegister,
  Resolution,
  StoredMessageDesk,
} from '../../process-apis/resolution/index.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { FieldCipher } from '../platform/crypto/field-cipher.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { EventFeed } from '../platform/event-log/index.js';
import { ExceptionWork } from './exception-work.js';

const MINUTE_MS = 60_000;

/** What is done about exceptions, and what keeps their register right. */
@Global()
@Module({
  providers: [
    {
      provide: MessageRegister,
      inject: [PG_POOL, Exceptions, CONFIG],
      useFactory: (pool: Pool, exceptions: Exceptions, { parkedMinutes }: Config) =>
        new MessageRegister(pool, exceptions, parkedMinutes * MINUTE_MS),
    },
    {
      provide: Resolution,
      inject: [PG_POOL, Exceptions, OrderCommit, SqlCatalog, EventFeed, StoredMessages, MessageRegister],
      useFactory: (
        pool: Pool,
        exceptions: Exceptions,
        orders: OrderCommit,
        catalog: SqlCatalog,
        feed: EventFeed,
        ...ofMessages: readonly [StoredMessages, MessageRegister]
      ) =>
        new Resolution({
          pool,
          exceptions,
          orders,
          catalog,
          messages: new StoredMessageDesk(...ofMessages),
          committed: () => feed.wake(),
        }),
    },
    {
      provide: EvidenceReader,
      inject: [PG_POOL, FieldCipher, OrderReader],
      useFactory: (pool: Pool, cipher: FieldCipher, lookup: OrderReader) =>
        new EvidenceReader({ pool, cipher, lookup }),
    },
    {
      provide: ExceptionWork,
      inject: [PG_POOL, Exceptions, EventFeed, MessageRegister],
      useFactory: (pool: Pool, exceptions: Exceptions, feed: EventFeed, messages: MessageRegister) =>
        new ExceptionWork({
          pool,
          exceptions,
          messages,
          orders: new OrderRegister(pool, () => feed.wake()),
          drift: new DriftRegister(pool, exceptions),
        }),
    },
  ],
  exports: [Resolution, EvidenceReader, ExceptionWork],
})
export class ExceptionsModule {}
