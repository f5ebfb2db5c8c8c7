import { describe, expect, it } from 'vitest';
import type { ChannelOrder } from '../../src/model/channel-order.js';
import { orderStatus, type Order } from '../../src/model/order.js';
import { emptyPosition, stockNode, type Lot, type Position } from '../../src/model/stock.js';
import { CHANNEL, channelLine, channelOrder } from './testing/channel-orders.js';
import { Harness, type Played } from './testing/harness.js';
import { expectSound } from './testing/invariants.js';
import { shipped } from './testing/outside.js';
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

function place(harness: Harness, reference: string, given: Partial<ChannelOrder> = {}): Played {
  const order = channelOrder({ reference, ...given });
  return harness.tell({ kind: 'ChannelOrderReceived', order }, { by: 'REFERENCE', channel: order.channel, reference });
}

function reconsider(harness: Harness, reference: string, channel = CHANNEL): void {
  harness.tell({ kind: 'Reconsidered' }, { by: 'REFERENCE', channel, reference });
}

function orderOf(harness: Harness, reference: string): Order {
  const order = harness.all.find((candidate) => candidate.reference === reference);
  if (order === undefined) throw new Error(`no order ${reference}`);
  return order;
}

function at(harness: Harness, sku: string, node = 'N1'): Position {
  return harness.stock.position(sku, node) ?? emptyPosition(sku, node);
}

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

describe('a soft reservation', () => {
  const held = {
    id: '00000000-0000-7000-8000-00000000bbbb',
    channel: CHANNEL,
    reference: 'CART-1',
    expiresAt: '2026-02-01T00:00:00.000Z',
    claims: [{ node: 'N1', sku: 'A', quantity: 2 }],
  };
  const cart = { ...emptyPosition('A', 'N1'), onHand: 2, reserved: 2 };

  it('becomes the order without a gap, also when others wait for the item', () => {
    const harness = new Harness({
      stock: {},
      reservations: [held],
      around: {
        positions: [cart],
        demands: [{ sku: 'A', channel: CHANNEL, reserved: 2, waiting: 5, claimedAt: null }],
      },
    });
    const { events } = place(harness, 'R-1', { lines: [channelLine('A', 2)], reservation: 'CART-1' });
    expect(events).toContainEqual(expect.objectContaining({ type: 'InventoryReserved', reservationId: held.id }));
    expect(at(harness, 'A')).toMatchObject({ onHand: 2, reserved: 2, earmarked: 0 });
    expect(harness.stock.demandsOf('A')).toMatchObject([{ reserved: 2 }]);
  });

  it('keeps its units from everyone else', () => {
    const harness = new Harness({ stock: {}, reservations: [held], around: { positions: [cart] } });
    place(harness, 'R-1', { lines: [channelLine('A', 1)] });
    expect(harness.order.shortages).toEqual([{ sku: 'A', missing: 1 }]);
  });
});

describe('lots', () => {
  const world = {
    stock: { 'A@N1': 9 },
    items: { A: { tracking: 'LOT' as const } },
    around: { lots: [lotOf('LATE', '2027-01-01', 4), lotOf('SOON', '2026-03-01', 2), lotOf('GONE', '2025-12-31', 3)] },
  };

  it('are claimed first expired first, and never when expired', () => {
    const harness = new Harness(world);
    place(harness, 'R-1', { lines: [channelLine('A', 3)] });
    expect(harness.order.fulfillmentOrders[0]?.lots).toEqual([
      { sku: 'A', lot: 'SOON', quantity: 2 },
      { sku: 'A', lot: 'LATE', quantity: 1 },
    ]);
    place(harness, 'R-2', { lines: [channelLine('A', 2)] });
    expect(orderOf(harness, 'R-2').fulfillmentOrders[0]?.lots).toEqual([{ sku: 'A', lot: 'LATE', quantity: 2 }]);
  });

  it('go out as the warehouse says, whatever was planned', () => {
    const harness = new Harness(world);
    place(harness, 'R-1', { lines: [channelLine('A', 2)] });
    const [fo] = harness.order.fulfillmentOrders;
    const [line] = harness.order.lines;
    harness.tell({ kind: 'SalesOrderPosted', salesOrder: 'SO', items: {} });
    harness.tell({ kind: 'SalesOrderConfirmed', salesOrder: 'SO' });
    const told = shipped(fo?.id ?? '', 'S-1', [{ lineId: line?.id ?? '', quantity: 2 }]);
    if (told.kind !== 'FulfillmentShipped') throw new Error('not a shipment');
    const packages = told.packages.map((parcel) => ({
      ...parcel,
      items: parcel.items.map((item) => ({ ...item, lots: [{ sku: 'A', lot: 'LATE', quantity: 2 }] })),
    }));
    harness.tell({ ...told, packages });
    expect(harness.stock.lotsAt('A', 'N1')).toMatchObject([
      { lot: 'GONE', onHand: 3, reserved: 0 },
      { lot: 'SOON', onHand: 2, reserved: 0 },
      { lot: 'LATE', onHand: 2, reserved: 0 },
    ]);
    expect(harness.order.fulfillmentOrders[0]?.lots).toEqual([]);
  });
});

