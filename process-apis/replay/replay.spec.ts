import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { ChannelFact } from '../../src/model/channel-order.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { TaskQueue, type TaskRun } from '../../src/platform/jobs/index.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { until } from '../../test/support/until.js';
import { keepNotTaken, keptFacts, type SqlIntake, type StoredMessages } from '../intake/index.js';
import { openIntake } from '../intake/testing/open-intake.js';
import type { OrderCommit, OrderFact, OrderFactBody } from '../orders/index.js';
import { ReplayDesk, ReplayWorker, type ReplayRequest, type ReplayRun } from './index.js';

const SHOP = 'shop-eu';
const ISSUED_AT = '2026-03-01T10:00:00.000Z';
const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let tasks: TaskQueue;
let intake: SqlIntake;
let messages: StoredMessages;
let desk: ReplayDesk;
let worker: ReplayWorker;
/** The interpreter has a fault. */
let faulty = false;
const calls: TaskRun[] = [];
let outsideRefuses = true;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 8);
  orders = await SeededOrders.open(pool);
  ({ intake, messages } = openIntake(pool, orders.commit, cipher, { account: async (id) => accountOf(id) }));
  intake.register('test', (_account, _topic, body) => {
    if (faulty) throw new TypeError('the mapper has a fault');
    return { outcome: 'FACTS', facts: JSON.parse(body.toString('utf8')) as readonly ChannelFact[] };
  });
  tasks = new TaskQueue(pool);
  tasks.register('test.call', async (runs) => {
    calls.push(...runs);
    return runs.map(() => (outsideRefuses ? { outcome: 'DEAD', error: 'refused' } : { outcome: 'DONE' }));
  });
  await tasks.start();
  await tasks.work();
  desk = new ReplayDesk(pool);
  worker = workerOver(orders.commit);
});

afterEach(async () => {
  faulty = false;
  await pool.query(`update replay_run set status = 'STOPPED' where status = 'RUNNING'`);
});

afterAll(async () => {
  await tasks.stop(1_000);
  await orders.close();
  await pool.end();
  await database.drop();
});

function accountOf(id: string): ChannelAccount {
  return { id, kind: 'test', name: id, active: true, settings: {} };
}

function workerOver(door: OrderCommit): ReplayWorker {
  return new ReplayWorker({ pool, messages, orders: door, reader: orders.reader, tasks });
}

function asked(given: Partial<ReplayRequest>): ReplayRequest {
  return { kind: 'MESSAGES', selection: {}, dryRun: false, perSecond: 1_000, actor: 'ada', ...given };
}

async function replay(given: Partial<ReplayRequest>, by = worker): Promise<ReplayRun> {
  const { id } = await desk.start(asked(given));
  return finish(id, by);
}

async function finish(id: string, by = worker): Promise<ReplayRun> {
  while ((await desk.run(id)).status === 'RUNNING') await by.sweep();
  return desk.run(id);
}

function refund(reference: string, refundId: string): ChannelFact {
  const amount = { minor: 100, currency: 'EUR' };
  return { kind: 'REFUND_ISSUED', reference, refundId, issuedAt: ISSUED_AT, amount, lines: [] };
}

async function tell(topic: string, messageId: string, fact: ChannelFact): Promise<void> {
  await intake.receive({ account: accountOf(SHOP), topic, messageId, body: Buffer.from(JSON.stringify([fact])) });
}

/** All that a dry run must leave alone, as counts and digests. */
async function world(): Promise<object | undefined> {
  const { rows } = await pool.query<object>(
    `select (select count(*) from event_log) as events, (select count(*) from movement) as movements,
            (select md5(string_agg(id || outcome::text, ',' order by id)) from fact) as facts,
            (select md5(string_agg(id || version::text, ',' order by id)) from orders) as orders,
            (select md5(string_agg(id || status, ',' order by id)) from message) as messages,
            (select md5(string_agg(p::text, ',' order by sku, node)) from position p) as stock,
            (select count(*) from pgboss.job) as jobs`,
  );
  return rows[0];
}

async function dead(): Promise<number> {
  return (await tasks.deadLetters({ kinds: ['test.call'] }, { limit: 10 })).length;
}

async function refundsOf(reference: string): Promise<number> {
  return (await orders.order(SHOP, reference)).refunds.length;
}

