import { runDemo } from './demo/demo.js';
import { HUB_SETTINGS } from './hub.settings.js';
import { openHubDatabase, startHub } from './hub.js';
import { ConfigError } from './platform/config/config-error.js';
import { loadConfig } from './platform/config/config.js';
import { DatabaseUnreachableError, DatabaseVersionError } from './platform/db/database.js';
import { EmbeddedPostgresError } from './platform/db/embedded-postgres.js';
import { MigrationError } from './platform/db/migrate.js';
import { untilToldToStop } from './stop-signal.js';
import { JsonLogger } from './platform/telemetry/logger.js';

const BAD_CONFIGURATION = 2;
const SAID_IN_A_SENTENCE = [
  DatabaseUnreachableError,
  DatabaseVersionError,
  EmbeddedPostgresError,
  MigrationError,
] as const;

/** Runs the hub until it is told to stop, or the demo when that is asked for. Gives the exit code. */
export async function start(argv: readonly string[]): Promise<number> {
  try {
    await run(argv);
    return 0;
  } catch (error) {
    return tellError(error);
  }
}

async function run(argv: readonly string[]): Promise<void> {
  const loaded = loadConfig(process.env, argv, HUB_SETTINGS);
  if (loaded.action === 'print') {
    console.log(loaded.text);
    return;
  }
  const { config, warnings } = loaded;
  for (const warning of warnings) console.error(warning);
  if (config.demo) {
    await runDemo(config);
    return;
  }
  const toldToStop = untilToldToStop();
  const logger = new JsonLogger({
    level: config.logLevel,
    ...(config.logFile === undefined ? {} : { file: config.logFile }),
  });
  const database = await openHubDatabase(config, (sentence) => logger.warn(sentence));
  try {
    const hub = await startHub({ config, dataSource: database.dataSource, logger });
    logger.log(`Entrepot listens on ${hub.url} (${config.roles.join(', ')})`);
    await toldToStop;
    await hub.close();
  } finally {
    await database.close();
    logger.flush();
  }
}

/** Errors that a person at the terminal can act on are sentences; everything else is a fault of the hub, with its stack. */
function tellError(error: unknown): number {
  if (error instanceof ConfigError) {
    for (const sentence of error.sentences) console.error(sentence);
    return BAD_CONFIGURATION;
  }
  if (error instanceof Error && SAID_IN_A_SENTENCE.some((kind) => error instanceof kind)) {
    console.error(error.message);
    return BAD_CONFIGURATION;
  }
  console.error('Entrepot has ended because of a fault of its own:');
  console.error(error);
  return 1;
}
