import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { Exceptions } from '../../process-apis/exceptions/index.js';
import { CarrierFollowUp, CarrierInbound, CarrierTasks, PackageNews } from '../../process-apis/fulfillment/index.js';
import { StoredMessages } from '../../process-apis/intake/index.js';
import { OrderCommit, OrderReader } from '../../process-apis/orders/index.js';
import { CARRIER_MESSAGE_SINK, CARRIER_PORT, type CarrierPort } from '../../system-apis/carrier/carrier.port.js';
import { EasyPostModule, EasyPostSettings } from '../../system-apis/carrier/easypost/index.js';
import type { SystemSettings } from '../platform/config/system-settings.js';
import { FieldCipher } from '../platform/crypto/field-cipher.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { CarrierWork } from './carrier-work.js';

const MINUTE_MS = 60_000;

const carrierSection = z.strictObject({
  kind: z.literal('easypost'),
  settings: EasyPostSettings,
  /** A package of which nothing is told for so long is asked about. */
  lookAfterMinutes: z.int().min(1).max(10_080).default(360),
});

/** The system that watches packages, and what the hub does with it. Without a section `carrier` there is none: nothing is watched. */
@Global()
@Module({})
export class CarrierModule {
  /** Throws ConfigError. */
  static forRoot(settings: SystemSettings): DynamicModule {
    if (!settings.has('carrier'))
      return {
        module: CarrierModule,
        providers: [{ provide: CarrierWork, useValue: new CarrierWork() }],
        exports: [CarrierWork],
      };
    const { settings: easyPost, lookAfterMinutes } = settings.section('carrier', carrierSection);
    return {
      module: CarrierModule,
      imports: [EasyPostModule.forRoot(easyPost)],
      providers: [
        {
          provide: PackageNews,
          inject: [CARRIER_PORT, OrderCommit, PG_POOL],
          useFactory: (carrier: CarrierPort, orders: OrderCommit, pool: Pool) =>
            new PackageNews({ carrier, orders, pool, lookAfterMs: lookAfterMinutes * MINUTE_MS }),
        },
        {
          provide: CARRIER_MESSAGE_SINK,
          inject: [CARRIER_PORT, PackageNews, PG_POOL, FieldCipher, StoredMessages],
          useFactory: (
            carrier: CarrierPort,
            news: PackageNews,
            pool: Pool,
            cipher: FieldCipher,
            messages: StoredMessages,
          ) => {
            const inbound = new CarrierInbound({ carrier, news, pool, cipher });
            messages.register(inbound);
            return inbound;
          },
        },
        {
          provide: CarrierWork,
          inject: [CARRIER_PORT, PackageNews, OrderReader, Exceptions, PG_POOL, FieldCipher],
          useFactory: (
            carrier: CarrierPort,
            news: PackageNews,
            lookup: OrderReader,
            exceptions: Exceptions,
            ...[pool, cipher]: readonly [Pool, FieldCipher]
          ) => {
            const parts = { carrier, news, lookup, exceptions, pool, cipher };
            return new CarrierWork(new CarrierTasks(parts), new CarrierFollowUp(parts));
          },
        },
      ],
      exports: [CARRIER_MESSAGE_SINK, CarrierWork],
    };
  }
}
