import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import type { Movement, StockFact, StockFactKind } from '../../../src/model/stock.js';
import { inTransaction } from '../../../src/platform/commit/index.js';
import { appendEvents } from '../../../src/platform/event-log/index.js';
import { LotExpiry } from './lot-expiry.js';
import { StockBook } from '../book/stock-book.js';
import { StockFeeds } from './stock-feeds.js';
import { stockEvent } from './stock-intake.batch.js';
import { STOCK_FACTS_MAX, StockIntake } from './stock-intake.js';
import { proveStock } from '../proof/stock-proof.js';
import { readPositions } from '../book/stock.sql.js';
import { seedStock } from '../testing/seed.js';

let database: TestDatabase;
let pool: pg.Pool;
let intake: StockIntake;
let feeds: StockFeeds;
let commits = 0;

const now = (): Date => new Date('2026-03-02T12:00:00.000Z');

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 12);
  intake = new StockIntake(
    pool,
    () => {
      commits += 1;
    },
    now,
  );
  feeds = new StockFeeds(pool, now);
  await seedStock(pool, ['A', 'B', 'C', 'D', 'E', 'F', 'L', 'M'], { 'A@N1': 10, 'C@N1': 10, 'E@N1': 10 });
  await pool.query(`update item set tracking = 'LOT' where sku in ('L', 'M')`);
  await pool.query(`insert into item_unit (sku, unit, factor) values ('F', 'case', 12)`);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

type Wish = { readonly kind?: StockFactKind } & Readonly<Record<string, unknown>>;

function fact(id: string, wish: Wish): StockFact {
  return {
    id: `wms/${id}`,
    source: 'wms',
    kind: 'RECEIVED',
    sku: 'A',
    node: 'N1',
    quantity: 1,
    occurredAt: '2026-03-01T10:00:00.000Z',
    ...wish,
  } as StockFact;
}

async function results(facts: readonly StockFact[]): Promise<readonly string[]> {
  return (await intake.receive(facts)).map((outcome) => (outcome.result === 'REFUSED' ? outcome.code : outcome.result));
}

/** Movements of an order, at its time. */
async function move(at: string, movements: readonly Omit<Movement, 'node'>[]): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const book = await StockBook.lock(
      tx,
      movements.map(({ sku }) => sku),
    );
    const event = stockEvent({ type: 'StockAdjusted', source: 'test', stock: [], reason: 'ADJUSTMENT' }, 'test', at);
    await appendEvents(tx, [event]);
    book.book(
      movements.map((movement) => ({ ...movement, node: 'N1' })),
      { stream: event.streamId, version: 1, occurredAt: at },
    );
    await book.flush(tx);
  });
}

async function unitsOf(sku: string): Promise<readonly (readonly [string, number, number])[]> {
  return (await readPositions(pool, [sku])).map(({ node, onHand, reserved }) => [node, onHand, reserved]);
}

async function lotsOf(sku: string): Promise<readonly object[]> {
  const { rows } = await pool.query<object>(
    `select lot, on_hand, quality_hold, expires_on::text from lot where sku = $1 order by lot`,
    [sku],
  );
  return rows;
}

function send(sequence: number): Promise<readonly string[]> {
  return results([fact(`q-${sequence}`, { node: 'N2', sequence })]);
}

