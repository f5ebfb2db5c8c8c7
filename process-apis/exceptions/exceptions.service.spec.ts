import { randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/model/exception.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { EXCEPTION_SORTING, type ExceptionFilter, type ExceptionSort } from './exception-reader.sql.js';
import { Exceptions } from './exceptions.service.js';
import type { ExceptionRecord } from './exceptions.types.js';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let pool: pg.Pool;
let exceptions: Exceptions;
let commits = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  exceptions = new Exceptions(pool, () => {
    commits += 1;
  });
});

beforeEach(() => pool.query('truncate exception'));

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * MINUTE_MS).toISOString();
}

function problem(n: number, more: Partial<Problem> = {}): Problem {
  return {
    key: `test/${n}`,
    category: 'UNKNOWN_SKU',
    sentence: `Order ${n} sells "A", which is no item of ours.`,
    groupKey: 'LISTING:shop-eu/A',
    subject: { channel: 'shop-eu', listingSku: 'A', reference: String(n) },
    dueAt: inMinutes(600 + n),
    ...more,
  };
}

function shortage(n: number, dueMinutes: number): Problem {
  return problem(n, {
    category: 'STOCK_SHORTAGE',
    sentence: `Order ${n} lacks 2 units of SKU-9.`,
    groupKey: 'STOCK:SKU-9',
    subject: { channel: 'amazon-de', sku: 'SKU-9', node: 'dc-1' },
    dueAt: inMinutes(dueMinutes),
  });
}

async function keys(filter: ExceptionFilter, sort: ExceptionSort = 'DUE'): Promise<readonly string[]> {
  return (await exceptions.list(filter, sort, undefined, 100)).map(({ key }) => key);
}

describe('the list of exceptions', () => {
  beforeEach(async () => {
    await exceptions.raise([problem(1), problem(2), shortage(3, 30), shortage(4, -5)]);
  });

  it.each<[ExceptionFilter, readonly string[]]>([
    [{}, ['test/4', 'test/3', 'test/1', 'test/2']],
    [{ categories: ['UNKNOWN_SKU'] }, ['test/1', 'test/2']],
    [{ owners: ['FULFILLMENT'] }, ['test/4', 'test/3']],
    [{ severities: ['CRITICAL'] }, ['test/4']],
    [{ channel: 'amazon-de' }, ['test/4', 'test/3']],
    [{ scope: 'shop-eu' }, ['test/1', 'test/2']],
    [{ sku: 'A' }, ['test/1', 'test/2']],
    [{ sku: 'SKU-9', node: 'dc-1' }, ['test/4', 'test/3']],
    [{ overdue: true }, ['test/4']],
    [{ text: 'LACKS 2' }, ['test/4', 'test/3']],
    [{ text: '100%' }, []],
    [{ groupKey: 'LISTING:shop-eu/A', overdue: false }, ['test/1', 'test/2']],
    [{ statuses: ['RESOLVED', 'IGNORED'] }, []],
    [{ assignedTo: 'ada' }, []],
  ])('shows of %j what fits', async (filter, expected) => {
    expect(await keys(filter)).toEqual(expected);
  });

  it.each<[ExceptionSort, readonly string[]]>([
    ['DUE', ['test/4', 'test/3', 'test/1', 'test/2']],
    ['SEVERITY', ['test/4', 'test/3', 'test/1', 'test/2']],
    ['NEWEST', ['test/4', 'test/3', 'test/2', 'test/1']],
  ])('goes on by %s where a page ended', async (sort, expected) => {
    // What was raised together has no order of its own.
    await pool.query(`update exception set raised_at = raised_at + right(key, 1)::int * interval '1 second'`);
    const seen: string[] = [];
    let last: ExceptionRecord | undefined;
    do {
      const after = last === undefined ? undefined : EXCEPTION_SORTING[sort].keyOf(last);
      [last] = await exceptions.list({}, sort, after, 1);
      if (last !== undefined) seen.push(last.key);
    } while (last !== undefined && seen.length < 10);
    expect(seen).toEqual(expected);
  });

  it('gathers what has one cause', async () => {
    const groups = await exceptions.groups({}, undefined, 10);
    expect(groups).toMatchObject([
      { category: 'STOCK_SHORTAGE', groupKey: 'STOCK:SKU-9', count: 2, overdue: 1, severity: 'CRITICAL' },
      { category: 'UNKNOWN_SKU', groupKey: 'LISTING:shop-eu/A', count: 2, overdue: 0, severity: 'HIGH' },
    ]);
    const [first] = groups;
    const rest = await exceptions.groups({}, [String(first?.count), first?.category ?? '', first?.groupKey ?? ''], 10);
    expect(rest).toMatchObject([{ category: 'UNKNOWN_SKU' }]);
  });

  it('counts what is open', async () => {
    expect(await exceptions.counts()).toMatchObject([
      { category: 'STOCK_SHORTAGE', severity: 'CRITICAL', open: 1, overdue: 1 },
      { category: 'STOCK_SHORTAGE', severity: 'HIGH', open: 1, overdue: 0 },
      { category: 'UNKNOWN_SKU', severity: 'HIGH', open: 2, overdue: 0 },
    ]);
  });
});

