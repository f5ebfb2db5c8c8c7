import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { AppModule, type AppOptions } from './app.module.js';
import { Background } from './composition/background.js';
import { ConfigError } from './platform/config/config-error.js';
import type { Config } from './platform/config/config.js';
import { openDatabase, requireServerVersion, SERVER_VERSION_MIN } from './platform/db/database.js';
import { startEmbeddedPostgres } from './platform/db/embedded-postgres.js';
import { migrate } from './platform/db/migrate.js';
import { ensureLogEpoch } from './platform/event-log/index.js';
import { createHttpApp } from './platform/http/http-server.js';
import { startTracing } from './platform/telemetry/start-tracing.js';

/** Said once: what follows is in docs/recover.md. */
const MOVED =
  'The database was moved to another server or timeline. For 30 days outside systems are asked first whether they did a step already.';

const DATABASE_TIMEOUTS = { statementMs: 30_000, idleInTransactionMs: 30_000, transactionMs: 60_000 } as const;

/** Paths below which bodies are taken as they came: their signatures cover the bytes, and a broken one is kept. */
export const RAW_PREFIXES = ['/channels/', '/wms/', '/carriers/'] as const;

export interface OpenDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

/** The configured database, or one of our own; migrated and open. */
export async function openHubDatabase(config: Config, tell: (sentence: string) => void): Promise<OpenDatabase> {
  const embedded = config.databaseUrl === undefined ? await startOwn(config, tell) : undefined;
  const url = config.databaseUrl ?? embedded?.url ?? '';
  try {
    // First of all: an older server, or none, is said in a sentence before anything is tried on it.
    await requireServerVersion(url, SERVER_VERSION_MIN);
    await migrate(url);
    if ((await ensureLogEpoch(url)) === 'MOVED') tell(MOVED);
    const dataSource = await openDatabase({
      url,
      applicationName: `entrepot ${config.roles.join('+')}`,
      connectionsMax: config.databasePoolSize,
      timeouts: DATABASE_TIMEOUTS,
      onIdleError: (error) => tell(`A database connection was lost: ${error.message}`),
    });
    return {
      url,
      dataSource,
      close: async () => {
        await dataSource.destroy();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function startOwn(config: Config, tell: (sentence: string) => void): ReturnType<typeof startEmbeddedPostgres> {
  mkdirSync(config.dataDir, { recursive: true });
  return startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), database: 'entrepot', log: tell });
}

export interface RunningHub {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Ends what is under way and takes nothing more; bounded by the time that a shutdown may take. */
  close(): Promise<void>;
}

/** Starts the hub on an open database and listens. Throws ConfigError when it cannot listen where it is told to. */
export async function startHub(options: AppOptions & { readonly logger: LoggerService }): Promise<RunningHub> {
  const { config } = options;
  const stopTracing = await startTracing({
    url: config.otlpUrl,
    ratio: config.traceRatio,
    serviceName: 'entrepot',
    stopMs: config.shutdownTimeoutMs,
  });
  try {
    const app = await listen(options);
    const close = async (): Promise<void> => {
      await app.get(Background).stopWork();
      await app.close();
      await stopTracing();
    };
    let closing: Promise<void> | undefined;
    return { app, url: await app.getUrl(), close: () => (closing ??= close()) };
  } catch (error) {
    await stopTracing();
    throw error;
  }
}

async function listen({
  logger,
  ...options
}: AppOptions & { readonly logger: LoggerService }): Promise<NestFastifyApplication> {
  const { config } = options;
  const app = await createHttpApp(AppModule.forRoot(options), {
    bodyLimitBytes: config.bodyLimitBytes,
    trustedProxies: config.trustedProxies,
    rawPrefixes: RAW_PREFIXES,
    drainMs: config.shutdownTimeoutMs,
    logger,
  });
  try {
    await app.listen({ port: config.port, host: config.host });
  } catch (error) {
    // What kept it from starting is what a person must hear, whatever comes of closing.
    await app
      .close()
      .catch((closing: unknown) => void logger.error('Closing after a failed start failed, too', closing));
    throw refusedAddress(error, config);
  }
  return app;
}

const ADDRESS_ERRORS: ReadonlyMap<unknown, string> = new Map([
  ['EADDRINUSE', 'another program listens there. Give another port, or 0 for any free one'],
  ['EACCES', 'this user may not listen there. Give a port above 1023'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
]);

function refusedAddress(error: unknown, { host, port }: Config): unknown {
  const why = error instanceof Error && 'code' in error ? ADDRESS_ERRORS.get(error.code) : undefined;
  if (why === undefined) return error;
  return new ConfigError([`ENTREPOT_HOST is "${host}" and ENTREPOT_PORT is "${port}": ${why}.`]);
}
