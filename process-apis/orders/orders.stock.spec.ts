import { describe, expect, it } from 'vitest';
import { orderStatus } from '../../src/model/order.js';
import { emptyPosition, type Lot, type Position } from '../../src/model/stock.js';
import { CHANNEL, channelLine, channelOrder } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { expectSound } from './testing/invariants.js';
import { shipped } from './testing/outside.js';
import { at, orderOf, place } from './testing/placing.js';

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

  it('is for one order, also where two name it in one transaction', () => {
    const harness = new Harness({
      stock: { 'A@N2': 10 },
      reservations: [held],
      around: {
        positions: [cart],
        demands: [{ sku: 'A', channel: CHANNEL, reserved: 2, waiting: 0, claimedAt: null }],
      },
    });
    const { outcomes } = harness.playTogether(
      ['R-1', 'R-2'].map((reference) => ({
        id: reference,
        source: 'test',
        occurredAt: harness.now,
        address: { by: 'REFERENCE', channel: CHANNEL, reference },
        body: {
          kind: 'ChannelOrderReceived',
          order: channelOrder({ reference, reservation: 'CART-1', lines: [channelLine('A', 2)] }),
        },
      })),
    );
    expect(outcomes.map(({ result }) => result)).toEqual(['APPLIED', 'APPLIED']);
    expectSound(harness);
    expect(harness.all.map((order) => order.fulfillmentOrders.map(({ node }) => node))).toEqual([['N1'], ['N2']]);
  });

  it('gives back what the order does not take, to those that wait first', () => {
    const two = { ...held, claims: [...held.claims, { node: 'N1', sku: 'B', quantity: 3 }] };
    const cartOfB = { ...emptyPosition('B', 'N1'), onHand: 3, reserved: 3 };
    const demands = ['A', 'B'].map((sku) => ({ sku, channel: CHANNEL, reserved: 2, waiting: 2, claimedAt: null }));
    const world = { stock: {}, reservations: [two], around: { positions: [cart, cartOfB], demands } };
    const harness = new Harness(world);
    const { events } = place(harness, 'R-1', { lines: [channelLine('A', 2)], reservation: 'CART-1' });
    expect(at(harness, 'B')).toMatchObject({ reserved: 0, earmarked: 2 });
    const reserved = events.find(({ type }) => type === 'InventoryReserved');
    expect(reserved).toMatchObject({
      stock: [
        { sku: 'A', quantity: 2 },
        { sku: 'B', quantity: 0 },
      ],
    });
  });

  it('ships nothing before its release date', () => {
    const items = { A: { tracking: 'NONE' as const, releaseAt: '2026-06-01T00:00:00.000Z' } };
    const harness = new Harness({ stock: {}, items, reservations: [held], around: { positions: [cart] } });
    place(harness, 'R-1', { lines: [channelLine('A', 2)], reservation: 'CART-1' });
    expect(orderStatus(harness.order)).toBe('OPEN');
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

  it('after units were not found is not reduced by them again, however late that is told', () => {
    const harness = released('2026-01-03T00:00:00.000Z', { onHand: 3, missing: 1 });
    const [fo] = harness.order.fulfillmentOrders;
    const [line] = harness.order.lines;
    harness.play({
      id: 'late-short-pick',
      source: 'wms',
      occurredAt: '2026-01-02T12:00:00.000Z',
      address: { by: 'ID', orderId: harness.order.id },
      body: {
        kind: 'FulfillmentShortPicked',
        fulfillmentOrderId: fo?.id ?? '',
        lines: [{ lineId: line?.id ?? '', quantity: 3 }],
        reason: 'not found',
      },
    });
    // Two were counted after three had not been found: too few for the order, which waits.
    expect(at(harness, 'A')).toMatchObject({ onHand: 2, reserved: 0, missing: 0 });
    expectSound(harness);
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

describe('an order ahead', () => {
  const items = { A: { tracking: 'NONE' as const, releaseAt: '2026-06-01T00:00:00.000Z' } };
  const line = [channelLine('A', 2), channelLine('B', 1)];

  it('waits where the channel takes such orders, whatever becomes of what is short', () => {
    for (const shortage of ['REJECT', 'PARTIAL'] as const) {
      const harness = new Harness({ stock: { 'B@N1': 1 }, items, policy: { shortage, preOrder: true } });
      place(harness, 'R-1', { lines: line });
      expect(harness.order.shortages).toMatchObject([{ sku: 'A', missing: 2, releasedAt: items.A.releaseAt }]);
      expect(orderStatus(harness.order)).not.toBe('CANCELLED');
    }
  });

  it('is refused where the channel takes none', () => {
    const harness = new Harness({ stock: { 'B@N1': 1 }, items, policy: { shortage: 'REJECT' } });
    place(harness, 'R-1', { lines: line });
    expect(orderStatus(harness.order)).toBe('CANCELLED');
  });
});

it('an order that ships in parts is sent to the ERP again after it was refused, also while units wait', () => {
  const harness = new Harness({ stock: { 'A@N1': 1 }, policy: { shortage: 'SPLIT' } });
  place(harness, 'R-1', { lines: [channelLine('A', 3)] });
  harness.tell({ kind: 'SalesOrderRejected', reason: 'credit limit' });
  const { outcome, tasks } = harness.tell({ kind: 'RetryRequested' });
  expect(outcome.result).toBe('APPLIED');
  expect(tasks.map(({ kind }) => kind)).toContain('erp.post-sales-order');
});
