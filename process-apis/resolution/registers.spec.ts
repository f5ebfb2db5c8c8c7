import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { Interpretation } from '../../src/model/channel-order.js';
import { messageKey, type ExceptionRecord } from '../exceptions/index.js';
import { channelLine, channelOrder } from '../orders/testing/channel-orders.js';
import { DriftRegister } from './drift-register.js';
import { ResolutionHouse, SHOP } from './testing/house.js';

const ACCOUNT: ChannelAccount = { id: SHOP, kind: 'test', name: 'Shop', active: true, settings: {} };

let house: ResolutionHouse;
/** What the channel's interpreter makes of a body, by the body. */
const readings = new Map<string, () => Interpretation>();

beforeAll(async () => {
  house = await ResolutionHouse.open();
  house.parts.intake.register('test', (_account, _topic, body) => {
    const read = readings.get(body.toString());
    if (read === undefined) throw new Error('the interpreter falls over');
    return read();
  });
});
afterAll(() => house.close());

async function receive(body: string): Promise<string> {
  const message = { account: ACCOUNT, topic: 'orders/create', messageId: randomUUIDv7(), body: Buffer.from(body) };
  return (await house.parts.intake.receive(message)).messageId;
}

async function exceptionOf(messageId: string): Promise<ExceptionRecord | undefined> {
  const all = await house.parts.exceptions.list(
    { statuses: ['OPEN', 'IGNORED', 'RESOLVED'] },
    'NEWEST',
    undefined,
    100,
  );
  return all.find(({ key }) => key === messageKey(messageId));
}

function act(exceptionId: string, action: 'REPROCESS_MESSAGE' | 'IGNORE') {
  return house.parts.resolution.act({
    selection: { by: 'IDS', ids: [exceptionId] },
    input: action === 'IGNORE' ? { action, reason: 'A test of the shop.' } : { action },
    actor: { subject: 'ada' },
    idempotencyKey: randomUUIDv7(),
  });
}

function order(reference: string): Interpretation {
  const told = channelOrder({ reference, lines: [channelLine('1', 1, { listingSku: 'L-A' })] });
  return { outcome: 'FACTS', facts: [{ kind: 'ORDER', order: told }] };
}

const MISMATCH: Interpretation = {
  outcome: 'REFUSED',
  reason: 'CONTRACT_MISMATCH',
  detail: 'the total is missing',
  pointer: '/total',
};

describe('a message that no longer fits the contract', () => {
  it('is an exception, and is taken when it is read again after the mapping was mended', async () => {
    readings.set('changed', () => MISMATCH);
    const id = await receive('changed');
    await house.parts.messages.sweep();
    const exception = await exceptionOf(id);
    expect(exception).toMatchObject({
      category: 'CONTRACT_CHANGED',
      severity: 'CRITICAL',
      owner: 'INTEGRATION',
      status: 'OPEN',
    });
    expect(exception?.sentence).toContain('/total: the total is missing');
    expect(await act(exception?.id ?? '', 'REPROCESS_MESSAGE')).toMatchObject({
      outcomes: [{ result: 'REFUSED', code: 'AGAINST_THE_RULES', message: 'the total is missing' }],
    });
    readings.set('changed', () => order('CHANGED-1'));
    expect(await act(exception?.id ?? '', 'REPROCESS_MESSAGE')).toMatchObject({ outcomes: [{ result: 'TAKEN' }] });
    expect(await exceptionOf(id)).toMatchObject({ status: 'RESOLVED', endedBecause: 'The message was taken.' });
    const { rowCount } = await house.pool.query(`select 1 from orders where reference = 'CHANGED-1'`);
    expect(rowCount).toBe(1);
  });
});

describe('a message that the hub fails on', () => {
  it('is kept as poison, and gone for good when a person dismisses it', async () => {
    const id = await receive('boom');
    await house.parts.messages.sweep();
    const exception = await exceptionOf(id);
    expect(exception).toMatchObject({ category: 'POISON_MESSAGE', status: 'OPEN' });
    expect(await act(exception?.id ?? '', 'IGNORE')).toMatchObject({ outcomes: [{ result: 'TAKEN', changed: true }] });
    expect(await exceptionOf(id)).toMatchObject({
      status: 'RESOLVED',
      endedBy: 'operator:ada',
      endedBecause: 'Not taken: A test of the shop.',
    });
    await house.parts.messages.sweep();
    expect(await exceptionOf(id)).toMatchObject({ status: 'RESOLVED' });
    const { rows } = await house.pool.query('select status from message where id = $1', [id]);
    expect(rows).toEqual([{ status: 'DISMISSED' }]);
  });
});