/** A fact that its order refuses as long as the work is not with the warehouse. */
async function refusedPick(reference: string): Promise<OrderFact> {
  await orders.accept(SHOP, [reference]);
  const order = await orders.order(SHOP, reference);
  const [fo] = order.fulfillmentOrders;
  if (fo === undefined) throw new Error('nothing was reserved');
  const lines = fo.lines.map(({ lineId }) => ({ lineId, quantity: 1 }));
  const body: OrderFactBody = { kind: 'FulfillmentPicked', fulfillmentOrderId: fo.id, lines };
  const fact: OrderFact = {
    id: `wms/pick-${reference}`,
    source: 'wms',
    occurredAt: ISSUED_AT,
    address: { by: 'FULFILLMENT_ORDER', fulfillmentOrderId: fo.id },
    body,
  };
  expect(await orders.commit.submit([fact])).toMatchObject([{ result: 'REJECTED' }]);
  return fact;
}

async function release(reference: string): Promise<void> {
  const order = await orders.order(SHOP, reference);
  const at = { by: 'ID', orderId: order.id } as const;
  const items = Object.fromEntries(order.lines.map((line) => [line.id, String(line.number * 10)]));
  const salesOrder = `SO-${reference}`;
  await orders.tell('sap', at, { kind: 'SalesOrderPosted', salesOrder, items });
  await orders.tell('sap', at, { kind: 'SalesOrderConfirmed', salesOrder });
  for (const { id } of order.fulfillmentOrders)
    await orders.tell('wms', at, { kind: 'FulfillmentReleased', fulfillmentOrderId: id, wmsReference: id });
}

describe('a replay of messages', () => {
  beforeAll(async () => {
    await orders.accept(SHOP, ['M-0', 'M-1', 'M-2', 'M-3', 'M-4']);
    faulty = true;
    for (let n = 0; n < 5; n += 1) await tell('refunds/create', `m-${n}`, refund(`M-${n}`, 'r-1'));
    await tell('returns/open', 'm-other', refund('M-0', 'r-2'));
    faulty = false;
  });

  it('says first what would change, and changes nothing', async () => {
    const before = await world();
    const run = await replay({ selection: { channel: SHOP, type: 'refunds/create' }, dryRun: true });
    expect(run).toMatchObject({ status: 'DONE', lookedAt: 6, changed: 5, refused: 0, requestedBy: 'ada' });
    expect(await world()).toEqual(before);
    const changes = await desk.changes(run.id, undefined, 10);
    expect(changes).toHaveLength(5);
    expect(changes[0]).toMatchObject({
      outcome: 'CHANGED',
      detail: { what: 'shop-eu refunds/create', before: 'REFUSED', after: 'COMMITTED' },
    });
    expect(changes.map(({ detail }) => detail.orders?.[0])).toContainEqual(
      expect.objectContaining({ channel: SHOP, reference: 'M-3', events: ['RefundIssued'] }),
    );
  });

  it('then runs, and a second run changes nothing', async () => {
    const selection = { channel: SHOP, type: 'RefundIssued', from: '2026-01-01T00:00:00Z' };
    expect(await replay({ selection: { ...selection, to: '2026-01-02T00:00:00Z' } })).toMatchObject({ lookedAt: 0 });
    expect(await replay({ selection })).toMatchObject({ status: 'DONE', changed: 6, refused: 0 });
    expect(await refundsOf('M-0')).toBe(2);
    expect(await refundsOf('M-4')).toBe(1);
    const before = await world();
    expect(await replay({ selection })).toMatchObject({ changed: 0, unchanged: 6 });
    expect(await world()).toEqual(before);
  });

  it('goes on where a process died, and does nothing twice', async () => {
    const references = Array.from({ length: 120 }, (_, n) => `K-${n}`);
    await orders.accept(SHOP, references);
    faulty = true;
    for (const reference of references) await tell('kill/refund', `k-${reference}`, refund(reference, 'k-1'));
    faulty = false;
    const { id } = await desk.start(asked({ selection: { channel: SHOP, type: 'kill/refund' } }));
    // Dies in the middle of the second slice: what it did of it is not noted, and its lease is not given back.
    const submit = orders.commit.submit.bind(orders.commit);
    let left = 70;
    const dying = Object.assign(Object.create(orders.commit) as OrderCommit, {
      submit: (...facts: Parameters<typeof submit>) => {
        left -= 1;
        if (left < 0) throw Object.assign(new Error('killed'), { code: 'ECONNRESET' });
        return submit(...facts);
      },
    });
    const { messages: dyingMessages } = openIntake(pool, dying, cipher, { account: async () => undefined });
    dyingMessages.register({ owns: () => true, read: async (message) => (await messages.read(message.id)).reading });
    const doomed = new ReplayWorker({ pool, messages: dyingMessages, orders: dying, reader: orders.reader, tasks });
    await expect(doomed.sweep()).rejects.toThrow('killed');
    expect(await desk.run(id)).toMatchObject({ status: 'RUNNING' });
    expect((await desk.run(id)).changed).toBeLessThan(70);
    const done = await Promise.all([finish(id), finish(id, workerOver(orders.commit))]);
    expect(done[0]).toMatchObject({ status: 'DONE', refused: 0 });
    const { rows } = await pool.query<{ refunds: number }>(
      `select count(*)::int as refunds from event_log where type = 'RefundIssued' and fact_id like '%/refund/k-1'`,
    );
    expect(rows[0]?.refunds).toBe(120);
  });

  it('keeps to its rate, and can be stopped and resumed', async () => {
    const selection = { channel: SHOP, type: 'kill/refund' };
    const began = Date.now();
    const { id } = await desk.start(asked({ selection, perSecond: 40 }));
    await expect(desk.start(asked({ selection, dryRun: true }))).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    const working = worker.sweep();
    await until(
      () => desk.run(id),
      ({ lookedAt }) => lookedAt > 0,
      { what: 'the first slice', timeoutMs: 30_000 },
    );
    expect((await desk.run(id)).working).toBe(true);
    await desk.stop(id, 'ada');
    await working;
    const stopped = await desk.run(id);
    expect(stopped).toMatchObject({ status: 'STOPPED', working: false });
    expect(stopped.lookedAt).toBeLessThanOrEqual(80);
    await desk.resume(id, 'ada');
    const done = await finish(id);
    expect(done).toMatchObject({ status: 'DONE', unchanged: 120 });
    expect(Date.now() - began).toBeGreaterThan(1_500);
    const { rows } = await pool.query('select action from audit where subject_id = $1 order by id', [id]);
    expect(rows).toEqual([{ action: 'START_REPLAY' }, { action: 'STOP_REPLAY' }, { action: 'RESUME_REPLAY' }]);
  });
});

