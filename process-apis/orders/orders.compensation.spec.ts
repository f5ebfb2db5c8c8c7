import { describe, expect, it } from 'vitest';
import { orderStatus } from '../../src/model/order.js';
import { channelLine, channelOrder, versionAt } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { remainingOf, shipped } from './testing/outside.js';
import { orderAt, STAGES, type Stage } from './testing/stages.js';
import { expectSettled, fo, tell, types, unitsIn } from './testing/story.js';

const CANCEL_ALL = { kind: 'CancellationRequested', by: 'CHANNEL', reason: 'buyer' } as const;
const CANCEL_PART = {
  ...CANCEL_ALL,
  lines: [
    { lineReference: 'A', quantity: 2 },
    { lineReference: 'B', quantity: 1 },
  ],
} as const;

/** Where a fulfillment order is when the order is at this stage decides what can still be cancelled. */
const SHIPPED_AT: Partial<Record<Stage, number>> = { 'partly shipped': 3, shipped: 5, completed: 5 };
const TAKEN = STAGES.filter((stage) => stage !== 'new');

describe('a cancellation of everything', () => {
  it.each(TAKEN)('when the order is %s', (stage) => {
    const harness = orderAt(stage);
    tell(harness, CANCEL_ALL);
    expectSettled(harness);
    const gone = SHIPPED_AT[stage] ?? 0;
    expect(unitsIn(harness)).toMatchObject({ shipped: gone, cancelled: 5 - gone });
    expect(orderStatus(harness.order)).toBe(gone === 0 ? 'CANCELLED' : 'SHIPPED');
  });

  it.each(TAKEN)('told by the channel as a cancelled order when it is %s', (stage) => {
    const harness = orderAt(stage);
    const order = channelOrder({ version: versionAt(5), cancelled: true });
    tell(harness, { kind: 'ChannelOrderReceived', order });
    expectSettled(harness);
    expect(unitsIn(harness).cancelled).toBe(5 - (SHIPPED_AT[stage] ?? 0));
  });

  it.each(TAKEN)('that the warehouse refuses when the order is %s', (stage) => {
    const harness = orderAt(stage);
    tell(harness, CANCEL_ALL);
    const refused = harness.order.fulfillmentOrders.filter((candidate) => candidate.status === 'CANCEL_REQUESTED');
    for (const { id } of refused)
      tell(harness, { kind: 'FulfillmentCancelRefused', fulfillmentOrderId: id, reason: 'packed' });
    expectSettled(harness);
    const wasAsked = refused.length > 0;
    expect(unitsIn(harness).cancelled === 0).toBe(wasAsked || SHIPPED_AT[stage] === 5);
  });
});

describe('a cancellation of two A and one B', () => {
  // Both lack the rest: without it nothing is left that could complete the order.
  const blocked: ReadonlySet<Stage> = new Set(['waiting for a listing']);

  it.each(TAKEN.filter((stage) => !blocked.has(stage)))('when the order is %s', (stage) => {
    const harness = orderAt(stage);
    tell(harness, CANCEL_PART);
    expectSettled(harness);
    const expected = { 'partly shipped': 1, shipped: 0, completed: 0, cancelled: 5 } as const;
    const cancelled: number = stage in expected ? expected[stage as keyof typeof expected] : 3;
    expect(unitsIn(harness)).toMatchObject({ cancelled, shipped: 5 - cancelled });
  });

  it('leaves the rest waiting for its listing', () => {
    const harness = orderAt('waiting for a listing');
    tell(harness, CANCEL_PART);
    expect(unitsIn(harness)).toMatchObject({ cancelled: 3, open: 2 });
    harness.listings.set('L-B', { sku: 'B' });
    tell(harness, { kind: 'Reconsidered' });
    expectSettled(harness);
  });

  it('asks the ERP for what remains, in absolute units', () => {
    const harness = orderAt('posted');
    const { tasks } = tell(harness, CANCEL_PART);
    const [a, b] = harness.order.lines;
    expect(tasks.map(({ kind, payload }) => ({ kind, payload }))).toEqual([
      {
        kind: 'erp.reduce-sales-order',
        payload: {
          orderId: harness.order.id,
          remaining: [
            { lineId: a?.id, quantity: 1 },
            { lineId: b?.id, quantity: 1 },
          ],
        },
      },
    ]);
  });

  it('counts a line that is named twice once per unit that is there', () => {
    const harness = orderAt('requested');
    const lines = [
      { lineReference: 'A', quantity: 3 },
      { lineReference: 'A', quantity: 3 },
    ];
    tell(harness, { ...CANCEL_ALL, lines });
    expect(unitsIn(harness)).toMatchObject({ cancelled: 3, reserved: 2 });
    expect(harness.order.cancelling).toEqual({});
  });

  it('is refused for a line that the order does not have', () => {
    const harness = orderAt('requested');
    const { outcome } = tell(harness, { ...CANCEL_ALL, lines: [{ lineReference: 'Z', quantity: 1 }] });
    expect(outcome).toMatchObject({ result: 'REJECTED', reason: 'the order has no line "Z"' });
  });
});

