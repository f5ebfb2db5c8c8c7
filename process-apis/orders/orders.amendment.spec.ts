import { describe, expect, it } from 'vitest';
import type { ChannelOrderLine } from '../../src/model/channel-order.js';
import { channelLine, channelOrder, versionAt } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { settle } from './testing/settle.js';
import { nextDueAt } from './orders.sla.js';
import { orderAt } from './testing/stages.js';
import { expectSettled, fo, tell, types, unitsIn } from './testing/story.js';

function card(quantity: number): ChannelOrderLine {
  return channelLine('CARD', quantity, { requiresShipping: false });
}

describe('units that the channel adds', () => {
  const oneMore = channelOrder({ version: versionAt(5), lines: [channelLine('A', 4), channelLine('B', 2)] });

  it('after the sales order was sent wait for a person, and hold back no unit that was sent', () => {
    const harness = orderAt('released');
    tell(harness, { kind: 'ChannelOrderReceived', order: oneMore });
    const lines = [{ lineId: harness.order.lines[0]?.id ?? '', quantity: 2 }];
    tell(harness, { kind: 'FulfillmentShortPicked', fulfillmentOrderId: fo(harness).id, lines, reason: 'empty' });
    expect(fo(harness, 1).lines.map((line) => line.quantity)).toEqual([2]);
    settle(harness);
    expect(harness.order.waits.map((wait) => wait.key)).toEqual(['ERP:AMENDMENT']);
    tell(harness, {
      kind: 'CancellationRequested',
      by: 'CHANNEL',
      reason: 'buyer',
      lines: [{ lineReference: 'A', quantity: 1 }],
    });
    expectSettled(harness);
    expect(unitsIn(harness)).toMatchObject({ shipped: 5, cancelled: 1 });
  });

  it('after the ERP refused go into the next sales order', () => {
    const harness = orderAt('rejected by the ERP');
    tell(harness, { kind: 'ChannelOrderReceived', order: oneMore });
    const [event] = tell(harness, { kind: 'RetryRequested' }).events;
    expect(event).toMatchObject({ type: 'SalesOrderRequested', lines: [{ quantity: 4 }, { quantity: 2 }] });
    expectSettled(harness);
  });

  it('and that are not in stock hold the next sales order back, with a reason', () => {
    const harness = orderAt('rejected by the ERP');
    const order = channelOrder({ version: versionAt(5), lines: [channelLine('A', 99), channelLine('B', 2)] });
    tell(harness, { kind: 'ChannelOrderReceived', order });
    expect(tell(harness, { kind: 'RetryRequested' }).outcome.result).toBe('REJECTED');
    harness.moveStock('A', 'N1', 99);
    tell(harness, { kind: 'Reconsidered' });
    expect(types(tell(harness, { kind: 'RetryRequested' }))).toEqual(['SalesOrderRequested']);
    expectSettled(harness);
  });

  it('open a complete order again', () => {
    const harness = orderAt('completed');
    tell(harness, { kind: 'ChannelOrderReceived', order: oneMore });
    expect(harness.order.completedAt).toBeUndefined();
    expect(harness.order.waits.map((wait) => wait.key)).toEqual(['ERP:AMENDMENT']);
  });

  it('and that need no shipping are nobody’s work', () => {
    const harness = new Harness({ stock: { 'A@N1': 1 } });
    tell(harness, { kind: 'ChannelOrderReceived', order: channelOrder({ lines: [channelLine('A', 1), card(1)] }) });
    const lines = [channelLine('A', 1), card(2)];
    tell(harness, { kind: 'ChannelOrderReceived', order: channelOrder({ version: versionAt(5), lines }) });
    expectSettled(harness);
    expect(unitsIn(harness)).toMatchObject({ shipped: 1, external: 2 });
  });
});

describe('what the channel told before', () => {
  it('undoes nothing of what it told later, when it comes late', () => {
    const harness = orderAt('confirmed');
    const fewer = channelOrder({ version: versionAt(6), lines: [channelLine('A', 1), channelLine('B', 2)] });
    tell(harness, { kind: 'ChannelOrderReceived', order: fewer });
    const before = harness.order;
    const older = channelOrder({ version: versionAt(5), lines: [channelLine('A', 3), channelLine('B', 2)] });
    expect(tell(harness, { kind: 'ChannelOrderReceived', order: older })).toMatchObject({
      outcome: { result: 'UNCHANGED' },
      events: [],
      tasks: [],
    });
    expect(harness.order).toEqual(before);
  });
});

