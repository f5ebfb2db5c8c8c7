import { describe, expect, it } from 'vitest';
import type { OrderFactBody } from './orders.facts.js';
import { channelLine, channelOrder, versionAt } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { remainingOf, shipped } from './testing/outside.js';
import { orderAt } from './testing/stages.js';
import { expectSettled, fo, tell, types, unitsIn } from './testing/story.js';

function told(version: number, given: Parameters<typeof channelOrder>[0] = {}): OrderFactBody {
  return { kind: 'ChannelOrderReceived', order: channelOrder({ version: versionAt(version), ...given }) };
}

function problems(harness: Harness): readonly string[] {
  return [...harness.problems.values()].map(({ category }) => category);
}

const CANCEL: OrderFactBody = { kind: 'CancellationRequested', by: 'CHANNEL', reason: 'buyer' };

describe('a shipment after the warehouse agreed to stop', () => {
  it('of cancelled units is taken: it left. A person hears of it', () => {
    const harness = orderAt('released');
    const units = remainingOf(fo(harness));
    tell(harness, CANCEL, { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(harness).id });
    tell(harness, { kind: 'SalesOrderReduced', remaining: units.map(({ lineId }) => ({ lineId, quantity: 0 })) });
    expect(harness.order.completedAt).toBeDefined();
    const { tasks } = tell(harness, shipped(fo(harness).id, 'S-LATE', units));
    expect(tasks.map(({ kind }) => kind)).toContain('channel.confirm-package');
    expect(unitsIn(harness)).toMatchObject({ shipped: 5, cancelled: 0 });
    expect(harness.stockSheet['A@N1']).toEqual([7, 0]);
    expect(problems(harness)).toEqual(['LATE_AMENDMENT']);
    expectSettled(harness);
  });

  it('takes claims that no other node was told of', () => {
    const harness = new Harness({ stock: { 'A@N1': 3 }, policy: { shortage: 'SPLIT' } });
    tell(harness, told(1), { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} });
    tell(harness, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' });
    const fulfillmentOrderId = fo(harness).id;
    const units = remainingOf(fo(harness));
    tell(harness, { kind: 'FulfillmentReleased', fulfillmentOrderId, wmsReference: 'W-1' });
    tell(harness, { kind: 'HoldPlaced', hold: 'MANUAL', reason: 'wait', by: 'operator:ada' });
    tell(harness, { kind: 'FulfillmentCancelled', fulfillmentOrderId });
    expect(fo(harness, 1).status).toBe('PLANNED');
    expect(types(tell(harness, shipped(fulfillmentOrderId, 'S-LATE', units)))).toEqual([
      'InventoryUnreserved',
      'FulfillmentRevived',
      'ShipmentConfirmed',
    ]);
    expect(unitsIn(harness)).toMatchObject({ shipped: 3, open: 2, cancelled: 0 });
  });

  it('of units that another node has by now is refused, and says so', () => {
    const harness = orderAt('released');
    const units = remainingOf(fo(harness));
    tell(harness, { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(harness).id });
    expect(fo(harness, 1).status).toBe('RELEASE_REQUESTED');
    const { outcome } = tell(harness, shipped(fo(harness).id, 'S-LATE', units));
    expect(outcome).toMatchObject({
      result: 'REJECTED',
      reason: expect.stringContaining('other nodes have them by now') as string,
    });
  });

  it('that the stock does not hold is refused', () => {
    const harness = orderAt('released');
    const units = remainingOf(fo(harness));
    tell(harness, CANCEL, { kind: 'FulfillmentCancelled', fulfillmentOrderId: fo(harness).id });
    harness.moveStock('A', 'N1', -9);
    expect(tell(harness, shipped(fo(harness).id, 'S-LATE', units)).outcome).toMatchObject({
      result: 'REJECTED',
      reason: expect.stringContaining('its stock of A does not hold them') as string,
    });
  });

  it('of work that was given up before the node heard of it is refused', () => {
    const harness = orderAt('requested');
    const units = remainingOf(fo(harness));
    tell(harness, CANCEL);
    expect(tell(harness, shipped(fo(harness).id, 'S-LATE', units)).outcome.reason).toContain('was never released');
  });
});

describe('a quantity that the channel lowered', () => {
  it.each([
    ['by the quantity', [channelLine('A', 2), channelLine('B', 2)]],
    ['by cancelling', [channelLine('A', 3, { cancelledQuantity: 1 }), channelLine('B', 2)]],
  ])('%s and raises again is ordered again', (_, lines) => {
    const harness = orderAt('waiting for stock');
    tell(harness, told(2, { lines }));
    expect(unitsIn(harness)).toMatchObject({ open: 4, cancelled: 1 });
    tell(harness, told(3));
    expect(unitsIn(harness)).toMatchObject({ open: 5, cancelled: 1 });
    tell(harness, told(4));
    expect(unitsIn(harness)).toMatchObject({ open: 5, cancelled: 1 });
  });

  it('and raises when the ERP has the document waits, visibly', () => {
    const harness = orderAt('posted');
    tell(harness, told(2, { lines: [channelLine('A', 2), channelLine('B', 2)] }), told(3));
    expect(problems(harness)).toEqual(['LATE_AMENDMENT']);
  });

  it('is not raised by what a person cancelled here', () => {
    const harness = orderAt('waiting for stock');
    tell(harness, { ...CANCEL, by: 'OPERATOR', lines: [{ lineReference: 'A', quantity: 1 }] });
    tell(harness, told(2));
    expect(unitsIn(harness)).toMatchObject({ open: 4, cancelled: 1 });
  });
});

function tracked(
  harness: Harness,
  status: 'IN_TRANSIT' | 'DELIVERED' | 'FAILED' | 'RETURNING',
  at: number,
): OrderFactBody {
  const packageId = harness.order.shipments[0]?.packages[0]?.id ?? '';
  return { kind: 'PackageTracked', packageId, status, at: versionAt(at) };
}

describe('news of a parcel', () => {
  it('may come in any order: what is older than what is known says nothing', () => {
    const harness = orderAt('shipped');
    expect(types(tell(harness, tracked(harness, 'DELIVERED', 9)))).toEqual(['PackageDelivered']);
    expect(types(tell(harness, tracked(harness, 'IN_TRANSIT', 5)))).toEqual([]);
    expect(types(tell(harness, tracked(harness, 'IN_TRANSIT', 9)))).toEqual([]);
    expect(types(tell(harness, tracked(harness, 'DELIVERED', 10)))).toEqual([]);
  });

  it('that is bad is a problem, until better comes; it never holds the order up', () => {
    const harness = orderAt('shipped');
    tell(harness, tracked(harness, 'FAILED', 5));
    expectSettled(harness);
    expect(problems(harness)).toEqual(['CARRIER_FAILURE']);
    tell(harness, tracked(harness, 'IN_TRANSIT', 6));
    expect(problems(harness)).toEqual([]);
    tell(harness, tracked(harness, 'RETURNING', 7));
    expect(problems(harness)).toEqual(['CARRIER_FAILURE']);
  });
});

describe('a return', () => {
  it('is announced once', () => {
    const harness = orderAt('shipped');
    const announced: OrderFactBody = {
      kind: 'ReturnAnnounced',
      returnReference: 'RET-1',
      announcedAt: versionAt(9),
      lines: [{ lineReference: 'A', quantity: 2 }],
    };
    expect(types(tell(harness, announced))).toEqual(['ReturnAnnounced']);
    expect(types(tell(harness, announced))).toEqual([]);
    expect(harness.order.returns).toMatchObject([{ reference: 'RET-1', lines: [{ quantity: 2 }] }]);
  });
});
