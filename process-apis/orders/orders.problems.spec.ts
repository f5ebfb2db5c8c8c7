import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/model/exception.js';
import type { OutsideSystem } from '../../src/model/order.js';
import type { OrderFactBody } from './orders.facts.js';
import { dueAt, nextDueAt } from './orders.sla.js';
import { channelOrder, versionAt } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { orderAt } from './testing/stages.js';
import { fo, tell } from './testing/story.js';

function only(harness: Harness): Problem {
  const [problem, ...others] = harness.problems.values();
  if (problem === undefined || others.length > 0) throw new Error(`${harness.problems.size} problems stand`);
  return problem;
}

function failed(harness: Harness, system: OutsideSystem, given: object = {}): OrderFactBody {
  const wait = harness.order.waits.find((one) => one.system === system);
  return {
    kind: 'OutsideCallFailed',
    waitKey: wait?.key ?? '',
    system,
    operation: 'some call',
    error: 'not now',
    errorKind: 'transient',
    final: false,
    ...given,
  };
}

describe('what a listing or an item lacks', () => {
  it('is one group for all orders that lack it', () => {
    const harness = orderAt('waiting for a listing');
    expect(only(harness)).toEqual({
      key: `order/${harness.order.id}/UNKNOWN_SKU/LISTING:shop-eu/L-B`,
      category: 'UNKNOWN_SKU',
      sentence: 'Order R-1 of shop-eu: The listing SKU "L-B" of shop-eu is not mapped to an item.',
      groupKey: 'LISTING:shop-eu/L-B',
      subject: {
        orderId: harness.order.id,
        channel: 'shop-eu',
        reference: 'R-1',
        waitKey: 'LISTING:shop-eu/L-B',
        listingSku: 'L-B',
      },
    });
    const short = only(orderAt('waiting for stock'));
    expect(short).toMatchObject({ category: 'STOCK_SHORTAGE', groupKey: 'STOCK:B', subject: { sku: 'B' } });
  });

  it('is due by the order’s ship-by', () => {
    const harness = new Harness({ stock: {} });
    tell(harness, { kind: 'ChannelOrderReceived', order: channelOrder({ shipBy: versionAt(40) }) });
    expect([...harness.problems.values()].map(({ dueAt: due }) => due)).toEqual([versionAt(40), versionAt(40)]);
  });

  it('says which node did not find the units', () => {
    const harness = new Harness({ stock: { 'A@N1': 3, 'B@N1': 2 } });
    tell(harness, { kind: 'ChannelOrderReceived', order: channelOrder() });
    tell(harness, { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} });
    tell(harness, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' });
    const lines = [{ lineId: harness.order.lines[1]?.id ?? '', quantity: 1 }];
    tell(harness, { kind: 'FulfillmentShortPicked', fulfillmentOrderId: fo(harness).id, lines, reason: 'empty' });
    expect(only(harness)).toMatchObject({ category: 'SHORT_PICK', groupKey: 'STOCK:B', subject: { node: 'N1' } });
  });
});

describe('a call that failed', () => {
  it.each([
    ['requested', 'ERP', { errorKind: 'transient', final: true }, 'GAVE_UP'],
    ['requested', 'ERP', { errorKind: 'authentication' }, 'CREDENTIALS'],
    ['requested', 'ERP', { errorKind: 'contract', final: true }, 'CONTRACT_CHANGED'],
    ['requested', 'ERP', { errorKind: 'mapping', final: true }, 'ERP_REJECTED'],
    ['shipped', 'ERP', { errorKind: 'rejected', final: true, code: 'UNKNOWN_ITEM' }, 'UNKNOWN_ERP_ITEM'],
    ['confirmed', 'WMS', { errorKind: 'rejected', final: true }, 'WAREHOUSE_REJECTED'],
    ['shipped', 'CHANNEL', { errorKind: 'rejected', final: true }, 'CHANNEL_REJECTED'],
  ] as const)('when the order is %s, of the %s: %o', (stage, system, given, category) => {
    const harness = orderAt(stage);
    tell(harness, failed(harness, system, given));
    expect(only(harness)).toMatchObject({ category, sentence: expect.stringContaining('not now.') as string });
  });

  it('and is tried again is nobody’s business, until it is the last try', () => {
    const harness = orderAt('requested');
    tell(harness, failed(harness, 'ERP'));
    expect(harness.problems.size).toBe(0);
    tell(harness, failed(harness, 'ERP', { final: true }));
    expect(only(harness).category).toBe('GAVE_UP');
    tell(harness, { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} });
    expect(harness.problems.size).toBe(0);
  });
});