describe('units that someone shipped by hand', () => {
  const observed = {
    kind: 'FulfillmentObserved',
    fulfillmentId: 'F-1',
    trackingNumbers: ['BY-HAND'],
    lines: [{ lineReference: 'A', quantity: 2 }],
  } as const;
  const order = channelOrder({
    version: versionAt(5),
    lines: [channelLine('A', 3, { fulfilledQuantity: 2 }), channelLine('B', 2)],
  });
  const told = { kind: 'ChannelOrderReceived', order } as const;

  it.each([
    ['the fulfillment first', [observed, told]],
    ['the order first', [told, observed]],
  ])('are counted once, with %s', (_, facts) => {
    const harness = orderAt('waiting for stock');
    tell(harness, ...facts);
    expect(unitsIn(harness).external).toBe(2);
  });

  it('give their claim back, and leave the sales order', () => {
    const harness = orderAt('posted');
    tell(harness, observed);
    expect(harness.stockSheet).toMatchObject({ 'A@N1': [10, 1] });
    expectSettled(harness);
    expect(unitsIn(harness)).toMatchObject({ shipped: 3, external: 2 });
  });

  it('and that a warehouse has already are its work still', () => {
    const harness = orderAt('released');
    expect(types(tell(harness, observed))).toEqual([]);
  });
});

describe('a person’s retry', () => {
  it('makes the calls that failed again, says that they may have had an effect, and no others', () => {
    const harness = orderAt('shipped');
    const wait = harness.order.waits.find(({ key }) => key.startsWith('ERP:GOODS-ISSUE:'));
    const [shipment] = harness.order.shipments;
    tell(harness, {
      kind: 'OutsideCallFailed',
      waitKey: wait?.key ?? '',
      system: 'ERP',
      operation: 'post goods issue',
      error: 'period is closed',
      errorKind: 'rejected',
      final: true,
    });
    const { outcome, tasks } = tell(harness, { kind: 'RetryRequested' });
    expect(outcome.result).toBe('APPLIED');
    expect(tasks).toMatchObject([
      { kind: 'erp.post-goods-issue', payload: { orderId: harness.order.id, shipmentId: shipment?.id, again: true } },
    ]);
    expect(harness.order.waits.find(({ key }) => key === wait?.key)).not.toHaveProperty('failure');
    // Two tasks at once could post it twice, where the ERP has no unique key.
    expect(tell(harness, { kind: 'RetryRequested' }).tasks).toEqual([]);
    expect(tell(harness, { kind: 'WaitOverdue', waitKey: wait?.key ?? '', taskIsGone: true }).tasks).toEqual([]);
  });

  it('gives the step its time anew', () => {
    const harness = orderAt('requested');
    const due = nextDueAt(harness.order) ?? '';
    tell(harness, { kind: 'WaitOverdue', waitKey: 'ERP:POSTING' });
    expect(nextDueAt(harness.order)).toBeUndefined();
    const failed = { kind: 'OutsideCallFailed', waitKey: 'ERP:POSTING', system: 'ERP', operation: 'post' } as const;
    tell(harness, { ...failed, error: 'no answer', errorKind: 'transient', final: true });
    tell(harness, { kind: 'RetryRequested' });
    expect((nextDueAt(harness.order) ?? '') > due).toBe(true);
    // Looked at before it was asked for again.
    expect(types(tell(harness, { kind: 'WaitOverdue', waitKey: 'ERP:POSTING' }))).toEqual([]);
  });

  it('leaves what is still tried by itself alone', () => {
    const harness = orderAt('requested');
    const failed = { kind: 'OutsideCallFailed', waitKey: 'ERP:POSTING', system: 'ERP', operation: 'post' } as const;
    tell(harness, { ...failed, error: 'no answer', errorKind: 'transient', final: false });
    expect(tell(harness, { kind: 'RetryRequested' }).tasks).toEqual([]);
    tell(harness, { ...failed, error: 'no answer', errorKind: 'transient', final: true });
    expect(tell(harness, { kind: 'RetryRequested' }).tasks).toMatchObject([{ kind: 'erp.post-sales-order' }]);
  });
});
