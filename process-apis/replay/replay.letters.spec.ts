import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { TaskQueue } from '../../src/platform/jobs/index.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { tellOrdersGivenUp } from '../fulfillment/index.js';
import { openIntake } from '../intake/testing/open-intake.js';
import { ReplayDesk, ReplayWorker, type ReplayRun } from './index.js';

const SHOP = 'shop-eu';

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let tasks: TaskQueue;
let desk: ReplayDesk;
let worker: ReplayWorker;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 8);
  orders = await SeededOrders.open(pool);
  const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));
  const { messages } = openIntake(pool, orders.commit, cipher, { account });
  tasks = new TaskQueue(pool);
  await tasks.start();
  desk = new ReplayDesk(pool);
  worker = new ReplayWorker({ pool, messages, orders: orders.commit, reader: orders.reader, tasks });
});

afterAll(async () => {
  await tasks.stop(1_000);
  await orders.close();
  await pool.end();
  await database.drop();
});

async function account(id: string): Promise<ChannelAccount> {
  return { id, kind: 'test', name: id, active: true, settings: {} };
}

async function replay(): Promise<ReplayRun> {
  const selection = { type: 'erp.post-sales-order' };
  const { id } = await desk.start({ kind: 'DEAD_LETTERS', selection, dryRun: false, perSecond: 1_000, actor: 'ada' });
  while ((await desk.run(id)).status === 'RUNNING') await worker.sweep();
  return desk.run(id);
}

async function retry(orderId: string, id: string): Promise<void> {
  const address = { by: 'ID', orderId } as const;
  await orders.commit.submit([
    { id, source: 'test', occurredAt: new Date().toISOString(), address, body: { kind: 'RetryRequested' } },
  ]);
}

describe('a replay of the dead letter of an order’s step', () => {
  const kind = 'erp.post-sales-order';

  async function parkedStep(reference: string): Promise<{ readonly orderId: string; readonly letterId: string }> {
    await orders.accept(SHOP, [reference]);
    const orderId = (await orders.reader.byReference(SHOP, reference))?.id ?? '';
    const { rows } = await pool.query<{ id: string }>(
      `with gone as (delete from pgboss.job where name = $1 and data -> 'payload' ->> 'orderId' = $2 returning data)
       insert into pgboss.job (name, data, source_name, source_output)
       select 'dead-letter', data, $1, '{"error": "the process ended at each try"}' from gone returning id`,
      [kind, orderId],
    );
    return { orderId, letterId: rows[0]?.id ?? '' };
  }

  async function giveUp(orderId: string): Promise<void> {
    const run = { kind, key: orderId, payload: { orderId }, attempt: 3_011, lastTry: true };
    await tellOrdersGivenUp(orders.commit, orders.reader)([run], 'the process ended at each try');
  }

  async function live(orderId: string): Promise<number> {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from pgboss.job where name = $1 and state < 'completed' and data -> 'payload' ->> 'orderId' = $2`,
      [kind, orderId],
    );
    return rows[0]?.count ?? 0;
  }

  it('that was given up is told to the order, so that a person can ask for it again', async () => {
    const { orderId } = await parkedStep('GIVEN-UP');
    await retry(orderId, 'retry-untold');
    expect(await live(orderId)).toBe(0);
    await giveUp(orderId);
    await giveUp(orderId);
    expect((await orders.reader.byIds([orderId])).get(orderId)?.waits[0]?.failure).toMatchObject({ final: true });
    await retry(orderId, 'retry-told');
    expect(await live(orderId)).toBe(1);
  });

  it('and a person’s retry make one task, whoever comes first', async () => {
    const first = await parkedStep('REPLAY-FIRST');
    const second = await parkedStep('RETRY-FIRST');
    const untold = await parkedStep('UNTOLD');
    for (const { orderId } of [first, second]) await giveUp(orderId);
    await retry(second.orderId, 'retry-before');
    const run = await replay();
    // With the one of the test before, which a person has asked for again too.
    expect(run).toMatchObject({ lookedAt: 4, changed: 2, refused: 0 });
    const changes = await desk.changes(run.id, undefined, 10);
    const redriven = [first, untold].map(({ letterId }) => `task/${letterId}`);
    expect(changes.map(({ subject }) => subject).toSorted()).toEqual(redriven.toSorted());
    await retry(first.orderId, 'retry-after');
    for (const { orderId } of [first, second, untold]) expect(await live(orderId)).toBe(1);
    expect(await replay()).toMatchObject({ lookedAt: 0 });
  });
});
