import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, expect, it } from 'vitest';
import { CryptoModule } from '../crypto/crypto.module.js';
import { FieldCipher } from '../crypto/field-cipher.js';
import { CONFIG, loadConfig, type Config } from './config.js';
import { ConfigModule } from './config.module.js';
import { PLATFORM_SETTINGS } from './platform-settings.js';
import { SecretSource } from './secret-source.js';
import { SystemSettings } from './system-settings.js';

@Injectable()
class Consumer {
  constructor(
    @Inject(CONFIG) readonly config: Config,
    readonly secrets: SecretSource,
    readonly systems: SystemSettings,
    readonly cipher: FieldCipher,
  ) {}
}

@Module({ providers: [Consumer] })
class ConsumerModule {}

const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-modules-'));

afterAll(() => rmSync(dataDir, { recursive: true }));

it('gives configuration, secrets, outside systems and the cipher to every module', async () => {
  const loaded = loadConfig({ ENTREPOT_DATA_DIR: dataDir }, [], PLATFORM_SETTINGS);
  if (loaded.action !== 'run') throw new Error('a configuration was expected');
  @Module({
    imports: [ConfigModule.forRoot({ config: loaded.config }), CryptoModule.forRoot(loaded.config), ConsumerModule],
  })
  class RootModule {}
  const app = await NestFactory.createApplicationContext(RootModule, { logger: false, abortOnError: false });
  const consumer = app.get(Consumer, { strict: false });
  expect(consumer.config.dataDir).toBe(dataDir);
  expect(consumer.secrets.find('NOT_THERE')).toBeUndefined();
  expect(consumer.systems.has('bank')).toBe(false);
  expect(consumer.cipher.open(consumer.cipher.seal('x', 'row:1'), 'row:1').toString()).toBe('x');
  await app.close();
});
