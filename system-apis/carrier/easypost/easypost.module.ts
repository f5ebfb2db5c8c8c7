import { Module, type DynamicModule } from '@nestjs/common';
import { CARRIER_PORT } from '../carrier.port.js';
import { EasyPostAdapter } from './easypost.adapter.js';
import { EasyPostClient } from './easypost.client.js';
import { EasyPostController } from './easypost.controller.js';
import { EasyPostInboundCounts } from './easypost.counts.js';
import { EASYPOST_SETTINGS, EasyPostSettings, type EasyPostSettingsInput } from './easypost.settings.js';

/**
 * Parcels watched by EasyPost, both directions. Global, because the fulfillment process asks for CARRIER_PORT and gives
 * CARRIER_MESSAGE_SINK: neither module can import the other.
 */
@Module({})
export class EasyPostModule {
  /** Throws when a setting is wrong; a missing secret fails the start of the application. */
  static forRoot(settings: EasyPostSettingsInput): DynamicModule {
    return {
      module: EasyPostModule,
      global: true,
      controllers: [EasyPostController],
      providers: [
        { provide: EASYPOST_SETTINGS, useValue: EasyPostSettings.parse(settings) },
        EasyPostClient,
        EasyPostAdapter,
        EasyPostInboundCounts,
        { provide: CARRIER_PORT, useExisting: EasyPostAdapter },
      ],
      exports: [CARRIER_PORT, EasyPostInboundCounts],
    };
  }
}
