import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { openDatabase } from '../../src/platform/db/database.js';
import { poolOf } from '../../src/platform/db/pool.js';
import { indexOrders } from '../../test/support/index-orders.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { OrderCursorError, type OrderReader } from './order-reader.js';

let database: TestDatabase;
let dataSource: Awaited<ReturnType<typeof openDatabase>>;
let pool: pg.Pool;
let orders: SeededOrders;
let reader: OrderReader;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDatabase({
    url: database.url,
    applicationName: 'test',
    connectionsMax: 5,
    timeouts: { statementMs: 30_000, idleInTransactionMs: 0, transactionMs: 0 },
    onIdleError: () => undefined,
  });
  pool = poolOf(dataSource);
  orders = await SeededOrders.open(pool);
  reader = orders.reader;
  // Placed at the same instant: only the id tells them apart.
  await orders.accept('shop-eu', ['R-1', 'R-2', 'R-3', 'R_4', 'R%5']);
  await orders.accept('amazon-de', ['R-1'], { placedAt: '2026-03-02T00:00:00.000Z' });
  await orders.fulfill('amazon-de', 'R-1');
  await indexOrders(pool, orders.commit.cipher);
});

afterAll(async () => {
  await orders.close();
  await dataSource.destroy();
  await database.drop();
});

async function idsOf(references: readonly string[]): Promise<readonly string[]> {
  return Promise.all(references.map(async (reference) => (await orders.order('shop-eu', reference)).id));
}

describe('the pages of the order list', () => {
  it('show each order once, the latest placed first', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await reader.page({ first: 2, ...(after === undefined ? {} : { after }) });
      seen.push(...page.orders.map(({ order }) => `${order.channel}/${order.reference}`));
      after = page.orders.at(-1)?.cursor;
      if (!page.hasNextPage) break;
    }
    expect(seen[0]).toBe('amazon-de/R-1');
    expect(seen.toSorted()).toEqual(
      ['amazon-de/R-1', 'shop-eu/R%5', 'shop-eu/R-1', 'shop-eu/R-2', 'shop-eu/R-3', 'shop-eu/R_4'].toSorted(),
    );
  });

  it('are not changed by orders that come in meanwhile', async () => {
    const first = await reader.page({ first: 3 });
    await orders.accept('shop-eu', ['LATER'], { placedAt: '2026-04-01T00:00:00.000Z' });
    const cursor = first.orders.at(-1)?.cursor ?? '';
    const rest = await reader.page({ first: 10, after: cursor });
    expect(rest.orders).toHaveLength(3);
    expect(rest.hasNextPage).toBe(false);
  });

  it.each([
    ['R_', ['R_4']],
    ['R%', ['R%5']],
    ['r', []],
  ])('take the prefix %j as it is written', async (referencePrefix, references) => {
    const { orders: found } = await reader.page({ filter: { referencePrefix }, first: 10 });
    expect(found.map(({ order }) => order.reference)).toEqual(references);
  });

  it('with no status wanted are empty', async () => {
    expect((await reader.page({ filter: { statuses: [] }, first: 10 })).orders).toEqual([]);
  });

  it.each([0, 101, 1.5, Number.NaN])('have no size of %d', async (first) => {
    await expect(reader.page({ first })).rejects.toThrow(RangeError);
  });

  it.each([
    '',
    'x',
    Buffer.from('2026-13-01T00:00:00.000Z/01900000-0000-7000-8000-000000000000').toString('base64url'),
  ])('cannot begin after %j', async (after) => {
    await expect(reader.page({ first: 1, after })).rejects.toThrow(OrderCursorError);
  });
});

describe('what belongs to orders', () => {
  it('is read for many at once; who is unknown is absent', async () => {
    const ids = [...(await idsOf(['R-1', 'R-2'])), '01900000-0000-7000-8000-000000000000'];
    expect((await reader.byIds(ids)).size).toBe(2);
    expect((await reader.timelines(ids, 2)).size).toBe(2);
    expect((await reader.crossReferences(ids)).size).toBe(2);
    expect((await reader.parties(ids)).size).toBe(2);
  });

  it('needs no statement for none', async () => {
    expect(await reader.byIds([])).toEqual(new Map());
    expect(await reader.timelines([], 1)).toEqual(new Map());
    expect(await reader.crossReferences([])).toEqual(new Map());
    expect(await reader.parties([])).toEqual(new Map());
  });

  it('begins with the first events, as many as are wanted of each', async () => {
    const { id } = await orders.order('amazon-de', 'R-1');
    const [other = ''] = await idsOf(['R-1']);
    const timelines = await reader.timelines([id, other], 3);
    for (const events of timelines.values()) expect(events.map((event) => event.streamVersion)).toEqual([1, 2, 3]);
    await expect(reader.timelines([id], 501)).rejects.toThrow(RangeError);
  });

  it('holds the parties in the clear; in the database nobody can read them', async () => {
    const [id = ''] = await idsOf(['R-1']);
    expect((await reader.parties([id])).get(id)?.buyer?.name).toBe('Ada Lovelace');
    const { rows } = await pool.query<{ sealed: Buffer }>('select sealed from order_parties where order_id = $1', [id]);
    expect(rows[0]?.sealed.toString('latin1')).not.toContain('Lovelace');
  });

  it('cannot be moved from one order to another', async () => {
    const [from = '', to = ''] = await idsOf(['R-2', 'R-3']);
    await pool.query(
      'update order_parties set sealed = (select sealed from order_parties where order_id = $1) where order_id = $2',
      [from, to],
    );
    await expect(reader.parties([to])).rejects.toMatchObject({ code: 'CIPHER_NOT_AUTHENTIC' });
  });
});
