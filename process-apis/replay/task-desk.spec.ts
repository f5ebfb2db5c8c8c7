import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudits } from '../../src/platform/audit/index.js';
import { TaskQueue } from '../../src/platform/jobs/index.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { tellOrdersGivenUp } from '../fulfillment/index.js';
import { TaskDesk, TASKS_AT_ONCE_MAX, type TaskAnswer } from './index.js';

const SHOP = 'shop-eu';
const KIND = 'erp.post-sales-order';

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let tasks: TaskQueue;
let desk: TaskDesk;
let asked = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 8);
  orders = await SeededOrders.open(pool);
  tasks = new TaskQueue(pool, undefined, 'orderId');
  await tasks.start();
  desk = new TaskDesk({ pool, orders: orders.commit, reader: orders.reader, tasks });
});

afterAll(async () => {
  await tasks.stop(1_000);
  await orders.close();
  await pool.end();
  await database.drop();
});

/** An order whose posting became a dead letter; `told` the order knows. */
async function parkedStep(reference: string, told: boolean): Promise<{ orderId: string; letterId: string }> {
  await orders.accept(SHOP, [reference]);
  const orderId = (await orders.reader.byReference(SHOP, reference))?.id ?? '';
  const { rows } = await pool.query<{ id: string }>(
    `with gone as (delete from pgboss.job where name = $1 and data -> 'payload' ->> 'orderId' = $2 returning data)
     insert into pgboss.job (name, data, source_name, source_output)
     select 'dead-letter', data, $1, '{"error": "refused"}' from gone returning id`,
    [KIND, orderId],
  );
  const run = { kind: KIND, key: orderId, payload: { orderId }, attempt: 3_011, lastTry: true };
  if (told) await tellOrdersGivenUp(orders.commit, orders.reader)([run], 'refused');
  return { orderId, letterId: rows[0]?.id ?? '' };
}

async function live(orderId: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count from pgboss.job
     where name = $1 and state < 'completed' and data -> 'payload' ->> 'orderId' = $2`,
    [KIND, orderId],
  );
  return rows[0]?.count ?? 0;
}

function redrive(ids: readonly string[], idempotencyKey = `key-${(asked += 1)}`): Promise<TaskAnswer> {
  return desk.redrive({ ids, actor: 'ada', idempotencyKey });
}

function codesOf(answer: TaskAnswer): readonly string[] {
  return answer.result === 'DONE' ? answer.outcomes.map(({ code }) => code ?? 'DONE') : [answer.result];
}

describe('what a person does about dead letters', () => {
  it('makes one task of a step, whether its order knows of the failure or not, and however often it is asked for', async () => {
    const told = await parkedStep('DESK-TOLD', true);
    const untold = await parkedStep('DESK-UNTOLD', false);
    const ids = [told.letterId, untold.letterId];
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect(codesOf(await redrive([...ids, unknown]))).toEqual(['DONE', 'DONE', 'NOT_FOUND']);
    expect(codesOf(await redrive(ids))).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    expect([await live(told.orderId), await live(untold.orderId)]).toEqual([1, 1]);
    const audits = await readAudits(pool, 'task', ids, 10);
    const outcomes = Map.groupBy(audits, ({ subjectId }) => subjectId);
    for (const id of ids)
      expect(outcomes.get(id)?.map(({ actor, action, outcome }) => [actor, action, outcome])).toEqual([
        ['ada', 'REDRIVE_TASK', 'NOT_FOUND'],
        ['ada', 'REDRIVE_TASK', 'DONE'],
      ]);
  });

  it('leaves alone what the order has done already, and makes no second task', async () => {
    const { orderId, letterId } = await parkedStep('DESK-RETRIED', true);
    const address = { by: 'ID', orderId } as const;
    const occurredAt = new Date().toISOString();
    await orders.commit.submit([{ id: 'retry', source: 'x', occurredAt, address, body: { kind: 'RetryRequested' } }]);
    expect(codesOf(await redrive([letterId]))).toEqual(['UNDER_WAY']);
    expect(await live(orderId)).toBe(1);
    const discarded = await desk.discard({
      ids: [letterId],
      reason: 'done',
      actor: 'ada',
      idempotencyKey: 'discard-1',
    });
    expect(codesOf(discarded)).toEqual(['DONE']);
    expect(await tasks.deadLetters({ ids: [letterId] }, { limit: 1 })).toEqual([]);
    const [entry] = await readAudits(pool, 'task', [letterId], 1);
    expect(entry).toMatchObject({ action: 'DISCARD_TASK', input: { kind: KIND, key: orderId, reason: 'done' } });
  });

  it('answers the same request as the first time, and refuses a key that was used for something else', async () => {
    const { letterId } = await parkedStep('DESK-TWICE', true);
    const first = await redrive([letterId], 'the-same-key');
    expect(first).toMatchObject({ result: 'DONE', duplicate: false, outcomes: [{ taskId: letterId, taken: true }] });
    const again = await redrive([letterId], 'the-same-key');
    expect(again).toMatchObject({ result: 'DONE', duplicate: true, outcomes: [{ taskId: letterId, taken: true }] });
    const other = await desk.discard({ ids: [letterId], reason: 'x', actor: 'ada', idempotencyKey: 'the-same-key' });
    expect(other).toEqual({ result: 'KEY_REUSED' });
    await expect(redrive(Array.from({ length: TASKS_AT_ONCE_MAX + 1 }, (_, n) => String(n)))).rejects.toThrow(
      RangeError,
    );
  });
});
