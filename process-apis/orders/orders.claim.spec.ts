import { describe, expect, it } from 'vitest';
import { orderStatus } from '../../src/model/order.js';
import { stockNode } from '../../src/model/stock.js';
import { CHANNEL, channelLine } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { expectSound } from './testing/invariants.js';
import { at, orderOf, place, reconsider } from './testing/placing.js';
import { expectSettled, types } from './testing/story.js';

const SIX_PACK = { sku: 'A', components: [{ sku: 'A', quantity: 6 }] };
/** A cup of A and two saucers of B. */
const KIT = {
  sku: 'SET',
  components: [
    { sku: 'A', quantity: 1 },
    { sku: 'B', quantity: 2 },
  ],
};

describe('a pack and a kit', () => {
  it('claim the base units of their components, and ship without a unit made or lost', () => {
    const harness = new Harness({ stock: { 'A@N1': 20, 'B@N1': 9 }, listings: { 'L-A': SIX_PACK, 'L-B': KIT } });
    place(harness, 'R-1', { lines: [channelLine('A', 2), channelLine('B', 3)] });
    expect(harness.stockSheet).toEqual({ 'A@N1': [20, 15], 'B@N1': [9, 6] });
    expectSound(harness);
    expectSettled(harness);
    expect(harness.stockSheet).toEqual({ 'A@N1': [5, 0], 'B@N1': [3, 0] });
    expect(orderStatus(harness.order)).toBe('SHIPPED');
  });

  it('of which one lacks the shared component wait for exactly what is missing', () => {
    const harness = new Harness({ stock: { 'A@N1': 14, 'B@N1': 9 }, listings: { 'L-A': SIX_PACK, 'L-B': KIT } });
    place(harness, 'R-1', { lines: [channelLine('A', 2), channelLine('B', 3)] });
    expect(harness.order.shortages).toEqual([{ sku: 'A', missing: 1 }]);
    expect(harness.stockSheet).toEqual({ 'A@N1': [14, 0], 'B@N1': [9, 0] });
  });

  it('of an absurd number wait like others, whatever the database can count to', () => {
    const listings = { 'L-A': { sku: 'A', components: [{ sku: 'A', quantity: 1_000_000 }] } };
    const harness = new Harness({ stock: { 'A@N1': 14 }, listings });
    place(harness, 'R-1', { lines: [channelLine('A', 1_000_000)] });
    expect(harness.order.shortages).toEqual([{ sku: 'A', missing: 1_000_000_000 }]);
    expectSound(harness);
  });

  it('come whole from one node: a kit is not put together on the way', () => {
    const harness = new Harness({ stock: { 'A@N1': 5, 'B@N2': 10 }, listings: { 'L-B': KIT } });
    place(harness, 'R-1', { lines: [channelLine('B', 2)] });
    expect(harness.order.shortages).toEqual([
      { sku: 'A', missing: 2 },
      { sku: 'B', missing: 4 },
    ]);
  });

  it('of which a component is not found lose that component alone', () => {
    const harness = new Harness({ stock: { 'A@N1': 3, 'B@N1': 6 }, listings: { 'L-B': KIT } });
    place(harness, 'R-1', { lines: [channelLine('B', 3)] });
    const [line] = harness.order.lines;
    const [fo] = harness.order.fulfillmentOrders;
    harness.tell({ kind: 'SalesOrderPosted', salesOrder: 'SO', items: {} });
    harness.tell({ kind: 'SalesOrderConfirmed', salesOrder: 'SO' });
    harness.tell({
      kind: 'FulfillmentShortPicked',
      fulfillmentOrderId: fo?.id ?? '',
      lines: [{ lineId: line?.id ?? '', quantity: 1, sku: 'B' }],
      reason: 'one saucer pair broken',
    });
    expect(harness.stockSheet).toEqual({ 'A@N1': [3, 2], 'B@N1': [4, 4] });
    expectSound(harness);
  });
});

