import { migrate } from '../../src/platform/db/migrate.js';
import { prepareHubProcesses, type HubProcesses } from '../support/hub-outside.js';
import { buildHub, removeBuild } from '../support/hub-process.js';
import { startRestartablePostgres } from '../support/restartable-postgres.js';
import { SeededRandom } from '../support/seeded-random.js';
import { Attack } from './attack.js';
import { Balancer } from './balancer.js';
import { ChaosUsageError, HELP, readOptions, type ChaosOptions } from './chaos.options.js';
import { failedTasks, findViolations, stuckOrders, waitForAllDoneOrShown } from './nothing-lost.js';
import { OrderLoad } from './order-load.js';
import { describeVerdict, type Verdict } from './verdict.js';

const MINUTE = 60_000;
const OPENING_UNITS = 1_000_000;
/** Tasks of killed processes are taken over, retries that backed off come due, breakers close again. */
const SETTLE_MS = 6 * MINUTE;
const DATABASE_EVERY_MS = 35_000;
/** A short run ends the database as well. */
const DATABASE_ENDS_MIN = 4;
const FAULT_EVERY_MS = 1_200;
const VIOLATIONS_TOLD_MAX = 50;
const WMS = {
  pickMs: 300,
  packMs: 300,
  shipMs: 300,
  variation: { partialShipments: 0.2, severalPackages: 0.2, shortPicks: 0, rejections: 0 },
} as const;

async function run(options: ChaosOptions): Promise<Verdict> {
  const tell = (sentence: string): void => {
    if (!options.json) console.error(`${new Date().toISOString()} ${sentence}`);
  };
  tell('building and starting');
  buildHub();
  const postgres = await startRestartablePostgres();
  try {
    await migrate(postgres.url);
    const hubs = await prepareHubProcesses(options.processes, OPENING_UNITS, {
      database: { url: postgres.url, drop: () => postgres.remove() },
      wms: WMS,
      sap: { decisionDelayMs: 300, billingDelayMs: 300 },
    });
    const balancer = await Balancer.start(hubs.processes.map(({ port }) => port));
    try {
      hubs.connectTo(balancer.url);
      await Promise.all(hubs.processes.map((hub) => hub.start()));
      const random = new SeededRandom(options.seed);
      return await attackAndJudge(hubs, new Attack(hubs, postgres, random, tell), options, tell);
    } finally {
      await hubs.close();
      await balancer.close();
    }
  } finally {
    await postgres.remove();
    removeBuild();
  }
}

async function attackAndJudge(
  hubs: HubProcesses,
  attack: Attack,
  { minutes, seed, killsMin, ordersPerSecond }: ChaosOptions,
  tell: (sentence: string) => void,
): Promise<Verdict> {
  const lastsMs = minutes * MINUTE;
  const load = new OrderLoad(hubs, new SeededRandom(seed + 1));
  tell(`attacking ${hubs.processes.length} processes for ${minutes} minutes with seed ${seed}`);
  const databaseEveryMs = Math.min(DATABASE_EVERY_MS, lastsMs / DATABASE_ENDS_MIN);
  const loading = load
    .runUntil(() => attack.isOver, ordersPerSecond)
    .then(
      () => [],
      (error: unknown) => [`not taken: ${String(error)}`],
    );
  await attack.run({ lastsMs, killsMin, databaseEveryMs, faultEveryMs: FAULT_EVERY_MS });
  const notTaken = await loading;
  const { acknowledged, cancellations } = load;
  tell(`${attack.counts.kills} kills done; the faults stop, ${acknowledged.length} orders are waited for`);
  const startedAt = Date.now();
  const settled = await waitForAllDoneOrShown(hubs.pool, acknowledged.length, SETTLE_MS).then(
    () => [],
    (error: unknown) => [`not settled: ${String(error)}`],
  );
  const settledSeconds = Math.round((Date.now() - startedAt) / 1_000);
  tell(`settled after ${settledSeconds} s; the databases are compared`);
  const violations = [
    ...attack.endedByThemselves,
    ...notTaken,
    ...settled,
    ...(await stuckOrders(hubs.pool)),
    ...(await failedTasks(hubs.pool)),
    ...(await findViolations(hubs, acknowledged, OPENING_UNITS)),
  ];
  return {
    ...attack.counts,
    seed,
    minutes,
    processes: hubs.processes.length,
    orders: acknowledged.length,
    cancellations,
    webhooksGivenUp: hubs.world.shopify.webhooks().abandoned,
    shownToAPerson: await countShown(hubs),
    settledSeconds,
    violations: violations.slice(0, VIOLATIONS_TOLD_MAX),
    violationsFound: violations.length,
  };
}

async function countShown({ pool }: HubProcesses): Promise<number> {
  const { rows } = await pool.query<{ orders: number }>(
    'select count(*)::int as orders from orders where not completed',
  );
  return rows[0]?.orders ?? 0;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'HELP') console.log(HELP);
  else {
    const verdict = await run(options);
    console.log(options.json ? JSON.stringify(verdict) : describeVerdict(verdict));
    process.exitCode = verdict.violationsFound === 0 ? 0 : 1;
  }
} catch (error) {
  const isUsage = error instanceof ChaosUsageError;
  console.error(isUsage ? `${error.message}\n\n${HELP}` : error);
  process.exit(isUsage ? 2 : 1);
}