describe('a cancellation that meets the ERP', () => {
  it('after the posting: the cancelled document reads as rejected, and the order completes all the same', () => {
    const harness = orderAt('posted');
    tell(harness, CANCEL_ALL);
    expect(harness.order.waits.map((wait) => wait.key)).toEqual(['ERP:REDUCTION']);
    tell(harness, { kind: 'SalesOrderRejected', salesOrder: 'SO-1', reason: 'all items rejected' });
    expect(harness.order.erp.status).toBe('POSTED');
    expectSettled(harness);
    expect(harness.order.erp).toMatchObject({ status: 'POSTED' });
  });

  it('that refuses a posting which another has done meanwhile: what was posted stands', () => {
    const harness = orderAt('posted');
    expect(types(tell(harness, { kind: 'SalesOrderRejected', reason: 'this number is taken' }))).toEqual([]);
    expect(harness.order.erp).toMatchObject({ status: 'POSTED', salesOrder: 'SO-1' });
  });

  it('while it is being posted: units are taken off once the document is there', () => {
    const harness = orderAt('requested');
    tell(harness, CANCEL_PART);
    const { tasks } = tell(harness, { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} });
    expect(tasks.map((task) => task.kind)).toEqual(['erp.reduce-sales-order']);
    expectSettled(harness);
  });

  it('whose answers to two reductions come in the wrong order', () => {
    const harness = orderAt('posted');
    const one = { ...CANCEL_ALL, lines: [{ lineReference: 'A', quantity: 1 }] };
    const reductions = [tell(harness, one), tell(harness, one)].flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'SalesOrderReduceRequested' ? event.remaining : [])),
    );
    expect(reductions.map((line) => line.quantity)).toEqual([2, 1]);
    for (const line of reductions.toReversed()) tell(harness, { kind: 'SalesOrderReduced', remaining: [line] });
    expect(harness.order.waits.map((wait) => wait.key)).toEqual(['ERP:CONFIRMATION']);
    expectSettled(harness);
  });

  it('that was refused: part is cancelled, the rest is sent again under a new key', () => {
    const harness = orderAt('rejected by the ERP');
    tell(harness, CANCEL_PART);
    const { events, tasks } = tell(harness, { kind: 'RetryRequested' });
    const [a, b] = harness.order.lines;
    expect(events).toEqual([
      {
        type: 'SalesOrderRequested',
        attempt: 2,
        lines: [
          { lineId: a?.id, quantity: 1 },
          { lineId: b?.id, quantity: 1 },
        ],
      },
    ]);
    expect(tasks.map((task) => task.key)).toEqual([`${harness.order.id}-2`]);
    // A late word about the first document is not about the second.
    tell(harness, { kind: 'SalesOrderRejected', salesOrder: 'SO-1', reason: 'credit limit' });
    expect(harness.order.erp.status).toBe('REQUESTED');
    expectSettled(harness);
  });

  it('before anything was sent, when new units came meanwhile: they are requested anew', () => {
    const harness = orderAt('requested');
    tell(harness, CANCEL_ALL);
    const lines = [channelLine('A', 4, { cancelledQuantity: 3 }), channelLine('B', 2, { cancelledQuantity: 2 })];
    tell(harness, { kind: 'ChannelOrderReceived', order: channelOrder({ version: versionAt(9), lines }) });
    const { tasks } = tell(harness, { kind: 'SalesOrderNotNeeded' });
    expect(tasks.map((task) => task.key)).toEqual([`${harness.order.id}-2`]);
    expectSettled(harness);
    expect(unitsIn(harness)).toMatchObject({ shipped: 1, cancelled: 5 });
  });
});

