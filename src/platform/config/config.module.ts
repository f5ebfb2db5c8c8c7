import { Module, type DynamicModule } from '@nestjs/common';
import { CONFIG, type Config } from './config.js';
import { EnvironmentSecretSource } from './environment-secret-source.js';
import { SecretSource } from './secret-source.js';
import { SystemSettings } from './system-settings.js';

export interface ConfigModuleOptions {
  readonly config: Config;
  /** Where secrets are looked up by name. Default: the environment and the secrets directory. */
  readonly secrets?: SecretSource;
  /** Default: what the systems file says. */
  readonly systems?: SystemSettings;
}

/** Hands the checked configuration, the secrets and the outside systems' settings to all modules. */
@Module({})
export class ConfigModule {
  static forRoot({ config, secrets, systems }: ConfigModuleOptions): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: SecretSource, useValue: secrets ?? new EnvironmentSecretSource(process.env, config.secretsDir) },
        { provide: SystemSettings, useValue: systems ?? SystemSettings.fromFile(config.systemsFile) },
      ],
      exports: [CONFIG, SecretSource, SystemSettings],
    };
  }
}
