import { join } from 'node:path';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { readPositions } from '../../process-apis/availability/index.js';
import { SqlCatalog } from '../../process-apis/catalog/index.js';
import type { HubConfig } from '../hub.settings.js';
import { openHubDatabase, startHub, type RunningHub } from '../hub.js';
import { EmbeddedIssuer } from '../platform/auth/embedded-issuer.js';
import { Users } from '../platform/auth/sign-in/users.js';
import { ConfigError } from '../platform/config/config-error.js';
import { poolOf } from '../platform/db/pool.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { EventFeed } from '../platform/event-log/index.js';
import { JsonLogger } from '../platform/telemetry/logger.js';
import { untilToldToStop } from '../stop-signal.js';
import { generatePassword } from '../user.js';
import { greeting } from './greeting.js';
import { OrderPlacer } from './order-placer.js';
import { AMAZON_ACCOUNT, ITEMS, SHOPIFY_ACCOUNT, SHOPIFY_LOCATION, UNMAPPED_LISTING } from './retail.js';
import { seed } from './seed.js';
import { Terminal, type OrderCounts } from './terminal.js';
import { startWorld, type World } from './world.js';

const OPENING_UNITS = 300;
const STATUS_EVERY_MS = 5_000;
const REPLENISH_EVERY_MS = 20_000;
const REPLENISH_BELOW = 100;
const REPLENISH_UNITS = 200;
/** How long the new product stays unmapped, for people to see its orders wait. */
const MAP_AFTER_MS = 45_000;
/** Parcels travel for days; a demo wants to see them arrive. */
const PARCEL_STEP_MS = 4_000;
const PARCEL_JOURNEYS = { secondTries: 0.05, returns: 0.03 };
const DAY_SECONDS = 86_400;
const TOKEN_SCOPES = [
  'orders:read',
  'orders:write',
  'pii:read',
  'graphql:introspect',
  'graphql:arbitrary',
  'operations:read',
  'operations:write',
  'policies:read',
  'policies:write',
  'audit:read',
  'exceptions:read',
  'kpi:read',
  'exceptions:resolve',
  'messages:read',
  'replay:run',
  'metrics:read',
  'stock:read',
  'stock:write',
  'availability:read',
  'availability:reserve',
  'availability:explain',
];

const OUTSIDE_ISSUER =
  'ENTREPOT_JWKS_URL is set, but the demo makes its tokens and its user itself. Leave it out, or start without the demo.';

const print = (line: string): void => console.log(line);

/**
 * The hub with everything outside it in one process, and orders coming in. Runs until Ctrl-C.
 * @throws ConfigError where the settings do not fit a demo, or what the sandboxes remember does not fit the database.
 */
export async function runDemo(config: HubConfig): Promise<void> {
  if (config.jwksUrl !== undefined) throw new ConfigError([OUTSIDE_ISSUER]);
  // From the first moment: Ctrl-C during the start must not leave the database running.
  const toldToStop = untilToldToStop();
  const startedAt = performance.now();
  const logger = new JsonLogger({ level: config.logLevel, file: config.logFile ?? join(config.dataDir, 'hub.log') });
  const database = await openHubDatabase(config, print);
  try {
    const world = await startWorld({
      journalDir: join(config.dataDir, 'sandboxes'),
      openingUnits: OPENING_UNITS,
      carrier: { stepMs: PARCEL_STEP_MS, journeys: PARCEL_JOURNEYS },
    });
    try {
      await runIn(world, database.dataSource, config, { logger, startedAt, toldToStop });
    } finally {
      await world.close();
    }
  } finally {
    await database.close();
    logger.flush();
  }
}

interface DemoRun {
  readonly logger: JsonLogger;
  readonly startedAt: number;
  readonly toldToStop: Promise<void>;
}

async function runIn(
  world: World,
  dataSource: DataSource,
  config: HubConfig,
  { logger, startedAt, toldToStop }: DemoRun,
): Promise<void> {
  const { secrets, systems } = world;
  await requireSameWorld(world, poolOf(dataSource), config.dataDir);
  // Before the hub starts: its first look at the accounts must find this run's addresses.
  await seed(poolOf(dataSource), world.accounts, OPENING_UNITS);
  const hub = await startHub({ config, dataSource, logger, secrets, systems });
  try {
    const token = await connect(world, hub);
    const user = await addUser(config.dataDir);
    print(greeting({ hub: hub.url, token, user, config, world, seconds: (performance.now() - startedAt) / 1_000 }));
    const stop = keepBusy(hub, world, config);
    await toldToStop;
    print('\nStopping. What is under way is finished or waits in the database; the next start goes on from there.');
    stop();
  } finally {
    await hub.close();
  }
}