describe('a sales order that the ERP refused', () => {
  it.each([
    [undefined, 'ERP_REJECTED'],
    ['UNKNOWN_ITEM', 'UNKNOWN_ERP_ITEM'],
    ['CUSTOMER_MISSING', 'CUSTOMER_ACCOUNT'],
    ['CREDIT_HOLD', 'CREDIT_HOLD'],
  ])('for %s is %s', (code, category) => {
    const harness = orderAt('requested');
    tell(harness, { kind: 'SalesOrderRejected', reason: 'no', ...(code === undefined ? {} : { code }) });
    expect(only(harness).category).toBe(category);
  });
});

describe('a step that takes too long', () => {
  it('says since when, where, and what went wrong last', () => {
    const harness = orderAt('confirmed');
    const [wait] = harness.order.waits;
    tell(harness, failed(harness, 'WMS', { error: 'does not answer' }), {
      kind: 'WaitOverdue',
      waitKey: wait?.key ?? '',
    });
    const due = wait === undefined ? undefined : dueAt(harness.order, wait);
    expect(only(harness)).toMatchObject({
      category: 'LATE',
      sentence: `Order R-1 of shop-eu: a step is late since ${due}. N1 has yet to take the work. The last try failed: does not answer.`,
      groupKey: 'LATE:WMS:RELEASE:N1',
      dueAt: due,
      subject: { node: 'N1', fulfillmentOrderId: fo(harness).id },
    });
    expect(nextDueAt(harness.order)).toBeUndefined();
    tell(harness, { kind: 'FulfillmentReleased', fulfillmentOrderId: fo(harness).id, wmsReference: 'W-1' });
    expect(harness.problems.size).toBe(0);
    expect(nextDueAt(harness.order)).toBeDefined();
  });

  it('of a warehouse counts from the ship-by, and gives it an hour at least', () => {
    const { order } = orderAt('released');
    const [wait] = order.waits;
    if (wait === undefined) throw new Error('nothing is awaited');
    expect(dueAt({ ...order, shipBy: '2026-02-01T00:00:00+01:00' }, wait)).toBe('2026-01-31T23:00:00.000Z');
    const hourLater = new Date(Date.parse(wait.since) + 3_600_000).toISOString();
    expect(dueAt({ ...order, shipBy: '2026-01-01T00:00:00.000Z' }, wait)).toBe(hourLater);
  });

  it('of a warehouse is late no more when the channel gives it more time', () => {
    const [first, later] = ['2027-01-04T00:00:00.000Z', '2027-01-05T00:00:00.000Z'];
    const harness = orderAt('released');
    const late: OrderFactBody = { kind: 'WaitOverdue', waitKey: 'WMS:SHIPMENT:1' };
    const order = channelOrder({ version: versionAt(4), shipBy: first });
    tell(harness, { kind: 'ChannelOrderReceived', order }, late);
    expect(only(harness).category).toBe('LATE');
    tell(harness, { kind: 'ChannelOrderReceived', order: { ...order, version: versionAt(5), shipBy: later } });
    expect([harness.problems.size, nextDueAt(harness.order)]).toEqual([0, later]);
    tell(harness, late);
    expect(only(harness)).toMatchObject({ category: 'LATE', dueAt: later });
  });

  it('that a release date brings has a clock, and is no shortage', () => {
    const releaseAt = '2026-05-01T00:00:00.000Z';
    const items = { A: { tracking: 'NONE', releaseAt } } as const;
    const harness = new Harness({ stock: { 'A@N1': 9, 'B@N1': 9 }, items, policy: { preOrder: true } });
    tell(harness, { kind: 'ChannelOrderReceived', order: channelOrder() });
    expect(harness.problems.size).toBe(0);
    expect(nextDueAt(harness.order)).toBe('2026-05-02T00:00:00.000Z');
  });
});