describe('a count', () => {
  it('after the goods had left is not reduced by them again', () => {
    const harness = released('2026-01-03T00:00:00.000Z', { onHand: 3, missing: 1 });
    ship(harness, '2026-01-02T12:00:00.000Z');
    // Two were counted: the shelf held them after the shipment of three.
    expect(at(harness, 'A')).toMatchObject({ onHand: 2, reserved: 0, missing: 0 });
    expectSound(harness);
  });

  it('before the goods left is reduced by them', () => {
    const harness = released('2026-01-02T01:00:00.000Z', { onHand: 4 });
    ship(harness, '2026-01-02T12:00:00.000Z');
    expect(at(harness, 'A')).toMatchObject({ onHand: 1, reserved: 0, missing: 0 });
  });

  it('that missed claimed units takes them off when the claim ends', () => {
    const harness = released('2026-01-02T01:00:00.000Z', { onHand: 3, missing: 2 });
    harness.tell({ kind: 'CancellationRequested', by: 'CHANNEL', reason: 'buyer' });
    const [fo] = harness.order.fulfillmentOrders;
    harness.tell({ kind: 'FulfillmentReleased', fulfillmentOrderId: fo?.id ?? '', wmsReference: 'W' });
    harness.tell({ kind: 'FulfillmentCancelled', fulfillmentOrderId: fo?.id ?? '' });
    expect(at(harness, 'A')).toMatchObject({ onHand: 1, reserved: 0, missing: 0 });
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

function lotOf(name: string, expiresOn: string | null, onHand: number): Lot {
  return { sku: 'A', node: 'N1', lot: name, expiresOn, onHand, reserved: 0, qualityHold: 0 };
}

/** An order of three of five units with the warehouse, and a count since. */
function released(countedAt: string, position: Partial<Position>): Harness {
  const harness = new Harness({
    stock: {},
    around: { positions: [{ ...emptyPosition('A', 'N1'), onHand: 5 }] },
  });
  place(harness, 'R-1', { lines: [channelLine('A', 3)] });
  harness.tell({ kind: 'SalesOrderPosted', salesOrder: 'SO', items: {} });
  harness.tell({ kind: 'SalesOrderConfirmed', salesOrder: 'SO' });
  const { onHand = 5, missing = 0 } = position;
  harness.stock.book(
    [
      { sku: 'A', node: 'N1', bucket: 'onHand', delta: onHand - 5, reason: 'COUNT' },
      { sku: 'A', node: 'N1', bucket: 'missing', delta: missing, reason: 'COUNT' },
    ],
    { stream: '00000000-0000-7000-8000-00000000cccc', version: 1, occurredAt: countedAt },
  );
  harness.stock.counted('A', 'N1', countedAt);
  return harness;
}

function ship(harness: Harness, occurredAt: string): void {
  const [fo] = harness.order.fulfillmentOrders;
  const [line] = harness.order.lines;
  harness.play({
    id: 'late-shipment',
    source: 'wms',
    occurredAt,
    address: { by: 'ID', orderId: harness.order.id },
    body: shipped(fo?.id ?? '', 'S-1', [{ lineId: line?.id ?? '', quantity: 3 }]),
  });
}