describe('a cancellation that meets the warehouse', () => {
  it('before it answered the release: it is asked as soon as it has', () => {
    const harness = orderAt('confirmed');
    tell(harness, CANCEL_ALL);
    const { tasks } = tell(harness, {
      kind: 'FulfillmentReleased',
      fulfillmentOrderId: fo(harness).id,
      wmsReference: 'W-1',
    });
    expect(tasks.map((task) => task.kind)).toEqual(['wms.cancel']);
    expectSettled(harness);
    expect(orderStatus(harness.order)).toBe('CANCELLED');
  });

  it('that then rejects the release: nothing is sourced elsewhere', () => {
    const harness = orderAt('confirmed');
    tell(harness, CANCEL_ALL);
    tell(harness, { kind: 'FulfillmentRejected', fulfillmentOrderId: fo(harness).id, reason: 'closed' });
    expect(harness.order.fulfillmentOrders).toHaveLength(1);
    expectSettled(harness);
  });

  it('that ships a part before it stops', () => {
    const harness = orderAt('packed');
    tell(harness, CANCEL_ALL);
    tell(harness, shipped(fo(harness).id, 'S-1', remainingOf(fo(harness)).slice(0, 1)));
    tell(harness, { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(harness).id });
    expectSettled(harness);
    expect(unitsIn(harness)).toMatchObject({ shipped: 3, cancelled: 2 });
  });

  it('that ships everything before it answers: the cancellation is refused, and its answer changes nothing', () => {
    const harness = orderAt('packed');
    tell(harness, CANCEL_ALL);
    const played = tell(harness, shipped(fo(harness).id, 'S-1', remainingOf(fo(harness))));
    expect(types(played)).toEqual(['ShipmentConfirmed', 'CancellationRefused']);
    expect(types(tell(harness, { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(harness).id }))).toEqual([]);
    expectSettled(harness);
  });

  it('after a short pick: the short units are not sourced again', () => {
    const harness = orderAt('released');
    tell(harness, CANCEL_ALL);
    const lines = [{ lineId: harness.order.lines[0]?.id ?? '', quantity: 2 }];
    tell(harness, { kind: 'FulfillmentShortPicked', fulfillmentOrderId: fo(harness).id, lines, reason: 'empty' });
    expect(unitsIn(harness)).toMatchObject({ cancelled: 2, released: 3 });
    expectSettled(harness);
    // The two units that were not there are gone from the stock record too.
    expect(harness.stockSheet).toMatchObject({ 'A@N1': [8, 0], 'B@N1': [10, 0] });
  });

  it('of units that were sourced again after a short pick', () => {
    const harness = orderAt('released');
    const lines = [{ lineId: harness.order.lines[0]?.id ?? '', quantity: 2 }];
    tell(harness, { kind: 'FulfillmentShortPicked', fulfillmentOrderId: fo(harness).id, lines, reason: 'empty' });
    expect(fo(harness, 1)).toMatchObject({ status: 'RELEASE_REQUESTED' });
    tell(harness, CANCEL_ALL);
    expectSettled(harness);
    expect(unitsIn(harness)).toMatchObject({ cancelled: 5 });
  });

  it('of a part: the warehouse stops all, and the rest is released anew', () => {
    const harness = orderAt('released');
    tell(harness, CANCEL_PART);
    const played = tell(harness, { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(harness).id });
    expect(played.tasks.map((task) => task.kind)).toEqual(['erp.reduce-sales-order', 'wms.release']);
    expect(fo(harness, 1).lines.map((line) => line.quantity)).toEqual([1, 1]);
    expectSettled(harness);
  });
});

