import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { until } from '../../test/support/until.js';
import { LOG_START, readEventsAfter } from '../../src/platform/event-log/index.js';
import { seedStock } from '../availability/testing/seed.js';
import type { OrderFactBody } from '../orders/index.js';
import { CHANNEL, channelOrder } from '../orders/testing/channel-orders.js';
import { TestHub } from '../orders/testing/hub.js';
import { Alerts, ALERTS_KEPT_DAYS, GATHER_MS, type AlertsOutside } from './alerts.service.js';
import { ALERT_STREAM, type Alert } from './alerts.types.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let database: TestDatabase;
let hub: TestHub;
let alerts: Alerts;
/** Of the alerts' clock, behind the machine's. */
let aheadMs: number;

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await TestHub.start(database.url);
  await seedStock(hub.pool, ['A', 'B'], { 'A@N1': 1_000, 'B@N1': 1_000 });
  await hub.pool.query(`insert into channel_account (id, kind, name) values ($1, 'partner', 'Shop')`, [CHANNEL]);
  await hub.pool.query(
    `insert into listing (channel, listing_sku, sku) select $1, 'L-' || sku, sku from unnest($2::text[]) as sku`,
    [CHANNEL, ['A', 'B']],
  );
  hub.tasks.register('alerts.tell', () => Promise.resolve([]));
  await hub.tasks.start();
});

afterAll(async () => {
  await hub.stop();
  await database.drop();
});

beforeEach(async () => {
  // Whatever was told of a kind is long ago.
  await hub.pool.query('truncate alert_untold, alert_told');
  aheadMs = 0;
  const clock = (): string => new Date(Date.now() + aheadMs).toISOString();
  alerts = new Alerts({ pool: hub.pool, outside: outside(), committed: () => undefined, clock });
});

function outside(): AlertsOutside {
  return { tasks: hub.tasks, consoleUrl: 'https://hub.example/console' };
}

let told = 0;

async function tell(orderId: string, body: OrderFactBody): Promise<void> {
  told += 1;
  const address = { by: 'ID', orderId } as const;
  await hub.orders.submit([
    { id: `fact/${told}`, source: 'test', occurredAt: new Date().toISOString(), address, body },
  ]);
}

/** An order whose sales order is to be posted: the standard clock gives that half an hour. */
async function place(): Promise<string> {
  const order = channelOrder({ reference: randomUUID() });
  const address = { by: 'REFERENCE', channel: CHANNEL, reference: order.reference } as const;
  const [outcome] = await hub.orders.submit([
    {
      id: `place/${order.reference}`,
      source: CHANNEL,
      occurredAt: new Date().toISOString(),
      address,
      body: { kind: 'ChannelOrderReceived', order },
    },
  ]);
  if (outcome?.orderId === undefined) throw new Error('the order was not taken');
  const { orderId } = outcome;
  // Behind the horizon of the log, which other transactions may hold back.
  await eventually('the clock runs', async () => {
    await settled();
    const { rowCount } = await hub.pool.query('select from sla_watch where order_id = $1', [orderId]);
    return rowCount === 1;
  });
  return orderId;
}

function eventually(what: string, look: () => Promise<boolean>): Promise<boolean> {
  return until(look, (seen) => seen, { what, timeoutMs: 20_000 });
}

async function settled(): Promise<void> {
  while (await alerts.sweep());
}

async function alertOf(orderId: string): Promise<Alert | undefined> {
  const [alert] = await alerts.list({ orderId, states: ['WARNING', 'BREACHED', 'ENDED'] }, undefined, 10);
  return alert;
}

async function toldOf(alertId: string): Promise<readonly string[]> {
  const events = await readEventsAfter(hub.pool, LOG_START, 10_000, { streamId: alertId });
  return events.filter(({ streamType }) => streamType === ALERT_STREAM).map(({ type }) => type);
}

