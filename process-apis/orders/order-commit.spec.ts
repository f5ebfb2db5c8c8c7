import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { until } from '../../test/support/until.js';
import type { ChannelOrder } from '../../src/model/channel-order.js';
import type { Order } from '../../src/model/order.js';
import { findUnexplainedPositions, readPositions } from '../availability/index.js';
import { seedStock } from '../availability/testing/seed.js';
import type { OrderFact, OrderFactBody } from './orders.facts.js';
import { CHANNEL, channelLine, channelOrder, versionAt } from './testing/channel-orders.js';
import { TestHub } from './testing/hub.js';

const SKUS = ['A', 'B', 'HOT', 'C0', 'C1', 'C2', 'C3'];

let database: TestDatabase;
let one: TestHub;
let two: TestHub;

beforeAll(async () => {
  database = await createTestDatabase();
  [one, two] = await Promise.all([TestHub.start(database.url), TestHub.start(database.url)]);
  const crowd = Object.fromEntries(SKUS.slice(3).map((sku) => [`${sku}@N1`, 100]));
  await seedStock(one.pool, SKUS, { 'A@N1': 1_000, 'B@N1': 1_000, 'HOT@N1': 30, 'HOT@N2': 20, ...crowd });
  await one.pool.query(`insert into channel_account (id, kind, name) values ($1, 'partner', 'Shop')`, [CHANNEL]);
  await one.pool.query(
    `insert into listing (channel, listing_sku, sku) select $1, 'L-' || sku, sku from unnest($2::text[]) as sku`,
    [CHANNEL, SKUS],
  );
});

afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await database.drop();
});

function received(reference: string, given: Partial<ChannelOrder> = {}, id = `order/${reference}`): OrderFact {
  const order = channelOrder({ reference, ...given });
  return about(reference, id, { kind: 'ChannelOrderReceived', order });
}

function about(reference: string, id: string, body: OrderFactBody): OrderFact {
  return {
    id,
    source: CHANNEL,
    occurredAt: '2026-01-01T00:00:00.000Z',
    address: { by: 'REFERENCE', channel: CHANNEL, reference },
    body,
  };
}