describe('a node that rejects the work', () => {
  it('is not asked again: another node takes it', () => {
    const harness = orderAt('confirmed');
    tell(harness, { kind: 'FulfillmentRejected', fulfillmentOrderId: fo(harness).id, reason: 'closed' });
    expect(fo(harness, 1)).toMatchObject({ node: 'N2', status: 'RELEASE_REQUESTED' });
    expectSettled(harness);
    expect(harness.stockSheet).toMatchObject({ 'A@N1': [10, 0], 'A@N2': [7, 0], 'B@N2': [8, 0] });
  });

  it('and no other that could: the order waits for stock, and can be cancelled', () => {
    const harness = orderAt('confirmed');
    for (const index of [0, 1])
      tell(harness, { kind: 'FulfillmentRejected', fulfillmentOrderId: fo(harness, index).id, reason: 'closed' });
    expect(harness.order.waits.map((wait) => wait.key)).toEqual(['STOCK:A', 'STOCK:B']);
    tell(harness, CANCEL_ALL);
    expectSettled(harness);
    expect(orderStatus(harness.order)).toBe('CANCELLED');
  });
});

function splitOrder(): Harness {
  const harness = new Harness({ stock: { 'A@N1': 3, 'A@N2': 2 } });
  const order = channelOrder({ lines: [channelLine('A', 5)] });
  tell(harness, { kind: 'ChannelOrderReceived', order });
  tell(harness, { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} });
  tell(harness, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' });
  for (const { id, number } of harness.order.fulfillmentOrders)
    tell(harness, { kind: 'FulfillmentReleased', fulfillmentOrderId: id, wmsReference: `W-${number}` });
  return harness;
}

describe('an order that two nodes ship', () => {
  it('ships from both', () => {
    const harness = splitOrder();
    expect(harness.order.fulfillmentOrders.map(({ node, lines }) => [node, lines[0]?.quantity])).toEqual([
      ['N1', 3],
      ['N2', 2],
    ]);
    expectSettled(harness);
    expect(harness.stockSheet).toEqual({ 'A@N1': [0, 0], 'A@N2': [0, 0] });
  });

  it('takes shipments of one reference from two warehouses as two', () => {
    const harness = splitOrder();
    for (const { id, lines } of harness.order.fulfillmentOrders)
      tell(harness, shipped(id, 'S-1', [{ lineId: lines[0]?.lineId ?? '', quantity: lines[0]?.quantity ?? 0 }]));
    expect(unitsIn(harness).shipped).toBe(5);
    expectSettled(harness);
  });

  it('cancels at the second what the first refuses to cancel', () => {
    const harness = splitOrder();
    tell(harness, { ...CANCEL_ALL, lines: [{ lineReference: 'A', quantity: 2 }] });
    expect(harness.order.fulfillmentOrders.map(({ status }) => status)).toEqual([
      'CANCEL_REQUESTED',
      'CANCEL_REQUESTED',
    ]);
    const refusal = { kind: 'FulfillmentCancelRefused', fulfillmentOrderId: fo(harness).id, reason: 'packed' } as const;
    expect(types(tell(harness, refusal))).toEqual(['FulfillmentCancelRefused']);
    tell(harness, { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(harness, 1).id });
    expectSettled(harness);
    expect(unitsIn(harness)).toMatchObject({ shipped: 3, cancelled: 2 });
  });

  it('ships all when both refuse', () => {
    const harness = splitOrder();
    tell(harness, { ...CANCEL_ALL, lines: [{ lineReference: 'A', quantity: 2 }] });
    for (const { id } of harness.order.fulfillmentOrders)
      tell(harness, { kind: 'FulfillmentCancelRefused', fulfillmentOrderId: id, reason: 'packed' });
    expect(harness.order.cancelling).toEqual({});
    expectSettled(harness);
    expect(unitsIn(harness)).toMatchObject({ shipped: 5, cancelled: 0 });
  });
});
