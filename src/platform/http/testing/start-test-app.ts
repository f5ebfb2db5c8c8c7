import { Module, type ModuleMetadata } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { JsonLogger } from '../../telemetry/logger.js';
import { createHttpApp } from '../http-server.js';

export const TEST_BODY_LIMIT_BYTES = 2048;

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly server: ReturnType<NestFastifyApplication['getHttpServer']>;
  /** The log so far, as parsed lines. */
  readonly log: () => readonly Readonly<Record<string, unknown>>[];
}

@Module({})
class TestModule {}

/** A small application on the platform's own HTTP server; bodies below `/raw/` stay bytes. */
export async function startTestApp(metadata: ModuleMetadata, trustedProxies?: readonly string[]): Promise<TestApp> {
  const lines: string[] = [];
  const logger = new JsonLogger({ level: 'warn', stream: { write: (line) => void lines.push(line) } });
  const options = { bodyLimitBytes: TEST_BODY_LIMIT_BYTES, rawPrefixes: ['/raw/'], trustedProxies, logger };
  const app = await createHttpApp({ module: TestModule, ...metadata }, options);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const log = (): readonly Readonly<Record<string, unknown>>[] =>
    lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return { app, server: app.getHttpServer(), log };
}