/** The sandboxes must know the orders that the hub has of them: with others they would refuse all that it asks. */
async function requireSameWorld({ amazon, shopify }: World, pool: Pool, dataDir: string): Promise<void> {
  if (amazon.orders().length + shopify.orders().length > 0) return;
  const channels = [AMAZON_ACCOUNT, SHOPIFY_ACCOUNT];
  const { rowCount } = await pool.query('select from orders where channel = any($1::text[]) limit 1', [channels]);
  if (rowCount === 0) return;
  throw new ConfigError([
    `The database has orders of the demo that its sandboxes do not know: what they remember is not in ${join(dataDir, 'sandboxes')}. ` +
      'Set ENTREPOT_DATA_DIR to the directory that the orders were made with, or use an empty database.',
  ]);
}

/** The world reaches the hub from now on. Gives a token for people who look around. */
async function connect(world: World, hub: RunningHub): Promise<string> {
  const issuer = hub.app.get(EmbeddedIssuer, { strict: false });
  const notifier = { subject: 'amazon-eventbridge', scopes: ['channel:notify'], ttlSeconds: 7 * DAY_SECONDS };
  world.connect(hub.url, await issuer.issue(notifier));
  return issuer.issue({ subject: 'demo', scopes: TOKEN_SCOPES, ttlSeconds: DAY_SECONDS });
}

/** Someone who may do everything in the console; each start gives another password. */
async function addUser(dataDir: string): Promise<{ readonly id: string; readonly password: string }> {
  const user = { id: 'demo', password: generatePassword() };
  await new Users(dataDir).save({ ...user, name: 'Demo', roles: ['admin'] });
  return user;
}

function keepBusy(hub: RunningHub, world: World, config: HubConfig): () => void {
  const pool = hub.app.get<Pool>(PG_POOL);
  const terminal = new Terminal(print);
  const stopListening = hub.app.get(EventFeed).onEvents((events) => {
    for (const event of events) if (event.streamType === 'order') terminal.event(event);
  });
  const { demoRate: rate, demoOrders: orders, demoSeed } = config;
  const placer = new OrderPlacer(world, { rate, orders, seed: demoSeed });
  placer.start();
  const inBackground = (work: () => Promise<void>) => () =>
    void work().catch((error: unknown) => print(`demo: ${error instanceof Error ? error.message : String(error)}`));
  const timers = [
    setInterval(
      inBackground(async () => terminal.status(await countOrders(pool))),
      STATUS_EVERY_MS,
    ),
    setInterval(
      inBackground(() => replenish(pool, world)),
      REPLENISH_EVERY_MS,
    ),
  ];
  const mapping = setTimeout(
    inBackground(() => mapNewListing(hub)),
    MAP_AFTER_MS,
  );
  return () => {
    placer.stop();
    stopListening();
    clearTimeout(mapping);
    for (const timer of timers) clearInterval(timer);
  };
}

async function countOrders(pool: Pool): Promise<OrderCounts> {
  const { rows } = await pool.query<{ status: string; orders: number; completed: number }>(
    `select status, count(*)::int as orders, count(*) filter (where completed)::int as completed
     from orders group by status`,
  );
  return {
    byStatus: Object.fromEntries(rows.map((row) => [row.status, row.orders])),
    completed: rows.reduce((sum, row) => sum + row.completed, 0),
    total: rows.reduce((sum, row) => sum + row.orders, 0),
  };
}

/** Trucks arrive where stock runs low, told by the warehouse. */
async function replenish(pool: Pool, world: World): Promise<void> {
  const positions = await readPositions(
    pool,
    ITEMS.map((item) => item.sku),
  );
  for (const { sku, node, onHand, reserved } of positions)
    if (onHand - reserved < REPLENISH_BELOW) world.receiveStock({ sku, node, quantity: REPLENISH_UNITS });
}

/** Someone maps the new product's listing: the orders that waited for it go on by themselves. */
async function mapNewListing(hub: RunningHub): Promise<void> {
  const sku = ITEMS[0]?.sku ?? '';
  const listingKeys = { inventoryItemId: '42000009999', locationId: String(SHOPIFY_LOCATION) };
  const catalog = hub.app.get(SqlCatalog);
  await catalog.saveListings([{ channel: SHOPIFY_ACCOUNT, listingSku: UNMAPPED_LISTING, sku, listingKeys }]);
  print(`          ── the listing ${UNMAPPED_LISTING} is mapped to ${sku} now: orders that waited for it go on`);
}