describe('a message about an order that is not known', () => {
  it('is an exception only after a while, and ends by itself when the order comes', async () => {
    const cancellation: Interpretation = {
      outcome: 'FACTS',
      facts: [{ kind: 'CANCELLATION_REQUESTED', reference: 'LATE-1', requestId: 'r-1', reason: 'no longer wanted' }],
    };
    readings.set('early', () => cancellation);
    const id = await receive('early');
    await house.parts.messages.sweep();
    expect(await exceptionOf(id)).toBeUndefined();
    await house.pool.query(`update message set received_at = received_at - interval '16 minutes' where id = $1`, [id]);
    await house.parts.messages.sweep();
    expect(await exceptionOf(id)).toMatchObject({ category: 'UNMATCHED_EVENT', subject: { reference: 'LATE-1' } });
    readings.set('late', () => order('LATE-1'));
    await receive('late');
    await house.parts.messages.sweep();
    expect(await exceptionOf(id)).toMatchObject({ status: 'RESOLVED', endedBecause: 'The message was taken.' });
  });
});

describe('another message under an id that is taken', () => {
  it('is kept once, as an exception, and can be dismissed', async () => {
    readings.set('first', () => order('TWICE-1'));
    readings.set('second', () => order('TWICE-2'));
    const messageId = randomUUIDv7();
    const send = (body: string) =>
      house.parts.intake.receive({ account: ACCOUNT, topic: 'orders/create', messageId, body: Buffer.from(body) });
    await send('first');
    expect(await send('second')).toMatchObject({ outcome: 'DUPLICATE', digestDiffers: true });
    await send('second');
    await send('first');
    await house.parts.messages.sweep();
    const [exception, ...more] = await house.open({ categories: ['DUPLICATE_REFERENCE'] });
    expect(more).toEqual([]);
    expect(exception?.sentence).toContain('other content');
    const { rows } = await house.pool.query(`select 1 from orders where reference = 'TWICE-2'`);
    expect(rows).toEqual([]);
    expect(await act(exception?.id ?? '', 'IGNORE')).toMatchObject({ outcomes: [{ result: 'TAKEN' }] });
    expect(await house.open({ categories: ['DUPLICATE_REFERENCE'] })).toEqual([]);
  });
});

describe('an order of before the clocks', () => {
  it('gets the instant at which its next step is late', async () => {
    const { rows } = await house.pool.query<{ id: string; due: Date }>(
      'select id, next_due_at as due from orders where next_due_at is not null',
    );
    expect(rows.length).toBeGreaterThan(0);
    await house.pool.query('update orders set next_due_at = null');
    while (await house.parts.register.sweep());
    const after = await house.pool.query('select id, next_due_at as due from orders where next_due_at is not null');
    expect(after.rows).toEqual(expect.arrayContaining(rows));
    expect(after.rows).toHaveLength(rows.length);
  });
});

describe('stock differences', () => {
  it('that need a person stand until a comparison no longer finds them', async () => {
    const register = new DriftRegister(house.pool, house.parts.exceptions);
    await finishedRun('2027-01-01T00:00:00Z', { ours: 10, theirs: 500, healing: 'EXCEPTION' });
    await register.sweep();
    expect(await house.open({ categories: ['STOCK_DRIFT'] })).toMatchObject([
      { groupKey: 'DRIFT:WMS:N1', sentence: 'The hub has 10 of A for N1, the warehouse shows 500. It differs.' },
    ]);
    await finishedRun('2027-01-02T00:00:00Z', { ours: 10, theirs: 11, healing: 'COUNT_TAKEN' });
    await register.sweep();
    expect(await house.open({ categories: ['STOCK_DRIFT'] })).toEqual([]);
  });
});

async function finishedRun(
  startedAt: string,
  { ours, theirs, healing }: { readonly ours: number; readonly theirs: number; readonly healing: string },
): Promise<void> {
  const id = randomUUIDv7();
  await house.pool.query(
    `insert into drift_run (id, system, subject, trigger, started_at, finished_at) values ($1, 'WMS', 'N1', 'DEMAND', $2, $2)`,
    [id, startedAt],
  );
  await house.pool.query(
    `insert into drift (run_id, key, ours, theirs, explanation, detail, healing)
     values ($1, 'A', $2, $3, 'UNKNOWN', 'It differs.', $4)`,
    [id, ours, theirs, healing],
  );
}
