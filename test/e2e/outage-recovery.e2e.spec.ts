import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMAZON_ACCOUNT, PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { migrate } from '../../src/platform/db/migrate.js';
import type { GraphOrder } from '../support/graph-order.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { NORTH_ONLY, partnerOrder, type PlacedOrder } from '../support/place-orders.js';
import {
  startRestartablePostgres,
  type DatabaseEnd,
  type RestartablePostgres,
} from '../support/restartable-postgres.js';
import { countCalls, mostWithin } from '../support/server-calls.js';
import { expectStockAddsUp } from '../support/stock-check.js';
import { until } from '../support/until.js';

const ORDERS = 16;
const LINES = [{ sku: NORTH_ONLY, quantity: 1 }];
/** What an operator lets through to the system that comes back. */
const RATE = { perSecond: 10, burst: 10 };
const SECOND = 1_000;
const WINDOWS_MS = [SECOND, 3 * SECOND] as const;
/** A breaker that is open tries again after ten seconds, a task that backed off after at most a minute. */
const RECOVERY_MS = 150_000;
const TEST_MS = 240_000;

const isReleased = ({ fulfillmentOrders: [work] }: GraphOrder): boolean => work?.status === 'RELEASED';
const isDone = ({ completedAt }: GraphOrder): boolean => completedAt !== null;

async function expectAllOnce(sut: HubUnderTest, placed: readonly PlacedOrder[]): Promise<void> {
  for (const { channel, reference } of placed)
    expectOnceOutside(sut.world, await sut.waitForOrder(channel, reference, isDone, RECOVERY_MS));
  await expectStockAddsUp(sut.pool);
}

describe('a system that was away', () => {
  let sut: HubUnderTest;

  beforeAll(async () => {
    sut = await startHubUnderTest();
  });
  afterAll(() => sut.close());

  const SYSTEMS = [
    { name: 'the ERP', system: 'sap-s4hana', of: 'ERP', door: () => sut.world.sap, channel: PARTNER_ACCOUNT },
    { name: 'the warehouse', system: 'wms', of: 'WMS', door: () => sut.world.wms, channel: PARTNER_ACCOUNT },
    { name: 'a marketplace', system: 'amazon', of: 'CHANNEL', door: () => sut.world.amazon, channel: AMAZON_ACCOUNT },
  ] as const;

  async function place(channel: string): Promise<readonly PlacedOrder[]> {
    const references: string[] = [];
    for (let order = 0; order < ORDERS; order += 1)
      references.push(channel === AMAZON_ACCOUNT ? sut.placeAmazon(LINES) : await sut.placePartner(LINES));
    return references.map((reference) => ({ channel, reference }));
  }

  async function limit(system: string): Promise<void> {
    const answer = await sut
      .http()
      .put(`/operations/v1/policies/${system}/*`)
      .set('authorization', `Bearer ${await sut.token(['policies:write'])}`)
      .send({ changes: { rate: RATE }, reason: 'It comes back slowly.' });
    expect(answer.status).toBe(204);
  }

  /** As if what they wait for had been waited for a week. */
  async function age(references: readonly string[]): Promise<void> {
    await sut.pool.query(
      `update orders set next_due_at = now(), state = jsonb_set(state::jsonb, '{waits}', (
         select jsonb_agg(jsonb_set(wait, '{since}', to_jsonb((wait ->> 'since')::timestamptz - interval '7 days')))
         from jsonb_array_elements(state::jsonb -> 'waits') as wait))::json
       where reference = any($1)`,
      [references],
    );
  }

  async function exceptions(references: readonly string[]): Promise<Readonly<Record<string, number>>> {
    const { rows } = await sut.pool.query<{ of: string; orders: number }>(
      `select x.category || ' ' || x.status as of, count(distinct o.id)::int as orders
       from exception x join orders o on o.id = x.order_id where o.reference = any($1) group by 1`,
      [references],
    );
    return Object.fromEntries(rows.map(({ of, orders }) => [of, orders]));
  }

  it.each(SYSTEMS)(
    '$name: orders come in and wait in sight; late ones are exceptions; its return brings no stampede',
    async ({ system, of, door, channel }) => {
      await limit(system);
      // A marketplace goes away between the order and its shipment: what is to be told has to wait.
      if (of === 'CHANNEL') sut.world.wms.pause();
      else door().setDown(true);
      const placed = await place(channel);
      const references = placed.map(({ reference }) => reference);
      if (of === 'CHANNEL') {
        await sut.waitForAll(placed, isReleased);
        door().setDown(true);
        sut.world.wms.resume();
      }
      const inVain = ({ waitingOn }: GraphOrder): boolean =>
        waitingOn.some((wait) => wait.system === of && wait.lastError !== null);
      for (const waiting of await sut.waitForAll(placed, inVain))
        expect(waiting.waitingOn.every(({ since, reason }) => Date.parse(since) > 0 && reason !== '')).toBe(true);

      await age(references);
      await until(
        () => exceptions(references),
        (open) => open['LATE OPEN'] === ORDERS,
        { what: 'an exception of each order', timeoutMs: 60 * SECOND },
      );
      const calls = countCalls(door().url);
      door().setDown(false);
      await expectAllOnce(sut, placed);
      calls.stop();
      for (const windowMs of WINDOWS_MS)
        expect(mostWithin(calls.at, windowMs)).toBeLessThanOrEqual(RATE.burst + (RATE.perSecond * windowMs) / SECOND);
      expect(calls.at.length).toBeGreaterThan(0);
      expect(await exceptions(references)).toEqual({ 'LATE RESOLVED': ORDERS });
    },
    TEST_MS,
  );
});

