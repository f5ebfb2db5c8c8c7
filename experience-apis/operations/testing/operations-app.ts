import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import request from 'supertest';
import { SqlCatalog } from '../../../process-apis/catalog/index.js';
import { Intake } from '../../../process-apis/intake/index.js';
import { openIntake } from '../../../process-apis/intake/testing/open-intake.js';
import { SourcingPolicies } from '../../../process-apis/sourcing/index.js';
import { AuthModule } from '../../../src/platform/auth/auth.module.js';
import { EmbeddedIssuer } from '../../../src/platform/auth/embedded-issuer.js';
import { FieldCipher } from '../../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../../src/platform/crypto/key-ring.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { EventFeed } from '../../../src/platform/event-log/index.js';
import { createHttpApp } from '../../../src/platform/http/http-server.js';
import { HttpModule } from '../../../src/platform/http/http.module.js';
import { JsonLogger } from '../../../src/platform/telemetry/logger.js';
import { SeededOrders } from '../../../test/support/seed-orders.js';
import { createTestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { OperationsModule } from '../index.js';

const BODY_LIMIT_BYTES = 1024 * 1024;
const TOKEN_SECONDS = 600;

@Global()
@Module({})
class HouseModule {
  static of(pool: Pool, orders: SeededOrders): DynamicModule {
    const catalog = new SqlCatalog(pool, () => orders.feed.wake());
    const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));
    const providers = [
      { provide: PG_POOL, useValue: pool },
      { provide: EventFeed, useValue: orders.feed },
      { provide: SqlCatalog, useValue: catalog },
      { provide: SourcingPolicies, useValue: new SourcingPolicies(pool) },
      { provide: Intake, useValue: openIntake(pool, orders.commit, cipher, catalog).intake },
    ];
    return { module: HouseModule, providers, exports: providers };
  }
}

@Module({})
class AppModule {}

export interface OperationsApp {
  readonly app: NestFastifyApplication;
  readonly pool: Pool;
  /** As an operator who may do everything, unless the scopes say less. */
  send(method: string, path: string, body?: object, scopes?: readonly string[]): Promise<request.Response>;
  close(): Promise<void>;
}

/** The operations module on the platform's own HTTP server and a database of its own, with real tokens. */
export async function startOperationsApp(): Promise<OperationsApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-operations-'));
  const database = await createTestDatabase();
  const pool = openTestPool(database.url, 10);
  const orders = await SeededOrders.open(pool);
  const auth = AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir });
  const app = await createHttpApp(
    { module: AppModule, imports: [HttpModule, auth, HouseModule.of(pool, orders), OperationsModule] },
    {
      bodyLimitBytes: BODY_LIMIT_BYTES,
      rawPrefixes: [],
      logger: new JsonLogger({ level: 'fatal', stream: { write: () => undefined } }),
    },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const issuer = app.get(EmbeddedIssuer);
  return {
    app,
    pool,
    send: async (method, path, body, scopes = ['operations:read', 'operations:write']) => {
      const token = await issuer.issue({ subject: 'ops', scopes, ttlSeconds: TOKEN_SECONDS });
      const sent = request(app.getHttpServer())[method as 'get'](path).set('authorization', `Bearer ${token}`);
      return body === undefined ? sent : sent.send(body);
    },
    close: async () => {
      await app.close();
      await orders.close();
      await pool.end();
      await database.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}
