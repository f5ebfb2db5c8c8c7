import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { Catalog } from '../../../process-apis/catalog/index.js';
import { Intake } from '../../../process-apis/intake/index.js';
import { OrderReader } from '../../../process-apis/orders/index.js';
import { AuthModule } from '../../../src/platform/auth/auth.module.js';
import { EmbeddedIssuer } from '../../../src/platform/auth/embedded-issuer.js';
import { createHttpApp } from '../../../src/platform/http/http-server.js';
import { HttpModule } from '../../../src/platform/http/http.module.js';
import { JsonLogger } from '../../../src/platform/telemetry/logger.js';
import { ChannelConnectors } from '../../channel-kit/index.js';
import { PartnerModule } from '../index.js';
import { MemoryCatalog, MemoryHub } from './memory-hub.js';

export const BODY_LIMIT_BYTES = 64 * 1024;

@Global()
@Module({
  providers: [
    MemoryHub,
    ChannelConnectors,
    { provide: Intake, useExisting: MemoryHub },
    { provide: OrderReader, useExisting: MemoryHub },
    { provide: Catalog, useClass: MemoryCatalog },
  ],
  exports: [Intake, OrderReader, Catalog, ChannelConnectors],
})
class HouseModule {}

@Module({})
class AppModule {}

export interface PartnerApp {
  readonly hub: MemoryHub;
  readonly app: NestFastifyApplication;
  readonly agent: ReturnType<typeof request>;
  /** Lines of the log, as text. */
  readonly log: readonly string[];
  token(scopes: readonly string[], channel?: string): Promise<string>;
  close(): Promise<void>;
}

/** The partner module on the platform's own HTTP server, with real tokens; the hub behind it is in memory. */
export async function startPartnerApp(): Promise<PartnerApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-partner-'));
  const log: string[] = [];
  const auth = AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir });
  const app = await createHttpApp(
    { module: AppModule, imports: [HttpModule, auth, HouseModule, PartnerModule] },
    {
      bodyLimitBytes: BODY_LIMIT_BYTES,
      rawPrefixes: ['/channels/'],
      logger: new JsonLogger({ level: 'warn', stream: { write: (line) => void log.push(line) } }),
    },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const issuer = app.get(EmbeddedIssuer);
  return {
    app,
    log,
    hub: app.get(MemoryHub),
    agent: request(app.getHttpServer()),
    token: (scopes, channel) =>
      issuer.issue({ subject: 'acme', scopes, ttlSeconds: 60, ...(channel === undefined ? {} : { channel }) }),
    close: async () => {
      await app.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
