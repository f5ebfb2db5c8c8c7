import { Module, type DynamicModule } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AmazonModule } from '../experience-apis/amazon/index.js';
import { AvailabilityModule } from '../experience-apis/availability/index.js';
import { ConsoleModule } from '../experience-apis/console/index.js';
import { GraphqlModule } from '../experience-apis/graphql/index.js';
import { DriftModule, HoldRulesModule, OperationsModule, PoliciesModule } from '../experience-apis/operations/index.js';
import { PartnerModule } from '../experience-apis/partner/index.js';
import { ShopifyModule } from '../experience-apis/shopify/index.js';
import { StockModule } from '../experience-apis/stock/index.js';
import { Background } from './composition/background.js';
import { AlertsModule } from './composition/alerts.module.js';
import { CarrierModule } from './composition/carrier.module.js';
import { CoreModule } from './composition/core.module.js';
import { ExceptionsModule } from './composition/exceptions.module.js';
import { KpiModule } from './composition/kpi.module.js';
import { ReplayModule } from './composition/replay.module.js';
import { ROLES } from './composition/roles.js';
import { ProcessMetrics } from './composition/process-metrics.js';
import { systemModules } from './composition/systems.js';
import { AuthModule } from './platform/auth/auth.module.js';
import type { HubConfig } from './hub.settings.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import type { SecretSource } from './platform/config/secret-source.js';
import { SystemSettings } from './platform/config/system-settings.js';
import { CryptoModule } from './platform/crypto/crypto.module.js';
import { DatabaseModule } from './platform/db/database.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { OutsideModule } from './platform/outside/outside.module.js';
import { MetricsModule } from './platform/telemetry/metrics.module.js';

export interface AppOptions {
  readonly config: Config & Pick<HubConfig, 'kpiTargets'>;
  readonly dataSource: DataSource;
  /** The demo brings its own; otherwise they come from the environment and files. */
  readonly secrets?: SecretSource;
  readonly systems?: SystemSettings;
}

/** The whole hub. The only place, with what stands beside it, that sees all layers. */
@Module({})
export class AppModule {
  static forRoot({ config, dataSource, secrets, systems }: AppOptions): DynamicModule {
    const settings = systems ?? SystemSettings.fromFile(config.systemsFile);
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot({ config, systems: settings, ...(secrets === undefined ? {} : { secrets }) }),
        CryptoModule.forRoot(config),
        DatabaseModule.forRoot(dataSource),
        AuthModule.forRoot(config, { ...config, roles: ROLES }),
        HttpModule,
        OutsideModule,
        CoreModule,
        ExceptionsModule,
        KpiModule.forRoot(config.kpiTargets),
        ReplayModule,
        ...systemModules(settings),
        CarrierModule.forRoot(settings),
        AlertsModule.forRoot(settings, config.publicUrl),
        AmazonModule,
        ShopifyModule,
        PartnerModule,
        GraphqlModule,
        ConsoleModule,
        OperationsModule,
        DriftModule,
        HoldRulesModule,
        PoliciesModule,
        MetricsModule,
        StockModule,
        AvailabilityModule,
      ],
      providers: [Background, ProcessMetrics],
    };
  }
}
