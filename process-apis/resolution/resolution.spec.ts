import { randomUUID } from 'node:crypto';
import { until } from '../../test/support/until.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChannelOrder } from '../../src/model/channel-order.js';
import { holdsOf, type Order } from '../../src/model/order.js';
import type { ExceptionRecord } from '../exceptions/index.js';
import { channelLine, channelOrder } from '../orders/testing/channel-orders.js';
import type { ActionInput, Actor, ResolveRequest, ResolveResult } from './actions.js';
import { RememberedRequests } from './remembered.js';
import { ResolutionHouse, SHOP } from './testing/house.js';

const MANY = 400;
const ADA: Actor = { subject: 'ada' };

let house: ResolutionHouse;

beforeAll(async () => {
  house = await ResolutionHouse.open();
});
afterAll(() => house.close());

async function place(reference: string, given: Partial<ChannelOrder> = {}): Promise<string> {
  const [outcome] = await placeAll([reference], given);
  return outcome ?? '';
}

async function placeAll(references: readonly string[], given: Partial<ChannelOrder> = {}): Promise<readonly string[]> {
  const outcomes = await house.parts.hub.orders.submit(
    references.map((reference) => ({
      id: `order/${reference}`,
      source: SHOP,
      occurredAt: '2026-01-01T00:00:00.000Z',
      address: { by: 'REFERENCE', channel: SHOP, reference },
      body: { kind: 'ChannelOrderReceived', order: channelOrder({ reference, ...given }) },
    })),
  );
  return outcomes.map(({ orderId = '' }) => orderId);
}

function selling(listingSku: string): Partial<ChannelOrder> {
  return { lines: [channelLine('1', 1, { listingSku })] };
}

async function orderOf(id: string): Promise<Order> {
  const { rows } = await house.pool.query<{ state: Order }>('select state from orders where id = $1', [id]);
  const [row] = rows;
  if (row === undefined) throw new Error(`no order ${id}`);
  return row.state;
}

async function exceptionOf(orderId: string): Promise<ExceptionRecord> {
  const [first] = (await house.parts.exceptions.ofOrders([orderId], 10)).get(orderId) ?? [];
  if (first === undefined) throw new Error(`no exception of ${orderId}`);
  return first;
}

function act(ids: readonly string[], input: ActionInput, more: Partial<ResolveRequest> = {}): Promise<ResolveResult> {
  const selection = { by: 'IDS', ids } as const;
  return house.parts.resolution.act({ selection, input, actor: ADA, idempotencyKey: randomUUID(), ...more });
}

async function auditsOf(subjectId: string): Promise<readonly object[]> {
  const { rows } = await house.pool.query<object>(
    'select actor, action, input, outcome from audit where subject_id = $1 order by id',
    [subjectId],
  );
  return rows;
}

describe(`${MANY} orders for a listing that nobody mapped`, () => {
  it('are one group, and all go on when the listing is mapped once', async () => {
    const ids = await placeAll(
      Array.from({ length: MANY }, (_, n) => `MANY-${n}`),
      selling('UNKNOWN'),
    );
    const [group] = await house.parts.exceptions.groups({ categories: ['UNKNOWN_SKU'] }, undefined, 10);
    expect(group).toMatchObject({ groupKey: `LISTING:${SHOP}/UNKNOWN`, count: MANY, severity: 'HIGH' });
    const request: ResolveRequest = {
      selection: { by: 'GROUP', category: 'UNKNOWN_SKU', groupKey: `LISTING:${SHOP}/UNKNOWN` },
      input: { action: 'MAP_SKU', sku: 'A' },
      actor: ADA,
      idempotencyKey: 'map-unknown-1',
    };
    const done = await house.parts.resolution.act(request);
    expect(done).toMatchObject({ result: 'DONE', duplicate: false });
    // The log's horizon stays behind transactions of other tests on the same server.
    await until(
      async () => {
        await house.resume();
        return house.open({ categories: ['UNKNOWN_SKU'] });
      },
      (open) => open.length === 0,
      { what: 'no order waits for the listing', timeoutMs: 30_000 },
    );
    const orders = await Promise.all(ids.map(orderOf));
    expect(orders.filter(({ erp }) => erp.status === 'REQUESTED')).toHaveLength(MANY);
    const ended = await exceptionOf(ids[0] ?? '');
    expect(ended).toMatchObject({ status: 'RESOLVED', endedBy: 'hub' });
    expect(await auditsOf(ended.id)).toEqual([
      { actor: 'ada', action: 'MAP_SKU', input: { action: 'MAP_SKU', sku: 'A' }, outcome: 'TAKEN' },
    ]);
    const again = await house.parts.resolution.act(request);
    expect(again).toMatchObject({ result: 'DONE', duplicate: true });
    expect(again).toHaveProperty('outcomes.length', MANY);
    expect(await house.parts.resolution.act({ ...request, input: { action: 'MAP_SKU', sku: 'B' } })).toEqual({
      result: 'KEY_REUSED',
    });
  }, 60_000);

  it('stay as they are when the item does not exist', async () => {
    const order = await place('NO-ITEM', selling('UNKNOWN-2'));
    const { id } = await exceptionOf(order);
    expect(await act([id], { action: 'MAP_SKU', sku: 'NOBODY-HAS-IT' })).toMatchObject({
      result: 'INVALID',
      errors: [{ pointer: '/sku' }],
    });
    expect(await exceptionOf(order)).toMatchObject({ status: 'OPEN' });
    expect(await auditsOf(id)).toEqual([]);
  });
});

