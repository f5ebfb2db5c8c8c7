import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import request from 'supertest';
import { Availability, SoftReservations } from '../../../process-apis/availability/index.js';
import { Catalog, SqlCatalog } from '../../../process-apis/catalog/index.js';
import { SourcingPolicies } from '../../../process-apis/sourcing/index.js';
import { AuthModule } from '../../../src/platform/auth/auth.module.js';
import { EmbeddedIssuer } from '../../../src/platform/auth/embedded-issuer.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { createHttpApp } from '../../../src/platform/http/http-server.js';
import { HttpModule } from '../../../src/platform/http/http.module.js';
import { JsonLogger } from '../../../src/platform/telemetry/logger.js';
import { AvailabilityModule } from '../index.js';

@Global()
@Module({})
class HouseModule {
  static over(pool: Pool): DynamicModule {
    const catalog = new SqlCatalog(pool, () => undefined);
    const policies = new SourcingPolicies(pool);
    const providers = [
      { provide: PG_POOL, useValue: pool },
      { provide: Catalog, useValue: catalog },
      { provide: Availability, useValue: new Availability(pool, catalog, policies) },
      { provide: SoftReservations, useValue: new SoftReservations(pool, catalog, policies, () => undefined) },
    ];
    return { module: HouseModule, providers, exports: providers };
  }
}

@Module({})
class AppModule {}

export interface AvailabilityApp {
  readonly app: NestFastifyApplication;
  readonly agent: ReturnType<typeof request>;
  token(scopes: readonly string[], channel?: string): Promise<string>;
  close(): Promise<void>;
}

/** The module on the platform's own HTTP server, with real tokens, over a database. */
export async function startAvailabilityApp(pool: Pool): Promise<AvailabilityApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-availability-'));
  const auth = AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir });
  const app = await createHttpApp(
    { module: AppModule, imports: [HttpModule, auth, HouseModule.over(pool), AvailabilityModule] },
    {
      bodyLimitBytes: 128 * 1024,
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
    token: (scopes, channel) =>
      issuer.issue({ subject: 'shop', scopes, ttlSeconds: 600, ...(channel === undefined ? {} : { channel }) }),
    close: async () => {
      await app.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
