import { Module, type DynamicModule } from '@nestjs/common';
import { WMS_PORT } from '../wms.port.js';
import { WmsInboundCounts } from './inbound-counts.js';
import { WebhookVerifier } from './webhook-verifier.js';
import { WmsRestAdapter } from './wms-rest.adapter.js';
import { WmsRestClient } from './wms-rest.client.js';
import { WmsRestController } from './wms-rest.controller.js';
import { WMS_REST_SETTINGS, WmsRestSettings, type WmsRestSettingsInput } from './wms-rest.settings.js';

/**
 * A warehouse behind the published contract, both directions. Global, because the fulfillment process asks for WMS_PORT
 * and gives WMS_FACT_SINK: neither module can import the other.
 */
@Module({})
export class WmsRestModule {
  /** Throws when a setting is wrong; a secret that is missing or malformed fails the start of the application. */
  static forRoot(settings: WmsRestSettingsInput): DynamicModule {
    return {
      module: WmsRestModule,
      global: true,
      controllers: [WmsRestController],
      providers: [
        { provide: WMS_REST_SETTINGS, useValue: WmsRestSettings.parse(settings) },
        WmsRestClient,
        WmsRestAdapter,
        WebhookVerifier,
        WmsInboundCounts,
        { provide: WMS_PORT, useExisting: WmsRestAdapter },
      ],
      exports: [WMS_PORT, WmsInboundCounts],
    };
  }
}