describe('a held order', () => {
  it('goes on when its hold is released, and not before', async () => {
    const order = await place('HELD', { ...selling('L-A'), holds: [{ kind: 'FRAUD', reason: 'The bank asks.' }] });
    const exception = await exceptionOf(order);
    expect(exception).toMatchObject({ category: 'FRAUD_HOLD', owner: 'FRAUD', status: 'OPEN' });
    expect((await orderOf(order)).erp.status).toBe('NONE');
    const result = await act([exception.id], { action: 'RELEASE_HOLD', reason: 'The buyer is known.' });
    expect(result).toMatchObject({ outcomes: [{ result: 'TAKEN', changed: true }] });
    expect(await exceptionOf(order)).toMatchObject({ status: 'RESOLVED' });
    const after = await orderOf(order);
    expect(after.erp.status).toBe('REQUESTED');
    expect(holdsOf(after)).toMatchObject([{ releasedBy: 'operator:ada' }]);
  });
});

describe('an action', () => {
  it('is refused with a sentence where it would not solve the problem', async () => {
    const order = await place('WRONG-ACTION', selling('UNKNOWN-3'));
    const { id } = await exceptionOf(order);
    const unknown = randomUUID();
    expect(await act([id, unknown], { action: 'RETRY' })).toMatchObject({
      outcomes: [
        { result: 'REFUSED', code: 'NOT_ALLOWED', message: expect.stringContaining('MAP_SKU') as string },
        { result: 'REFUSED', code: 'NOT_FOUND', exceptionId: unknown },
      ],
    });
    const fraudster: Actor = { subject: 'bob', owners: new Set(['FRAUD']) };
    expect(await act([id], { action: 'MAP_SKU', sku: 'A' }, { actor: fraudster })).toMatchObject({
      outcomes: [{ code: 'NOT_YOURS' }],
    });
    expect(await act([id], { action: 'IGNORE', reason: ' ' })).toMatchObject({
      result: 'INVALID',
      errors: [{ pointer: '/reason' }],
    });
    const ids = Array.from({ length: 1_001 }, () => randomUUID());
    expect(await act(ids, { action: 'RETRY' })).toEqual({ result: 'TOO_MANY' });
  });

  it('to ignore lasts while the same problem stands, with its reason', async () => {
    const order = await place('IGNORED', selling('UNKNOWN-4'));
    const { id } = await exceptionOf(order);
    const ignore = { action: 'IGNORE', reason: 'A test order.' } as const;
    expect(await act([id], ignore)).toMatchObject({ outcomes: [{ result: 'TAKEN', changed: true }] });
    expect(await act([id], ignore)).toMatchObject({ outcomes: [{ result: 'TAKEN', changed: false }] });
    await sweepOrders();
    expect(await exceptionOf(order)).toMatchObject({
      status: 'IGNORED',
      endedBy: 'operator:ada',
      endedBecause: 'A test order.',
    });
    await act([id], { action: 'CANCEL', reason: 'It is only a test.' });
    expect(await exceptionOf(order)).toMatchObject({ status: 'RESOLVED' });
    expect(await act([id], ignore)).toMatchObject({ outcomes: [{ code: 'ALREADY_SOLVED' }] });
  });

  it('happens once when it is asked for ten times at once', async () => {
    const order = await place('TEN-TIMES', selling('UNKNOWN-5'));
    const { id } = await exceptionOf(order);
    const request: ResolveRequest = {
      selection: { by: 'IDS', ids: [id] },
      input: { action: 'CANCEL', reason: 'Nobody sells it.' },
      actor: ADA,
      idempotencyKey: 'ten-times-1',
    };
    const results = await Promise.all(Array.from({ length: 10 }, () => house.parts.resolution.act(request)));
    expect(results.filter((result) => result.result === 'DONE' && !result.duplicate)).toHaveLength(1);
    expect(await auditsOf(id)).toHaveLength(1);
    expect((await orderOf(order)).lines[0]?.quantities.cancelled).toBe(1);
  });

  it('is written down with what it did, though the hub stops before it can answer', async () => {
    const order = await place('STOPPED', { ...selling('L-A'), holds: [{ kind: 'FRAUD', reason: 'The bank asks.' }] });
    const { id } = await exceptionOf(order);
    const request: ResolveRequest = {
      selection: { by: 'IDS', ids: [id] },
      input: { action: 'CANCEL', reason: 'The buyer called.' },
      actor: ADA,
      idempotencyKey: 'stopped-1',
    };
    const stopped = vi.spyOn(RememberedRequests.prototype, 'keep').mockRejectedValueOnce(new Error('stopped'));
    await expect(house.parts.resolution.act(request)).rejects.toThrow('stopped');
    stopped.mockRestore();
    expect(await auditsOf(id)).toMatchObject([{ actor: 'ada', action: 'CANCEL', outcome: 'TAKEN' }]);
    await house.parts.resolution.act(request);
    expect((await auditsOf(id)).filter((row) => 'outcome' in row && row.outcome === 'TAKEN')).toHaveLength(1);
    expect((await orderOf(order)).lines[0]?.quantities.cancelled).toBe(1);
  });

  it('of two persons at once is done once, and each is written down', async () => {
    const order = await place('TWO-PERSONS', {
      ...selling('L-A'),
      holds: [{ kind: 'FRAUD', reason: 'The bank asks.' }],
    });
    const { id } = await exceptionOf(order);
    const release = { action: 'RELEASE_HOLD', reason: 'The buyer is known.' } as const;
    const results = await Promise.all([act([id], release), act([id], release, { actor: { subject: 'bob' } })]);
    for (const result of results) expect(result).toMatchObject({ result: 'DONE', outcomes: [{ exceptionId: id }] });
    const actors = (await auditsOf(id)).map((row) => ('actor' in row ? row.actor : ''));
    expect(actors).toHaveLength(2);
    expect(new Set(actors)).toEqual(new Set(['ada', 'bob']));
    expect(holdsOf(await orderOf(order))).toHaveLength(1);
    expect((await orderOf(order)).erp.status).toBe('REQUESTED');
  });

  it('on an address is for one order, and is not kept in the audit', async () => {
    const holds = [{ kind: 'ADDRESS', reason: 'The street is missing.' }] as const;
    const orders = await placeAll(['ADDRESS-1', 'ADDRESS-2'], { ...selling('L-B'), holds });
    const [one, other] = await Promise.all(orders.map(exceptionOf));
    const shipTo = { name: 'Ada Lovelace', line1: 'Sample street 5', city: 'Bonn', postalCode: '53111', country: 'DE' };
    const input: ActionInput = { action: 'CORRECT_ADDRESS', shipTo };
    expect(await act([one?.id ?? '', other?.id ?? ''], input)).toMatchObject({ result: 'INVALID' });
    expect(await act([one?.id ?? ''], { ...input, shipTo: { ...shipTo, country: 'Germany' } })).toMatchObject({
      result: 'INVALID',
      errors: [{ pointer: '/shipTo/country' }],
    });
    expect(await act([one?.id ?? ''], input)).toMatchObject({ outcomes: [{ result: 'TAKEN', changed: true }] });
    expect(await exceptionOf(orders[0] ?? '')).toMatchObject({ category: 'ADDRESS_FAILURE', status: 'RESOLVED' });
    expect(await auditsOf(one?.id ?? '')).toEqual([
      {
        actor: 'ada',
        action: 'CORRECT_ADDRESS',
        input: { action: 'CORRECT_ADDRESS', country: 'DE' },
        outcome: 'TAKEN',
      },
    ]);
    const { rows } = await house.pool.query<{ found: boolean }>(
      `select exists (select from event_log where data::text like '%Sample street%')
         or exists (select from fact where body::text like '%Sample street%') as found`,
    );
    expect(rows).toEqual([{ found: false }]);
  });
});

async function sweepOrders(): Promise<void> {
  while (await house.parts.register.sweep());
}

describe('the sweep over orders', () => {
  it('raises what nobody told, and ends what nobody ended', async () => {
    const [missing, gone] = [await place('SWEEP-1', selling('UNKNOWN-6')), await place('SWEEP-2', selling('L-A'))];
    await house.pool.query('delete from exception where order_id = $1', [missing]);
    await house.parts.exceptions.raise([
      {
        key: `order/${gone}/STOCK_SHORTAGE/STOCK:A`,
        category: 'STOCK_SHORTAGE',
        sentence: 'It was short once.',
        groupKey: 'STOCK:A',
        subject: { orderId: gone, channel: SHOP },
      },
    ]);
    await sweepOrders();
    expect(await exceptionOf(missing)).toMatchObject({ category: 'UNKNOWN_SKU', status: 'OPEN' });
    expect(await exceptionOf(gone)).toMatchObject({ status: 'RESOLVED', endedBecause: expect.any(String) as string });
    const { version } = await exceptionOf(missing);
    await sweepOrders();
    expect(await exceptionOf(missing)).toMatchObject({ version });
  });
});