describe('an order that cannot be served whole', () => {
  const STOCK = { 'A@N1': 3, 'B@N1': 1 };

  it('waits for all of it, and holds nothing', () => {
    const harness = new Harness({ stock: STOCK });
    place(harness, 'R-1');
    expect(orderStatus(harness.order)).toBe('OPEN');
    expect(harness.stockSheet).toEqual({ 'A@N1': [3, 0], 'B@N1': [1, 0] });
    expect(harness.order.waits.map((wait) => wait.key)).toEqual(['STOCK:B']);
    expect(harness.order.waits[0]?.reason).toContain('1 units of B');
  });

  it('ships what is there and waits for the rest, in one sales order', () => {
    const harness = new Harness({ stock: STOCK, policy: { shortage: 'SPLIT' } });
    const { tasks } = place(harness, 'R-1');
    expect(tasks.map((task) => task.kind)).toEqual(['erp.post-sales-order']);
    expect(harness.order.erp.requested).toEqual(
      Object.fromEntries(harness.order.lines.map((line) => [line.id, line.ordered])),
    );
    expect(orderStatus(harness.order)).toBe('BACKORDERED');
    expect(harness.stockSheet).toEqual({ 'A@N1': [3, 3], 'B@N1': [1, 1] });
    harness.moveStock('B', 'N2', 4);
    reconsider(harness, 'R-1');
    expectSettled(harness);
    expect(orderStatus(harness.order)).toBe('SHIPPED');
    expect(harness.order.fulfillmentOrders.map((fo) => fo.node)).toEqual(['N1', 'N2']);
  });

  it('is cut down to what is there', () => {
    const harness = new Harness({ stock: STOCK, policy: { shortage: 'PARTIAL' } });
    place(harness, 'R-1');
    expect(harness.order.lines.map((line) => line.quantities)).toMatchObject([
      { reserved: 3, cancelled: 0 },
      { reserved: 1, cancelled: 1 },
    ]);
    expectSettled(harness);
  });

  it('is refused at once, whole, with what is missing', () => {
    const harness = new Harness({ stock: STOCK, policy: { shortage: 'REJECT' } });
    const played = place(harness, 'R-1');
    const { outcome, tasks } = played;
    expect(outcome).toMatchObject({ result: 'APPLIED', shortages: [{ sku: 'B', missing: 1 }] });
    expect(types(played)).toEqual([
      'OrderAccepted',
      'OrderRejected',
      'CancellationRequested',
      'LinesCancelled',
      'OrderCancelled',
      'OrderCompleted',
    ]);
    expect(tasks).toEqual([]);
    expect(orderStatus(harness.order)).toBe('CANCELLED');
    expect(harness.stockSheet).toEqual({ 'A@N1': [3, 0], 'B@N1': [1, 0] });
  });

  it('takes another item where a rule allows it and it serves the whole line', () => {
    const harness = new Harness({ stock: { ...STOCK, 'B2@N1': 1, 'B3@N1': 5 }, substitutes: { B: ['B2', 'B3'] } });
    place(harness, 'R-1');
    expect(harness.order.lines[1]).toMatchObject({ sku: 'B3', substitutedFor: 'B', quantities: { reserved: 2 } });
    expectSettled(harness);
    expect(harness.stockSheet['B3@N1']).toEqual([3, 0]);
  });
});

describe('orders that wait', () => {
  const EXPRESS = 'express';
  const one = [channelLine('A', 2)];

  it('have the first choice of what comes: who comes later does not get it', () => {
    const harness = new Harness({ stock: { 'A@N1': 0 } });
    place(harness, 'FIRST', { lines: one });
    harness.moveStock('A', 'N1', 2);
    expect(at(harness, 'A')).toMatchObject({ onHand: 2, earmarked: 2 });
    place(harness, 'LATER', { lines: one });
    expect(orderStatus(orderOf(harness, 'LATER'))).toBe('OPEN');
    reconsider(harness, 'FIRST');
    expect(orderStatus(orderOf(harness, 'FIRST'))).toBe('RESERVED');
    expect(at(harness, 'A')).toMatchObject({ onHand: 2, reserved: 2, earmarked: 0 });
    expectSound(harness);
  });

  it('leave to others what they do not lack', () => {
    const harness = new Harness({ stock: { 'A@N1': 0 } });
    place(harness, 'FIRST', { lines: one });
    harness.moveStock('A', 'N1', 5);
    expect(at(harness, 'A').earmarked).toBe(2);
    place(harness, 'LATER', { lines: [channelLine('A', 3)] });
    expect(orderStatus(orderOf(harness, 'LATER'))).toBe('RESERVED');
  });

  it('are passed by one of a better tier, and by none of their own', () => {
    const harness = new Harness({ stock: { 'A@N1': 0 }, policies: { [EXPRESS]: { tier: 10 } } });
    place(harness, 'FIRST', { lines: one });
    harness.moveStock('A', 'N1', 2);
    place(harness, 'RUSH', { channel: EXPRESS, lines: one });
    expect(orderStatus(orderOf(harness, 'RUSH'))).toBe('RESERVED');
    reconsider(harness, 'FIRST');
    expect(orderStatus(orderOf(harness, 'FIRST'))).toBe('OPEN');
  });

  it('stop lacking what is cancelled', () => {
    const harness = new Harness({ stock: { 'A@N1': 0 } });
    place(harness, 'R-1', { lines: one });
    harness.tell({ kind: 'CancellationRequested', by: 'CHANNEL', reason: 'buyer' });
    expect(harness.order.shortages).toEqual([]);
    harness.moveStock('A', 'N1', 2);
    expect(at(harness, 'A').earmarked).toBe(0);
  });

  it('wait for the release date, and go on when it has come', () => {
    const releaseAt = '2026-01-02T00:00:03.500Z';
    const harness = new Harness({ stock: { 'A@N1': 5 }, items: { A: { tracking: 'NONE', releaseAt } } });
    place(harness, 'R-1', { lines: one });
    expect(harness.order.waits[0]?.reason).toContain(releaseAt);
    reconsider(harness, 'R-1');
    reconsider(harness, 'R-1');
    reconsider(harness, 'R-1');
    expect(orderStatus(harness.order)).toBe('RESERVED');
  });
});

