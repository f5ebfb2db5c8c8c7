import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StockIntake } from '../../process-apis/availability/index.js';
import { SqlCatalog } from '../../process-apis/catalog/index.js';
import { ITEMS, NODES, PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { prepareHubProcesses, type HubProcesses } from '../support/hub-outside.js';
import { buildHub, removeBuild } from '../support/hub-process.js';
import { amazonOrder, partnerOrder, shopOrder } from '../support/place-orders.js';
import { expectStockAddsUp } from '../support/stock-check.js';

const PROCESSES = 3;
const CLIENTS = 64;
const FLASH = 'FLASH-1';
const FLASH_UNITS = [180, 120] as const;
const FLASH_ORDERS = 5_000;
/** One in so many orders is an ordinary one. */
const MIXED_ONE_IN = 8;
const BUSY_TRIES_MAX = 200;
const BUILD_MS = 60_000;
const START_MS = 60_000;
const SALE_MS = 300_000;

let hubs: HubProcesses;

beforeAll(async () => {
  buildHub();
  hubs = await prepareHubProcesses(PROCESSES, 100_000, {});
  await prepareSale();
  await Promise.all(hubs.processes.map((hub) => hub.start()));
}, BUILD_MS + START_MS);

afterAll(async () => {
  await hubs.close();
  removeBuild();
});

/** One item at two nodes, and a partner whose orders do not wait. */
async function prepareSale(): Promise<void> {
  const catalog = new SqlCatalog(hubs.pool, () => undefined);
  await catalog.saveItems([{ sku: FLASH, title: 'Flash sale' }]);
  await catalog.saveListings([{ channel: PARTNER_ACCOUNT, listingSku: FLASH, sku: FLASH, listingKeys: {} }]);
  await hubs.pool.query(
    `update channel_account set settings = settings || '{"ordering": {"shortage": "REJECT"}}' where id = $1`,
    [PARTNER_ACCOUNT],
  );
  const stock = new StockIntake(hubs.pool, () => undefined);
  await stock.receive(
    NODES.map(({ id: node }, index) => ({
      id: `sale/${node}`,
      source: 'sale',
      kind: 'RECEIVED' as const,
      sku: FLASH,
      node,
      quantity: FLASH_UNITS[index] ?? 0,
      occurredAt: new Date().toISOString(),
    })),
  );
}

interface Answers {
  readonly byStatus: Map<number, number>;
  /** Milliseconds until a refused order knew. */
  readonly refusedMs: number[];
}

async function sell(answers: Answers): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    for (let order = next++; order < FLASH_ORDERS; order = next++) {
      if (order % MIXED_ONE_IN === 0) await placeMixed(order);
      const startedAt = performance.now();
      const status = await place([{ sku: FLASH, quantity: 1 }]);
      answers.byStatus.set(status, (answers.byStatus.get(status) ?? 0) + 1);
      if (status === 409) answers.refusedMs.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** Other channels and other items at the same time: each takes locks of its own. */
async function placeMixed(order: number): Promise<void> {
  const lines = Array.from({ length: 1 + (order % 3) }, (_, index) => ({
    sku: ITEMS[(order + index * 7) % ITEMS.length]?.sku ?? '',
    quantity: 1 + randomInt(3),
  }));
  if (order % 3 === 0) hubs.world.amazon.placeOrder(amazonOrder(lines));
  else if (order % 3 === 1) hubs.world.shopify.placeOrder(shopOrder(lines));
  else expect(await place(lines)).toBe(201);
}

/** Asks again while the hub says that it is busy. Gives the status of the answer. */
async function place(lines: readonly { readonly sku: string; readonly quantity: number }[]): Promise<number> {
  const order = partnerOrder(lines);
  const hub = hubs.processes[randomInt(PROCESSES)];
  for (let tries = 1; tries <= BUSY_TRIES_MAX; tries += 1) {
    const answer = await fetch(`${hub?.url}/channels/${PARTNER_ACCOUNT}/v1/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${hubs.bearer}`,
        'content-type': 'application/json',
        'idempotency-key': order.reference,
      },
      body: JSON.stringify(order),
    });
    const body = await answer.text();
    if (answer.status === 503) continue;
    if (answer.status === 409) expect(body).toContain('out-of-stock');
    return answer.status;
  }
  throw new Error('the hub stayed busy');
}

async function count(sql: string, ...values: readonly unknown[]): Promise<number> {
  const { rows } = await hubs.pool.query<{ count: number }>(`select (${sql})::int as count`, [...values]);
  return rows[0]?.count ?? 0;
}

describe('a flash sale at several hub processes, beside the usual traffic', () => {
  it(
    'sells exactly what is there; who gets nothing knows at once',
    async () => {
      const deadlocks = 'select deadlocks from pg_stat_database where datname = current_database()';
      const before = await count(deadlocks);
      const answers: Answers = { byStatus: new Map(), refusedMs: [] };
      await sell(answers);

      const units = FLASH_UNITS[0] + FLASH_UNITS[1];
      expect(Object.fromEntries(answers.byStatus)).toEqual({ 201: units, 409: FLASH_ORDERS - units });
      const claimed = `select sum(reserved) from position where sku = $1`;
      const shipped = `select -sum(delta) from movement where sku = $1 and bucket = 'onHand' and reason = 'SHIP'`;
      expect((await count(claimed, FLASH)) + (await count(shipped, FLASH))).toBe(units);
      // Whoever was told yes holds exactly one unit, and nobody else any.
      const holders = `select count(*) from orders o where exists (
                         select 1 from json_array_elements(o.state->'lines') l
                         where l->>'sku' = $1 and (l->'quantities'->>'cancelled')::int = 0)`;
      expect(await count(holders, FLASH)).toBe(units);
      expect(await count(deadlocks)).toBe(before);
      await expectStockAddsUp(hubs.pool);
      answers.refusedMs.sort((a, b) => a - b);
      const p99 = answers.refusedMs[Math.floor(answers.refusedMs.length * 0.99)] ?? 0;
      console.log(`refused orders knew it after ${Math.round(p99)} ms at the 99th percentile`);
    },
    SALE_MS,
  );
});