describe('an alert', () => {
  it('warns before the step is late, tells that it is, and ends with the step', async () => {
    const orderId = await place();
    aheadMs = 23 * MINUTE_MS;
    await settled();
    expect(await alertOf(orderId)).toBeUndefined();
    aheadMs = 25 * MINUTE_MS;
    await settled();
    const warning = await alertOf(orderId);
    expect(warning).toMatchObject({ state: 'WARNING', version: 1, stage: 'ERP_POSTING', channel: CHANNEL });
    aheadMs = 31 * MINUTE_MS;
    await settled();
    await settled();
    expect(await alertOf(orderId)).toMatchObject({ id: warning?.id, state: 'BREACHED', version: 2 });
    await tell(orderId, { kind: 'SalesOrderPosted', salesOrder: `SO-${orderId}`, items: {} });
    await eventually('the alert ends', async () => {
      await settled();
      return (await alertOf(orderId))?.state === 'ENDED';
    });
    const events = ['AlertRaised', 'AlertBreached', 'AlertEnded'];
    await eventually('the log tells it', async () => (await toldOf(warning?.id ?? '')).length === events.length);
    expect(await toldOf(warning?.id ?? '')).toEqual(events);
    const { rows } = await hub.pool.query<{ key: string; sentence: string }>(
      `select data ->> 'key' as key, data -> 'payload' -> 'data' ->> 'sentence' as sentence from pgboss.job
       where name = 'alerts.tell' and data ->> 'key' like $1 order by 1`,
      [`alert/${warning?.id}/%`],
    );
    expect(rows.map(({ key }) => key)).toEqual([1, 2, 3].map((version) => `alert/${warning?.id}/${version}`));
    expect(rows[1]?.sentence).toMatch(/posting to the ERP is late since/);
    // The next step has a clock of its own.
    const { rows: watched } = await hub.pool.query('select stage, alert_id from sla_watch where order_id = $1', [
      orderId,
    ]);
    expect(watched).toEqual([{ stage: 'ERP_CONFIRMATION', alert_id: null }]);
  });

  it('is told together with others of its kind, and what comes within a minute is told after it', async () => {
    const early = [await place(), await place(), await place()];
    aheadMs = 25 * MINUTE_MS;
    await settled();
    const late = [await place(), await place()];
    await settled();
    const ids = await Promise.all([...early, ...late].map(async (orderId) => (await alertOf(orderId))?.id ?? ''));
    const toldNow = await toldTogether(ids);
    expect(toldNow).toEqual([ids.slice(0, 3).toSorted()]);
    aheadMs += GATHER_MS;
    await settled();
    expect(await toldTogether(ids)).toEqual([...toldNow, ids.slice(3).toSorted()]);
  });

  it('is raised as late when nobody looked in time', async () => {
    const orderId = await place();
    aheadMs = 60 * MINUTE_MS;
    await settled();
    expect(await alertOf(orderId)).toMatchObject({ state: 'BREACHED', version: 1 });
    expect(await alerts.counts()).toContainEqual({
      channel: CHANNEL,
      stage: 'ERP_POSTING',
      state: 'BREACHED',
      count: expect.any(Number) as number,
    });
  });

  it('is told once by processes that look at the same time', async () => {
    const orderId = await place();
    const other = new Alerts({
      pool: hub.pool,
      outside: outside(),
      committed: () => undefined,
      clock: () => new Date(Date.now() + aheadMs).toISOString(),
    });
    aheadMs = 25 * MINUTE_MS;
    await Promise.all([alerts, other, alerts, other].map((one) => one.sweep()));
    await settled();
    expect(await alertOf(orderId)).toMatchObject({ state: 'WARNING', version: 1 });
    expect(await alerts.list({ orderId }, undefined, 10)).toHaveLength(1);
  });

  it('ends when the step is not needed any more', async () => {
    const orderId = await place();
    aheadMs = 31 * MINUTE_MS;
    await settled();
    await tell(orderId, { kind: 'CancellationRequested', by: 'OPERATOR', reason: 'not wanted any more' });
    await tell(orderId, { kind: 'SalesOrderNotNeeded' });
    await eventually('the alert ends', async () => {
      await settled();
      return (await alertOf(orderId))?.state === 'ENDED';
    });
    const { rows } = await hub.pool.query('select from sla_watch where order_id = $1', [orderId]);
    expect(rows).toEqual([]);
  });

  it('is not raised for a step that is done, though the log that says so cannot be read yet', async () => {
    const orderId = await place();
    const writer = await hub.pool.connect();
    try {
      // Readers of the log wait behind a transaction that writes.
      await writer.query('begin');
      await writer.query('select log_tx()');
      await tell(orderId, { kind: 'SalesOrderPosted', salesOrder: `SO-${orderId}`, items: {} });
      aheadMs = 31 * MINUTE_MS;
      await settled();
      expect(await alertOf(orderId)).toBeUndefined();
    } finally {
      await writer.query('rollback');
      writer.release();
    }
    await settled();
    expect(await watchedStages(orderId)).toEqual(['ERP_CONFIRMATION']);
  });

  it('of one order is not kept back by clocks of orders that are gone', async () => {
    const gone = Array.from({ length: 501 }, () => randomUUID());
    await hub.pool.query(
      `insert into sla_watch (order_id, wait_key, channel, stage, since, warn_at, due_at, next_at)
       select id, 'ERP:POSTING', $2, 'ERP_POSTING', $3, $3, $3, $3 from unnest($1::uuid[]) as id`,
      [gone, CHANNEL, '2026-01-01T00:00:00.000Z'],
    );
    const orderId = await place();
    aheadMs = 25 * MINUTE_MS;
    await settled();
    expect(await alertOf(orderId)).toMatchObject({ state: 'WARNING' });
    const { rows } = await hub.pool.query('select from sla_watch where order_id = any($1::uuid[])', [gone]);
    expect(rows).toEqual([]);
  });

  it('is deleted a year and more after it was raised, when it is over', async () => {
    const [over, standing] = [await place(), await place()];
    aheadMs = 31 * MINUTE_MS;
    await settled();
    await tell(over, { kind: 'SalesOrderPosted', salesOrder: `SO-${over}`, items: {} });
    await eventually('the alert ends', async () => {
      await settled();
      return (await alertOf(over))?.state === 'ENDED';
    });
    aheadMs = (ALERTS_KEPT_DAYS - 1) * DAY_MS;
    await alerts.sweepHistory();
    expect(await alertOf(over)).toBeDefined();
    aheadMs = (ALERTS_KEPT_DAYS + 1) * DAY_MS;
    expect(await alerts.sweepHistory()).toBe(false);
    expect(await alertOf(over)).toBeUndefined();
    expect(await alertOf(standing)).toMatchObject({ state: 'BREACHED' });
  });
});

/** Which of these alerts each task tells, in the order in which the tasks were made. */
async function toldTogether(ids: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { rows } = await hub.pool.query<{ alerts: readonly { readonly alertId: string }[] | null }>(
    `select data -> 'payload' -> 'data' -> 'alerts' as alerts from pgboss.job where name = 'alerts.tell' order by created_on`,
  );
  return rows
    .map(({ alerts: of }) =>
      (of ?? [])
        .map(({ alertId }) => alertId)
        .filter((id) => ids.includes(id))
        .toSorted(),
    )
    .filter((of) => of.length > 0);
}

async function watchedStages(orderId: string): Promise<readonly string[]> {
  const { rows } = await hub.pool.query<{ stage: string }>('select stage from sla_watch where order_id = $1', [
    orderId,
  ]);
  return rows.map(({ stage }) => stage);
}