describe('what persons do with an exception', () => {
  it('is told in its history: given to someone, ignored for a reason, ended', async () => {
    await exceptions.raise([problem(1)]);
    const [found] = await exceptions.list({}, 'DUE', undefined, 1);
    const id = found?.id ?? '';
    const before = commits;
    expect(await exceptions.assign([id], 'ada', 'operator:bob')).toEqual([id]);
    expect(await exceptions.assign([id], 'ada', 'operator:bob')).toEqual([]);
    expect(commits).toBe(before + 2);
    expect(await keys({ assignedTo: 'ada' })).toEqual(['test/1']);
    const ignore = (): Promise<readonly string[]> =>
      inTransaction(pool, (tx) => exceptions.ignoreIn(tx, [id], 'operator:ada', 'It is a test order.'));
    expect(await ignore()).toEqual([id]);
    expect(await ignore()).toEqual([]);
    await exceptions.end(['test/1'], 'The listing is mapped.');
    const history = (await exceptions.histories([id], 10)).get(id) ?? [];
    expect(history.map(({ type, data }) => ({ type, ...data }))).toMatchObject([
      { type: 'ExceptionRaised', severity: 'HIGH' },
      { type: 'ExceptionAssigned', by: 'operator:bob', to: 'ada' },
      { type: 'ExceptionIgnored', by: 'operator:ada', because: 'It is a test order.' },
      { type: 'ExceptionResolved', by: 'hub', because: 'The listing is mapped.' },
    ]);
    expect((await exceptions.byIds([id, randomUUIDv7()])).get(id)).toMatchObject({ status: 'RESOLVED', version: 4 });
  });
});

describe('what is overdue', () => {
  it('becomes one step more severe, once', async () => {
    await exceptions.raise([shortage(1, 600)]);
    await pool.query(`update exception set due_at = now() - interval '1 minute'`);
    expect(await exceptions.sweepOverdue()).toBe(false);
    expect(await exceptions.sweepOverdue()).toBe(false);
    expect(await exceptions.list({}, 'DUE', undefined, 1)).toMatchObject([{ severity: 'HIGH', version: 2 }]);
  });
});

describe('the exceptions of an order', () => {
  it('begin with those that stand', async () => {
    const [one, other] = [randomUUIDv7(), randomUUIDv7()];
    await exceptions.raise([1, 2, 3].map((n) => problem(n, { subject: { orderId: one, channel: 'shop-eu' } })));
    await exceptions.raise([problem(4, { subject: { orderId: other } })]);
    await exceptions.end(['test/3'], 'Gone.');
    const found = await exceptions.ofOrders([one, other], 2);
    expect(found.get(one)?.map(({ status }) => status)).toEqual(['OPEN', 'OPEN']);
    expect(found.get(other)).toMatchObject([{ key: 'test/4', scope: '*' }]);
    expect((await exceptions.ofOrders([one], 3)).get(one)?.at(-1)).toMatchObject({ key: 'test/3', status: 'RESOLVED' });
  });
});