describe('a replay of facts', () => {
  it('decides anew on what a node told and was refused, and on nothing else', async () => {
    await refusedPick('F-1');
    await refusedPick('F-2');
    await release('F-1');
    const selection = { node: 'dc-north', type: 'FulfillmentPicked' };
    const dry = await replay({ kind: 'FACTS', selection, dryRun: true });
    expect(dry).toMatchObject({ changed: 1, refused: 1 });
    const changed = (await desk.changes(dry.id, undefined, 10)).find(({ outcome }) => outcome === 'CHANGED');
    expect(changed).toMatchObject({
      subject: 'fact/wms/pick-F-1',
      detail: { orders: [{ reference: 'F-1', lines: [{ after: { picked: 1 } }, { after: { picked: 1 } }] }] },
    });
    expect(await replay({ kind: 'FACTS', selection: { ...selection, node: 'dc-south' } })).toMatchObject({
      changed: 0,
    });
    expect(await replay({ kind: 'FACTS', selection })).toMatchObject({ changed: 1, refused: 1 });
    expect(await replay({ kind: 'FACTS', selection })).toMatchObject({ changed: 0, refused: 1 });
    const { lines } = await orders.order(SHOP, 'F-1');
    expect(lines.map(({ quantities }) => quantities.picked)).toEqual([1, 1]);
  });

  it('takes stock facts that were refused at a node, once', async () => {
    const fact = { id: 'wms/s-1', source: 'wms', kind: 'RECEIVED', sku: 'NEW', node: 'dc-north', quantity: 7 } as const;
    const rows = keptFacts(cipher, 'wms', 'events', [
      { fact: { ...fact, occurredAt: ISSUED_AT }, reason: 'UNKNOWN_ITEM', detail: 'There is no item "NEW".' },
    ]);
    await keepNotTaken(pool, rows);
    const request = { kind: 'FACTS', selection: { node: 'dc-north', type: 'RECEIVED' } } as const;
    expect(await replay(request)).toMatchObject({ refused: 1 });
    await pool.query(`insert into item (sku, title) values ('NEW', 'New')`);
    expect(await replay({ ...request, dryRun: true })).toMatchObject({ changed: 1 });
    expect(await replay(request)).toMatchObject({ changed: 1 });
    expect(await replay(request)).toMatchObject({ lookedAt: 0, changed: 0 });
    const { rows: positions } = await pool.query(`select on_hand from position where sku = 'NEW'`);
    expect(positions).toEqual([{ on_hand: 7 }]);
  });
});