async function stored(reference: string): Promise<Order> {
  const { rows } = await one.pool.query<{ state: Order }>('select state from orders where reference = $1', [reference]);
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} orders have the reference ${reference}`);
  return row.state;
}

async function count(sql: string, ...values: readonly unknown[]): Promise<number> {
  const { rows } = await one.pool.query<{ count: number }>(`select count(*)::int as count from ${sql}`, [...values]);
  return rows[0]?.count ?? 0;
}

function tasksOf(orderId: string): Promise<number> {
  return count(`pgboss.job where data -> 'payload' ->> 'orderId' = $1`, orderId);
}

describe('the one door', () => {
  it('takes the same fact, ten times at once through two processes, once', async () => {
    const fact = received('SAME');
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? one : two).orders.submit([fact])),
    );
    const { id, version } = await stored('SAME');
    expect(outcomes.flat().filter((outcome) => !outcome.duplicate)).toHaveLength(1);
    expect(new Set(outcomes.flat().map((outcome) => outcome.orderId))).toEqual(new Set([id]));
    expect(await count('event_log where stream_id = $1', id)).toBe(version);
    expect(await tasksOf(id)).toBe(1);
    expect((await two.orders.submit([fact]))[0]).toMatchObject({ result: 'APPLIED', duplicate: true, orderId: id });
  });

  it('accepts one new order that two processes hear of under different facts, in overlapping batches', async () => {
    const references = Array.from({ length: 20 }, (_, index) => `BOTH-${index}`);
    const pushed = references.map((reference) => one.orders.submit([received(reference, {}, `push/${reference}`)]));
    const polled = references
      .toReversed()
      .map((reference) => two.orders.submit([received(reference, {}, `poll/${reference}`)]));
    await Promise.all([...pushed, ...polled]);
    for (const reference of references) {
      const order = await stored(reference);
      expect(order.fulfillmentOrders).toHaveLength(1);
      expect(await tasksOf(order.id)).toBe(1);
    }
  });

  it('takes different facts about one order from two processes, one after the other', async () => {
    await one.orders.submit([received('BUSY')]);
    const facts = Array.from({ length: 30 }, (_, index) =>
      about('BUSY', `refund/${index}`, {
        kind: 'RefundIssued',
        refundId: `RF-${index}`,
        issuedAt: versionAt(index),
        amount: { minor: 1, currency: 'EUR' },
      }),
    );
    await Promise.all(facts.map((fact, index) => (index % 2 === 0 ? one : two).orders.submit([fact])));
    const order = await stored('BUSY');
    expect(order.refunds).toHaveLength(30);
    expect(order.version).toBe(await count('event_log where stream_id = $1', order.id));
  });

  it('decides behind whoever has the order, also where nothing comes of it', async () => {
    await one.orders.submit([received('LOCKED')]);
    const { id } = await stored('LOCKED');
    const other = await two.pool.connect();
    try {
      await other.query('begin');
      await other.query('select 1 from orders where id = $1 for update', [id]);
      let isDecided = false;
      const decided = one.orders
        .submit([about('LOCKED', 'reconsidered', { kind: 'Reconsidered' })])
        .finally(() => (isDecided = true));
      await until(
        () => count("pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"),
        (waiting) => waiting > 0,
        { what: 'the lock is waited for', timeoutMs: 30_000 },
      );
      expect(isDecided).toBe(false);
      await other.query('commit');
      expect(await decided).toMatchObject([{ result: 'UNCHANGED' }]);
    } finally {
      other.release();
    }
  });

  it('sees the facts before it in the same batch', async () => {
    const cancel = about('TOGETHER', 'cancel/TOGETHER', {
      kind: 'CancellationRequested',
      by: 'CHANNEL',
      reason: 'buyer',
    });
    const [accepted, cancelled] = await one.orders.submit([received('TOGETHER'), cancel]);
    expect([accepted?.result, cancelled?.result]).toEqual(['APPLIED', 'APPLIED']);
    expect((await stored('TOGETHER')).lines.map((line) => line.quantities.cancelled)).toEqual([3, 2]);
  });

  it('does not keep a fact whose order is not there yet: it may come again', async () => {
    const fact = about('LATER', 'reconsidered/LATER', { kind: 'Reconsidered' });
    expect(await one.orders.submit([fact])).toMatchObject([{ result: 'UNKNOWN_ORDER', duplicate: false }]);
    await one.orders.submit([received('LATER')]);
    expect(await one.orders.submit([fact])).toMatchObject([{ result: 'UNCHANGED', duplicate: false }]);
  });

  it('tells another content under a known id from a repetition', async () => {
    const fact = { ...received('DIGEST'), digest: 'a' };
    await one.orders.submit([fact]);
    expect(await two.orders.submit([fact])).toMatchObject([{ duplicate: true, digestDiffers: false }]);
    expect(await two.orders.submit([{ ...fact, digest: 'b' }])).toMatchObject([
      { duplicate: true, digestDiffers: true },
    ]);
  });
});

describe('a hot item', () => {
  it('is claimed as often as it is there by 200 orders of two processes, and the others wait', async () => {
    const references = Array.from({ length: 200 }, (_, index) => `HOT-${index}`);
    const queue = references.map((reference, index) => ({ reference, hub: index % 2 === 0 ? one : two }));
    const caller = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        await next.hub.orders.submit([received(next.reference, { lines: [channelLine('HOT', 1)] })]);
    };
    await Promise.all(Array.from({ length: 64 }, caller));

    expect((await readPositions(one.pool, ['HOT'])).map((at) => [at.onHand, at.reserved])).toEqual([
      [30, 30],
      [20, 20],
    ]);
    expect(await count(`orders where reference like 'HOT-%' and status = 'RESERVED'`)).toBe(50);
    expect(await count(`orders where reference like 'HOT-%' and waiting_keys = '{STOCK:HOT}'`)).toBe(150);
  });

  it('does not deadlock orders that name several items in different orders', async () => {
    const skus = SKUS.slice(3);
    const orders = Array.from({ length: 120 }, (_, index) => {
      const rotated = [...skus.slice(index % 4), ...skus.slice(0, index % 4)];
      return received(`MIX-${index}`, { lines: rotated.map((sku) => channelLine(sku, 1)) });
    });
    await Promise.all(orders.map((fact, index) => (index % 2 === 0 ? one : two).orders.submit([fact])));
    expect((await readPositions(one.pool, skus)).map((at) => at.reserved)).toEqual([100, 100, 100, 100]);
  });
});

describe('what is committed', () => {
  it('is all or nothing: a poisonous submission fails alone, and leaves no event, task, fact or claim', async () => {
    const poison = { ...received('POISON'), occurredAt: 'no time at all' };
    const before = await readPositions(one.pool, ['A']);
    const facts = [received('WELL-1'), poison, received('WELL-2')];
    const answers = await Promise.allSettled(facts.map((fact) => one.orders.submit([fact])));
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await count(`orders where reference = 'POISON'`)).toBe(0);
    expect(await count(`fact where id = 'order/POISON'`)).toBe(0);
    const [after] = await readPositions(one.pool, ['A']);
    expect(after?.reserved).toBe((before[0]?.reserved ?? 0) + 6);
  });

  it('includes the tasks: none without the commit', async () => {
    const claim = { id: 'message/ROLLED-BACK', digest: 'd', recordId: randomUUIDv7() };
    const jobs = await count('pgboss.job');
    const refused = one.orders.submitMessage(claim, [received('ROLLED-BACK')], {
      write: () => Promise.reject(new Error('the message cannot be kept')),
      row: () => ({}),
    });
    await expect(refused).rejects.toThrow('the message cannot be kept');
    expect(await count('pgboss.job')).toBe(jobs);
    expect(await count(`orders where reference = 'ROLLED-BACK'`)).toBe(0);
    expect(await count(`fact where id in ('message/ROLLED-BACK', 'order/ROLLED-BACK')`)).toBe(0);
  });

  it('is tried again when the row is not as it was read, whoever changed it', async () => {
    await one.orders.submit([received('MOVED', { lines: [channelLine('UNKNOWN', 1)] })]);
    let reads = 0;
    const meddling = await TestHub.start(database.url, (catalog) => ({
      nodes: () => catalog.nodes(),
      policies: () => catalog.policies(),
      itemsFor: (tx, skus) => catalog.itemsFor(tx, skus),
      substitutesFor: (tx, channel, skus) => catalog.substitutesFor(tx, channel, skus),
      unitFactors: (tx, units) => catalog.unitFactors(tx, units),
      // Called between the reading of the orders and their writing.
      listingsFor: async (tx, keys) => {
        reads += 1;
        if (reads === 1) await tx.query(`update orders set version = version + 1 where reference = 'MOVED'`);
        return catalog.listingsFor(tx, keys);
      },
    }));
    const fact = about('MOVED', 'cancel/MOVED', { kind: 'CancellationRequested', by: 'CHANNEL', reason: 'buyer' });
    expect(await meddling.orders.submit([fact])).toMatchObject([{ result: 'APPLIED' }]);
    await meddling.stop();
    expect(reads).toBe(2);
    const order = await stored('MOVED');
    expect(order.version).toBe(await count('event_log where stream_id = $1', order.id));
  });

  it('takes orders for more than a number column holds: they wait like others', async () => {
    await one.pool.query(`insert into item_unit (sku, unit, factor) values ('C3', 'million', 1000000)`);
    await one.pool.query(
      `insert into listing (channel, listing_sku, sku, unit) values ($1, 'L-MILLIONS', 'C3', 'million')`,
      [CHANNEL],
    );
    const lines = [channelLine('MILLIONS', 1_000_000)];
    const outcomes = await one.orders.submit(['MAD-1', 'MAD-2', 'MAD-3'].map((name) => received(name, { lines })));
    expect(outcomes.map(({ result }) => result)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    expect((await stored('MAD-3')).waits.map(({ key }) => key)).toEqual(['STOCK:C3']);
  });

  it('says what facts would do, and does none of it', async () => {
    await one.orders.submit([received('SEEN')]);
    const before = await stored('SEEN');
    const cancel = about('SEEN', 'cancel/SEEN', { kind: 'CancellationRequested', by: 'OPERATOR', reason: 'asked for' });
    const preview = await one.orders.preview([cancel, received('UNSEEN')]);
    expect(preview.outcomes.map(({ result }) => result)).toEqual(['APPLIED', 'APPLIED']);
    expect(preview.orders.map((seen) => [seen.before?.version, seen.after.reference])).toEqual([
      [undefined, 'UNSEEN'],
      [before.version, 'SEEN'],
    ]);
    expect(preview.events.map(({ type }) => type)).toContain('InventoryUnreserved');
    expect(await stored('SEEN')).toEqual(before);
    expect(await count(`orders where reference = 'UNSEEN'`)).toBe(0);
    expect(await one.orders.submit([cancel])).toMatchObject([{ result: 'APPLIED', duplicate: false }]);
  });

  it('keeps personal data sealed, and nowhere else', async () => {
    await one.orders.submit([received('PRIVATE')]);
    const { id } = await stored('PRIVATE');
    const { rows } = await one.pool.query<{ sealed: Buffer }>('select sealed from order_parties where order_id = $1', [
      id,
    ]);
    const sealed = rows[0]?.sealed ?? Buffer.of();
    expect(sealed.toString('latin1')).not.toMatch(/Ada|Lovelace|example/);
    expect(JSON.parse(one.cipher.open(sealed, `order:${id}`).toString())).toEqual(channelOrder().parties);
    expect(() => one.cipher.open(sealed, `order:${randomUUIDv7()}`)).toThrow('belongs to another row');
    for (const table of ['orders', 'event_log', 'fact', 'cross_reference', 'pgboss.job'])
      expect([table, await count(`${table} as t where t::text like '%Lovelace%'`)]).toEqual([table, 0]);
  });

  it('explains every position by its movements, and every movement by an event', async () => {
    expect(await findUnexplainedPositions(one.pool)).toEqual([]);
    const orphans = await count(
      `movement m where m.reason <> 'RECEIPT' and not exists
         (select from event_log e where e.stream_id = m.cause_stream and e.stream_version = m.cause_version)`,
    );
    expect(orphans).toBe(0);
  });
});
