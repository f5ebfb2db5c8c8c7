import { Module, type DynamicModule } from '@nestjs/common';
import { ERP_PORT } from '../erp.port.js';
import { SapS4HanaAdapter } from './sap-s4hana.adapter.js';
import { SapS4HanaClient } from './sap-s4hana.client.js';
import { SAP_SETTINGS, sapS4HanaSettingsSchema, type SapS4HanaSettingsInput } from './sap-s4hana.settings.js';

/** Binds ERP_PORT to SAP S/4HANA. Needs a SecretSource from a global module. */
@Module({})
export class SapS4HanaModule {
  static forRoot(settings: SapS4HanaSettingsInput): DynamicModule {
    return {
      module: SapS4HanaModule,
      providers: [
        { provide: SAP_SETTINGS, useValue: sapS4HanaSettingsSchema.parse(settings) },
        SapS4HanaClient,
        SapS4HanaAdapter,
        { provide: ERP_PORT, useExisting: SapS4HanaAdapter },
      ],
      exports: [ERP_PORT],
    };
  }
}