describe('a database that is ended', () => {
  const AWAY_MS = 3_000;
  let sut: HubUnderTest;
  let postgres: RestartablePostgres;

  beforeAll(async () => {
    postgres = await startRestartablePostgres();
    await migrate(postgres.url);
    sut = await startHubUnderTest({ database: { url: postgres.url, drop: () => postgres.remove() } });
  });
  afterAll(() => sut.close());

  const send = (order: { readonly reference: string }): Promise<Response> =>
    fetch(`${sut.hub.url}/channels/${PARTNER_ACCOUNT}/v1/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${sut.bearer}`,
        'content-type': 'application/json',
        'idempotency-key': order.reference,
      },
      body: JSON.stringify(order),
    });
  const health = async (path: string): Promise<number> => (await fetch(`${sut.hub.url}/${path}`)).status;

  it.each<DatabaseEnd>(['IMMEDIATE', 'KILL'])(
    'makes senders try again, and nothing else: %s',
    async (end) => {
      const before = await sut.placeEverywhere(LINES);
      const restarted = postgres.restart(end, AWAY_MS);
      const order = partnerOrder(LINES);
      const refused = await until(
        () => send(order),
        ({ status }) => status === 503,
        { what: 'a refusal', timeoutMs: AWAY_MS },
      );
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({ type: expect.stringContaining('database-unavailable') as string });
      expect(await health('livez')).toBe(200);
      expect(await health('readyz')).toBe(503);
      // What buyers order meanwhile, the channels keep and tell again.
      const meanwhile = [
        { channel: AMAZON_ACCOUNT, reference: sut.placeAmazon(LINES) },
        { channel: 'shop-eu', reference: String(sut.placeShopify(LINES)) },
      ];
      await restarted;
      await until(
        async () => (await send(order)).status,
        (status) => status === 201 || status === 200,
        { what: 'the order to be taken', timeoutMs: 30 * SECOND },
      );
      expect(await health('readyz')).toBe(200);
      await expectAllOnce(sut, [...before, ...meanwhile, { channel: PARTNER_ACCOUNT, reference: order.reference }]);
    },
    TEST_MS,
  );
});