describe('stock intake', () => {
  it('adds what is received, with its event and movement, and tells of the commit', async () => {
    const before = commits;
    expect(await results([fact('r-1', { quantity: 5 }), fact('r-2', { node: 'N2', quantity: 3 })])).toEqual([
      'TAKEN',
      'TAKEN',
    ]);
    expect(await unitsOf('A')).toEqual([
      ['N1', 15, 0],
      ['N2', 3, 0],
    ]);
    expect(commits).toBe(before + 1);
    const { rows } = await pool.query<{ type: string; data: object }>(
      `select type, data from event_log where fact_id = 'wms/r-1'`,
    );
    expect(rows).toEqual([
      { type: 'StockReceived', data: { source: 'wms', stock: [{ sku: 'A', node: 'N1', quantity: 5 }] } },
    ]);
  });

  it('takes a fact once: twice in one call, again later, and ten times at once for an item that is new to the node', async () => {
    const received = fact('r-3', { sku: 'B', quantity: 4 });
    const taken = await Promise.all(Array.from({ length: 10 }, () => results([received, received])));
    expect(taken.map(([first]) => first).filter((result) => result === 'TAKEN')).toHaveLength(1);
    expect(taken.flat().filter((result) => result === 'DUPLICATE')).toHaveLength(19);
    expect(await results([received])).toEqual(['DUPLICATE']);
    expect(await unitsOf('B')).toEqual([['N1', 4, 0]]);
  });

  it('takes a count as what was there then, and keeps what was sold since', async () => {
    await move('2026-03-01T22:00:00.000Z', [
      { sku: 'C', bucket: 'reserved', delta: 4, reason: 'RESERVE' },
      { sku: 'C', bucket: 'reserved', delta: -4, reason: 'SHIP' },
      { sku: 'C', bucket: 'onHand', delta: -4, reason: 'SHIP' },
    ]);
    // The nightly snapshot was taken before that sale, and comes after it.
    expect(
      await results([fact('c-1', { kind: 'COUNTED', sku: 'C', quantity: 10, occurredAt: '2026-03-01T20:00:00.000Z' })]),
    ).toEqual(['TAKEN']);
    expect(await unitsOf('C')).toEqual([['N1', 6, 0]]);
    // What the count contains changes nothing any more; what came after it does.
    expect(
      await results([
        fact('c-2', { sku: 'C', quantity: 3, occurredAt: '2026-03-01T19:00:00.000Z' }),
        fact('c-3', { sku: 'C', quantity: 2, occurredAt: '2026-03-01T23:00:00.000Z' }),
      ]),
    ).toEqual(['OLDER_THAN_COUNT', 'TAKEN']);
    expect(await unitsOf('C')).toEqual([['N1', 8, 0]]);
    expect(await results([fact('c-2', { sku: 'C', quantity: 3 })])).toEqual(['DUPLICATE']);
  });

  it('lets a count of the batch see what the batch brought before it', async () => {
    expect(
      await results([
        fact('b-1', { sku: 'E', quantity: 5, occurredAt: '2026-03-01T21:00:00.000Z' }),
        fact('b-2', { kind: 'COUNTED', sku: 'E', quantity: 7, occurredAt: '2026-03-01T20:00:00.000Z' }),
        fact('b-3', { sku: 'E', quantity: 1, occurredAt: '2026-03-01T20:00:00.000Z' }),
      ]),
    ).toEqual(['TAKEN', 'TAKEN', 'OLDER_THAN_COUNT']);
    expect(await unitsOf('E')).toEqual([['N1', 12, 0]]);
  });

  it('keeps claims that a count does not find as missing', async () => {
    await move('2026-03-02T01:00:00.000Z', [{ sku: 'C', bucket: 'reserved', delta: 5, reason: 'RESERVE' }]);
    const counted = { kind: 'COUNTED', sku: 'C', quantity: 2, occurredAt: '2026-03-02T02:00:00.000Z' } as const;
    await results([fact('c-4', counted)]);
    expect(await readPositions(pool, ['C'])).toMatchObject([{ onHand: 5, reserved: 5, missing: 3 }]);
    await results([fact('c-5', { ...counted, quantity: 9, occurredAt: '2026-03-02T03:00:00.000Z' })]);
    expect(await readPositions(pool, ['C'])).toMatchObject([{ onHand: 9, reserved: 5, missing: 0 }]);
    await move('2026-03-02T04:00:00.000Z', [{ sku: 'C', bucket: 'reserved', delta: -5, reason: 'UNRESERVE' }]);
  });

  it('refuses a fact without holding up the others, counts it, and takes it when it is mended', async () => {
    const bad = fact('bad', { sku: 'NEW' });
    expect(
      await results([fact('f-1', { sku: 'F', quantity: 2, unit: 'case' }), bad, fact('f-2', { node: 'X' })]),
    ).toEqual(['TAKEN', 'UNKNOWN_ITEM', 'UNKNOWN_NODE']);
    expect(await unitsOf('F')).toEqual([['N1', 24, 0]]);
    const told = await feeds.list();
    expect(told.find(({ node }) => node === 'N1')).toMatchObject({ source: 'wms', refused: 1 });
    expect(told.find(({ node }) => node === '*')?.lastRefusal).toBe('UNKNOWN_NODE: There is no node "X".');
    await pool.query(`insert into item (sku, title) values ('NEW', 'NEW')`);
    expect(await results([bad])).toEqual(['TAKEN']);
  });

  it('refuses who does not own the bucket', async () => {
    await pool.query(`insert into bucket_owner (node, bucket, source) values ('N2', 'threshold', 'erp')`);
    const set = fact('o-1', { kind: 'THRESHOLD_SET', node: 'N2', quantity: 2 });
    expect(await results([set])).toEqual(['NOT_OWNER']);
    expect(await results([{ ...set, source: 'erp' }])).toEqual(['TAKEN']);
  });

  it('keeps lots with their last day, and takes expired ones out of sale', async () => {
    const lot = { sku: 'L', quantity: 5, expiresOn: '2026-03-01' };
    expect(
      await results([
        fact('l-1', { ...lot, lot: 'OLD' }),
        fact('l-2', { ...lot, lot: 'NEW', quantity: 7, expiresOn: '2026-03-02' }),
        fact('l-3', { kind: 'COUNTED', sku: 'L', lot: 'NEW', quantity: 6, occurredAt: '2026-03-01T11:00:00.000Z' }),
        fact('l-4', { kind: 'HELD', sku: 'L', lot: 'OLD', quantity: 1 }),
        fact('l-5', { kind: 'COUNTED', sku: 'M', lot: 'NONE', quantity: 0, expiresOn: '2026-03-02' }),
      ]),
    ).toEqual(['TAKEN', 'TAKEN', 'TAKEN', 'TAKEN', 'TAKEN']);
    await move('2026-03-02T05:00:00.000Z', [{ sku: 'L', bucket: 'reserved', delta: 2, reason: 'RESERVE', lot: 'OLD' }]);
    expect(await new LotExpiry(pool, () => undefined, now).sweep()).toBe(false);
    expect(await lotsOf('L')).toEqual([
      { lot: 'NEW', on_hand: 6, quality_hold: 0, expires_on: '2026-03-02' },
      { lot: 'OLD', on_hand: 5, quality_hold: 3, expires_on: '2026-03-01' },
    ]);
    expect(await readPositions(pool, ['L'])).toMatchObject([{ onHand: 11, qualityHold: 3 }]);
    await move('2026-03-02T06:00:00.000Z', [
      { sku: 'L', bucket: 'reserved', delta: -2, reason: 'UNRESERVE', lot: 'OLD' },
    ]);
  });

  it('knows what is to come, and from where', async () => {
    const order = { supply: 'PURCHASE_ORDER', document: 'PO-1', sku: 'D', expectedAt: '2026-03-09T00:00:00.000Z' };
    await results([
      fact('s-1', { kind: 'ANNOUNCED', ...order, quantity: 20 }),
      fact('s-2', { sku: 'D', quantity: 5, document: 'PO-1', source: 'other' }),
      fact('s-3', { kind: 'TRANSFER_SHIPPED', sku: 'D', toNode: 'N2', document: 'T-1', quantity: 4 }),
    ]);
    expect(await readPositions(pool, ['D'])).toMatchObject([
      { node: 'N1', onHand: 1, incoming: 15 },
      { node: 'N2', onHand: 0, inTransit: 4 },
    ]);
    await results([fact('s-4', { kind: 'TRANSFER_RECEIVED', sku: 'D', node: 'N2', document: 'T-1', quantity: 4 })]);
    expect(await readPositions(pool, ['D'])).toMatchObject([{ node: 'N1' }, { node: 'N2', onHand: 4, inTransit: 0 }]);
  });

  it('notices numbers that did not come, and closes the gap by late ones or by a snapshot', async () => {
    await send(1);
    await send(4);
    expect((await feeds.wantedSnapshots(10))[0]).toMatchObject({
      node: 'N2',
      lastSequence: 4,
      gap: { from: 2, to: 3 },
    });
    await send(3);
    expect(await send(2)).toEqual(['TAKEN']);
    expect(await feeds.wantedSnapshots(10)).toEqual([]);
    await send(9);
    const key = { source: 'wms', node: 'N2' };
    await feeds.snapshotAsked(key);
    await feeds.snapshotTaken(key, { asOf: '2026-03-02T11:00:00.000Z', sequence: 7 });
    expect(await feeds.wantedSnapshots(10)).toHaveLength(1);
    await feeds.snapshotTaken(key, { asOf: '2026-03-02T11:00:00.000Z', sequence: 11 });
    expect(await feeds.wantedSnapshots(10)).toEqual([]);
    expect(await send(12)).toEqual(['TAKEN']);
    expect((await feeds.list()).find(({ node }) => node === 'N2')).toMatchObject({ lastSequence: 12, gap: null });
    const { rows } = await pool.query<{ data: object }>(
      `select data from event_log where type = 'StockGapNoticed' order by id`,
    );
    expect(rows.map(({ data }) => data)).toEqual([
      { source: 'wms', stock: [], node: 'N2', from: 2, to: 3 },
      { source: 'wms', stock: [], node: 'N2', from: 5, to: 8 },
    ]);
  });

  it('does not deadlock when callers name items in different orders', async () => {
    const skus = ['A', 'B', 'C', 'D'];
    const calls = Array.from({ length: 40 }, (_, call) => {
      const order = call % 2 === 0 ? skus : skus.toReversed();
      return results(
        order.map((sku) =>
          fact(`x-${call}-${sku}`, { sku, node: 'N2', sequence: 20 + call, occurredAt: now().toISOString() }),
        ),
      );
    });
    for (const taken of await Promise.all(calls)) expect(taken).toEqual(['TAKEN', 'TAKEN', 'TAKEN', 'TAKEN']);
    expect(await unitsOf('B')).toEqual([
      ['N1', 4, 0],
      ['N2', 40, 0],
    ]);
  });

  it('refuses more facts than one transaction should hold', async () => {
    const facts = Array.from({ length: STOCK_FACTS_MAX + 1 }, (_, index) => fact(`y-${index}`, {}));
    await expect(intake.receive(facts)).rejects.toThrow(RangeError);
  });

  it('leaves every position explained by its movements', async () => {
    const { checks } = await proveStock(pool);
    const differences = checks.flatMap(({ check, differences: found }) =>
      // The seed's movements have no event.
      check === 'CAUSE' ? [] : found,
    );
    expect(differences).toEqual([]);
  });
});
