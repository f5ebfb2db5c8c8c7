import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import request from 'supertest';
import { StockFeeds, StockIntake } from '../../../process-apis/availability/index.js';
import { Catalog, SqlCatalog } from '../../../process-apis/catalog/index.js';
import { AuthModule } from '../../../src/platform/auth/auth.module.js';
import { EmbeddedIssuer } from '../../../src/platform/auth/embedded-issuer.js';
import { FieldCipher } from '../../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../../src/platform/crypto/key-ring.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { createHttpApp } from '../../../src/platform/http/http-server.js';
import { HttpModule } from '../../../src/platform/http/http.module.js';
import { JsonLogger } from '../../../src/platform/telemetry/logger.js';
import { StockModule } from '../index.js';

@Global()
@Module({})
class HouseModule {
  static over(pool: Pool): DynamicModule {
    const providers = [
      { provide: PG_POOL, useValue: pool },
      { provide: Catalog, useValue: new SqlCatalog(pool, () => undefined) },
      { provide: StockIntake, useValue: new StockIntake(pool, () => undefined) },
      { provide: StockFeeds, useValue: new StockFeeds(pool) },
      { provide: FieldCipher, useValue: new FieldCipher(KeyRing.parse(generateKeyRing('test'))) },
    ];
    return { module: HouseModule, providers, exports: providers };
  }
}

@Module({})
class AppModule {}

export interface StockApp {
  readonly app: NestFastifyApplication;
  readonly agent: ReturnType<typeof request>;
  /** Of a caller of this name. */
  token(subject: string, ...scopes: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** The module on the platform's own HTTP server, with real tokens, over a database. */
export async function startStockApp(pool: Pool): Promise<StockApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-stock-'));
  const auth = AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir });
  const app = await createHttpApp(
    { module: AppModule, imports: [HttpModule, auth, HouseModule.over(pool), StockModule] },
    {
      bodyLimitBytes: 1024 * 1024,
      rawPrefixes: ['/channels/'],
      logger: new JsonLogger({ level: 'fatal', stream: { write: () => undefined } }),
    },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const issuer = app.get(EmbeddedIssuer);
  return {
    app,
    agent: request(app.getHttpServer()),
    token: (subject, ...scopes) => issuer.issue({ subject, scopes, ttlSeconds: 600 }),
    close: async () => {
      await app.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