describe('a replay of one order', () => {
  it('takes what is open of it, and nothing of others', async () => {
    await refusedPick('O-1');
    await refusedPick('O-2');
    await Promise.all([release('O-1'), release('O-2')]);
    const { id: orderId } = await orders.order(SHOP, 'O-1');
    expect(await replay({ kind: 'ORDER', selection: { orderId } })).toMatchObject({ changed: 1, unchanged: 1 });
    expect((await orders.order(SHOP, 'O-2')).lines[0]?.quantities).not.toHaveProperty('picked', 1);
    await tell('refunds/create', 'o-late', refund('O-9', 'r'));
    const byReference = { kind: 'ORDER', selection: { channel: SHOP, reference: 'O-9' } } as const;
    expect(await replay(byReference)).toMatchObject({ refused: 1 });
    await expect(
      desk.start(asked({ kind: 'ORDER', selection: { channel: SHOP, reference: 'NONE' } })),
    ).rejects.toMatchObject({ code: 'UNKNOWN_ORDER', pointer: '/selection/reference' });
  });

  it('tells where the stored order is not what its events say', async () => {
    await orders.accept(SHOP, ['O-3']);
    await orders.fulfill(SHOP, 'O-3');
    const { id: orderId } = await orders.order(SHOP, 'O-3');
    expect(await replay({ kind: 'ORDER', selection: { orderId } })).toMatchObject({ changed: 0, unchanged: 1 });
    await pool.query(
      `update orders set state = jsonb_set(state::jsonb, '{lines,0,quantities,shipped}', '1')::json where id = $1`,
      [orderId],
    );
    const run = await replay({ kind: 'ORDER', selection: { orderId } });
    expect(await desk.changes(run.id, undefined, 10)).toMatchObject([
      {
        outcome: 'DIFFERS',
        detail: { differences: [{ pointer: '/lines/0/quantities/shipped', stored: 1, rebuilt: 2 }] },
      },
    ]);
  });
});

describe('a replay of dead letters', () => {
  it('enqueues each once more under its own key, and tells that an earlier try may have had its effect', async () => {
    outsideRefuses = true;
    const keys = ['a', 'b', 'c'];
    await inTransaction(pool, (tx) =>
      tasks.enqueue(
        tx,
        keys.map((key) => ({ kind: 'test.call', key, payload: { orderId: key } })),
      ),
    );
    await until(dead, (count) => count === 3, { what: 'dead letters', timeoutMs: 30_000 });
    const request = { kind: 'DEAD_LETTERS', selection: { type: 'test' } } as const;
    const dry = await replay({ ...request, dryRun: true });
    expect(dry).toMatchObject({ changed: 3 });
    expect((await desk.changes(dry.id, undefined, 10))[0]).toMatchObject({
      detail: { what: 'test.call', reason: 'refused' },
    });
    expect(await dead()).toBe(3);
    outsideRefuses = false;
    calls.length = 0;
    expect(await replay(request)).toMatchObject({ status: 'DONE', changed: 3 });
    await until(
      () => calls.length,
      (count) => count === 3,
      { what: 'the calls', timeoutMs: 30_000 },
    );
    expect(calls.map(({ key }) => key).toSorted()).toEqual(keys);
    expect(calls.every(({ attempt }) => attempt > 0)).toBe(true);
    expect(await replay(request)).toMatchObject({ lookedAt: 0 });
    expect(calls).toHaveLength(3);
  }, 60_000);
});

describe('a request that cannot be done', () => {
  it.each([
    [{ selection: {} }, '/selection', 'name a channel'],
    [{ selection: { channel: SHOP, node: 'dc-north' } }, '/selection/node', 'not by node'],
    [{ selection: { channel: SHOP, from: 'yesterday' } }, '/selection/from', 'is no instant'],
    [
      { selection: { channel: SHOP, from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' } },
      '/selection/to',
      'nothing lies between',
    ],
    [{ selection: { channel: SHOP }, perSecond: 0 }, '/perSecond', '1 to 1000'],
    [{ kind: 'ORDER', selection: { orderId: 'x' } }, '/selection/orderId', 'no id'],
    [{ kind: 'ORDER', selection: { channel: SHOP } }, '/selection', 'by its id, or by its channel and reference'],
  ] as const)('is refused with the place: %j', async (given, pointer, sentence) => {
    const refused = desk.start(asked(given));
    await expect(refused).rejects.toMatchObject({ pointer, message: expect.stringContaining(sentence) as string });
  });

  it('is refused for runs that are not there or not of that state', async () => {
    const nobody = '01900000-0000-7000-8000-000000000000';
    await expect(desk.stop(nobody, 'ada')).rejects.toMatchObject({ code: 'UNKNOWN_RUN' });
    const { id } = await replay({ selection: { channel: 'nobody' } });
    await expect(desk.stop(id, 'ada')).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await expect(desk.resume(id, 'ada')).rejects.toMatchObject({ code: 'NOT_STOPPED' });
    expect((await desk.runs(undefined, 1))[0]?.id).toBe(id);
  });
});
