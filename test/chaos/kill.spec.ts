import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/platform/db/migrate.js';
import { prepareHubProcesses, type HubProcesses } from '../support/hub-outside.js';
import { buildHub, removeBuild, type HubProcess } from '../support/hub-process.js';
import { startRestartablePostgres, type RestartablePostgres } from '../support/restartable-postgres.js';
import { SeededRandom } from '../support/seeded-random.js';
import { expectNothingLostOrDoubled, waitForAllDone } from './nothing-lost.js';
import { OrderLoad } from './order-load.js';

const OPENING_UNITS = 5_000;
const KILLS = 6;
const DATABASE_AWAY_MS = 500;
const LIFE_MS_MIN = 700;
const LIFE_MS_MAX = 3_000;
/** Tasks of a killed process are taken over after some fifteen seconds, and then have their retries. */
const SETTLE_MS = 180_000;
const TEST_MS = 400_000;
const BUILD_MS = 60_000;
const WMS = {
  pickMs: 100,
  packMs: 100,
  shipMs: 100,
  variation: { partialShipments: 0.2, severalPackages: 0.2, shortPicks: 0, rejections: 0 },
} as const;

let hubs: HubProcesses;

beforeAll(() => buildHub(), BUILD_MS);
afterAll(() => removeBuild());
afterEach(() => hubs.close());

/** Answers that get lost on their way, on top of the kills. */
function loseAnswers(): void {
  const { sap, wms, shopify, amazon } = hubs.world;
  sap.failNext({ operation: 'A_SalesOrder.create', times: 3, mode: 'after' });
  wms.failNext({ operation: 'release', times: 2, mode: 'after' });
  shopify.failNext({ operation: 'fulfillmentCreate', times: 2, mode: 'after' });
  amazon.failNext({ operation: 'confirmShipment', times: 2, mode: 'after' });
}

function theProcess(index: number): HubProcess {
  const hub = hubs.processes[index];
  if (hub === undefined) throw new RangeError(`there is no process ${index}`);
  return hub;
}

describe('a hub that is killed again and again under load', () => {
  const ORDERS = 400;
  const LOAD_MS = 16_000;

  let postgres: RestartablePostgres;

  beforeEach(async () => {
    postgres = await startRestartablePostgres();
    await migrate(postgres.url);
    hubs = await prepareHubProcesses(1, OPENING_UNITS, {
      database: { url: postgres.url, drop: () => postgres.remove() },
      wms: WMS,
      sap: { decisionDelayMs: 100, billingDelayMs: 100 },
    });
    await theProcess(0).start();
  });

  it(
    'loses no acknowledged order, and does nothing twice, though its database is ended as well',
    async () => {
      const load = new OrderLoad(hubs, new SeededRandom(randomInt(2 ** 31)));
      const loaded = load.run(ORDERS, LOAD_MS);
      loseAnswers();
      for (let kill = 0; kill < KILLS; kill += 1) {
        await delay(randomInt(LIFE_MS_MIN, LIFE_MS_MAX));
        await theProcess(0).kill();
        await theProcess(0).start();
        if (kill === KILLS / 2) await postgres.restart('KILL', DATABASE_AWAY_MS);
      }
      await loaded;
      expect(load.acknowledged).toHaveLength(ORDERS);
      expect(hubs.world.shopify.webhooks().abandoned).toBe(0);
      await waitForAllDone(hubs.pool, ORDERS, SETTLE_MS);
      await expectNothingLostOrDoubled(hubs, load.acknowledged, OPENING_UNITS);
    },
    TEST_MS,
  );
});

describe('two hub processes on one database', () => {
  const ORDERS = 160;
  const LOAD_MS = 5_000;

  beforeEach(async () => {
    hubs = await prepareHubProcesses(2, OPENING_UNITS, {
      wms: WMS,
      sap: { decisionDelayMs: 100, billingDelayMs: 100 },
    });
    await Promise.all(hubs.processes.map((hub) => hub.start()));
  });

  it(
    'share the work; one takes over from the other when it is killed, and one that is told to stop leaves cleanly',
    async () => {
      const load = new OrderLoad(hubs, new SeededRandom(randomInt(2 ** 31)));
      const loaded = load.run(ORDERS, LOAD_MS);
      await delay(LOAD_MS / 2);
      await theProcess(0).kill();
      // Channels know one address: a balancer would send them to the process that is left.
      hubs.connectTo(theProcess(1).url);
      await delay(LOAD_MS / 4);
      expect(await theProcess(1).stop()).toBe(0);
      await theProcess(1).start();
      await loaded;
      await waitForAllDone(hubs.pool, ORDERS, SETTLE_MS);
      await expectNothingLostOrDoubled(hubs, load.acknowledged, OPENING_UNITS);
    },
    TEST_MS,
  );
});