describe('a channel quota', () => {
  const rule = {
    id: '00000000-0000-7000-8000-00000000aaaa',
    name: 'half for others',
    channel: CHANNEL,
    kind: 'SHARE',
    percent: 50,
    mode: 'HARD',
    updatedAt: '2026-01-01T00:00:00.000Z',
  } as const;

  it('binds the claim as it binds the promise', () => {
    const harness = new Harness({ stock: { 'A@N1': 10 }, around: { rules: new Map([['A', [rule]]]) } });
    place(harness, 'R-1', { lines: [channelLine('A', 4)] });
    place(harness, 'R-2', { lines: [channelLine('A', 2)] });
    expect(orderOf(harness, 'R-2').shortages).toEqual([{ sku: 'A', missing: 1 }]);
    place(harness, 'R-3', { channel: 'other', lines: [channelLine('A', 6)] });
    expect(orderStatus(orderOf(harness, 'R-3'))).toBe('RESERVED');
    expectSound(harness);
  });

  it('of units alone is used up by what was shipped, too', () => {
    const { percent: _, ...cap } = rule;
    const rules = new Map([['A', [{ ...cap, kind: 'CAP' as const, units: 3 }]]]);
    const harness = new Harness({ stock: { 'A@N1': 10 }, around: { rules } });
    place(harness, 'R-1', { lines: [channelLine('A', 3)] });
    expectSettled(harness);
    place(harness, 'R-2', { lines: [channelLine('A', 1)] });
    expect(orderOf(harness, 'R-2').shortages).toEqual([{ sku: 'A', missing: 1 }]);
  });
});

describe('where an order goes', () => {
  it('is the store where the buyer fetches it, and no other', () => {
    const nodes = [
      stockNode({ id: 'N1', priority: 1 }),
      stockNode({ id: 'S1', kind: 'STORE', priority: 9, clickAndCollect: true }),
    ];
    const sourcing = { clickAndCollect: true };
    const harness = new Harness({ stock: { 'A@N1': 9, 'A@S1': 1 }, nodes, sourcing });
    place(harness, 'R-1', { lines: [channelLine('A', 1)], collectAt: 'S1' });
    expect(harness.order.fulfillmentOrders.map((fo) => fo.node)).toEqual(['S1']);
    place(harness, 'R-2', { lines: [channelLine('A', 1)], collectAt: 'S1' });
    expect(orderOf(harness, 'R-2').shortages).toEqual([{ sku: 'A', missing: 1 }]);
  });

  it('is limited by what a node takes in a day', () => {
    const nodes = [stockNode({ id: 'N1', priority: 1, unitsPerDay: 3 }), stockNode({ id: 'N2', priority: 2 })];
    const loads = [{ node: 'N1', units: 0 }];
    const harness = new Harness({ stock: { 'A@N1': 9, 'A@N2': 9 }, nodes, around: { loads } });
    place(harness, 'R-1', { lines: [channelLine('A', 2)] });
    place(harness, 'R-2', { lines: [channelLine('A', 2)] });
    expect(harness.all.map((order) => order.fulfillmentOrders.map((fo) => fo.node))).toEqual([['N1'], ['N2']]);
  });
});
