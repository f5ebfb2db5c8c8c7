import { describe, expect, it } from 'vitest';
import { type HoldKind } from '../../src/model/hold-kind.js';
import { holdsOf, standingHolds } from '../../src/model/order.js';
import type { HoldRule } from './hold-rules.js';
import type { OrderFactBody } from './orders.facts.js';
import { channelLine, channelOrder, versionAt } from './testing/channel-orders.js';
import { Harness } from './testing/harness.js';
import { orderAt } from './testing/stages.js';
import { expectSettled, fo, tell, types, unitsIn } from './testing/story.js';

const STOCK = { 'A@N1': 10, 'B@N1': 10, 'A@N2': 10, 'B@N2': 10 };

function rule(given: Partial<HoldRule>): HoldRule {
  return { id: 'r', name: 'rule', kind: 'FRAUD', reason: 'Look at it.', active: true, ...given };
}

function received(given: Parameters<typeof channelOrder>[0] = {}): OrderFactBody {
  return { kind: 'ChannelOrderReceived', order: channelOrder(given) };
}

function released(harness: Harness, kind?: HoldKind): OrderFactBody {
  const hold = standingHolds(harness.order).find((one) => kind === undefined || one.kind === kind);
  return { kind: 'HoldReleased', holdId: hold?.id ?? '', by: 'operator:ada', reason: 'is fine' };
}

function categories(harness: Harness): readonly string[] {
  return [...harness.problems.values()].map(({ category }) => category).toSorted();
}

describe('a hold by rule', () => {
  it.each([
    ['of a total', { totalMin: 5_000, currency: 'EUR' }, { grandTotal: { minor: 5_000, currency: 'EUR' } }],
    ['of a country', { country: 'FR' }, { parties: { shipTo: { country: 'FR' } } }],
    ['of an item', { sku: 'B' }, {}],
    ['of so many units', { unitsMin: 5 }, {}],
    ['of a channel', { channel: 'shop-eu', unitsMin: 1 }, {}],
  ] as const)('%s keeps the stock claimed and everything inside', (_, conditions, given) => {
    const harness = new Harness({ stock: STOCK, holdRules: [rule(conditions)] });
    const { events, tasks } = tell(harness, received(given));
    expect(events.map(({ type }) => type)).toEqual(['OrderAccepted', 'OrderHeld', 'InventoryReserved']);
    expect(tasks).toEqual([]);
    expect(categories(harness)).toEqual(['FRAUD_HOLD']);
    expect(harness.order.waits).toMatchObject([{ system: 'PERSON', reason: 'Look at it.' }]);
  });

  it.each([
    ['another total', { totalMin: 5_001, currency: 'EUR' }],
    ['another currency', { totalMin: 1, currency: 'USD' }],
    ['another channel', { channel: 'shop-us', unitsMin: 1 }],
    ['more units', { unitsMin: 6 }],
    ['nobody: it is off', { unitsMin: 1, active: false }],
  ])('that is for %s is none', (_, conditions) => {
    const harness = new Harness({ stock: STOCK, holdRules: [rule(conditions)] });
    tell(harness, received({ grandTotal: { minor: 5_000, currency: 'EUR' } }));
    expect(holdsOf(harness.order)).toEqual([]);
    expectSettled(harness);
  });

  it('is placed once for each kind, and the order goes on with the release of the last of them', () => {
    const rules = [rule({ unitsMin: 1 }), rule({ unitsMin: 2, name: 'again' }), rule({ kind: 'CREDIT', unitsMin: 1 })];
    const harness = new Harness({ stock: STOCK, holdRules: rules });
    tell(harness, received());
    expect(standingHolds(harness.order).map(({ placedBy }) => placedBy)).toEqual(['rule:rule', 'rule:rule']);
    expect(types(tell(harness, released(harness, 'CREDIT')))).toEqual(['HoldReleased']);
    expect(types(tell(harness, released(harness)))).toEqual(['HoldReleased', 'SalesOrderRequested']);
    expect(harness.problems.size).toBe(0);
    expectSettled(harness);
  });
});

describe('a hold by hand', () => {
  it('stops the release of an order that the ERP has already, and no cancellation', () => {
    const harness = orderAt('posted');
    tell(harness, { kind: 'HoldPlaced', hold: 'MANUAL', reason: 'The buyer called.', by: 'operator:ada' });
    expect(types(tell(harness, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' }))).toEqual(['SalesOrderConfirmed']);
    expect(categories(harness)).toEqual(['ORDER_HELD']);
    tell(harness, { kind: 'CancellationRequested', by: 'CHANNEL', reason: 'buyer' });
    expect(harness.problems.size).toBe(0);
    expectSettled(harness);
    expect(unitsIn(harness).cancelled).toBe(5);
  });

  it('stops what other units of the order wait for, when some are with a warehouse', () => {
    const harness = new Harness({ stock: { 'A@N1': 3 }, policy: { shortage: 'SPLIT' } });
    tell(harness, received(), { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} });
    tell(harness, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' });
    tell(harness, { kind: 'HoldPlaced', hold: 'MANUAL', reason: 'The buyer called.', by: 'operator:ada' });
    harness.moveStock('B', 'N1', 5);
    expect(types(tell(harness, { kind: 'Reconsidered' }))).toEqual(['InventoryReserved']);
    expect(types(tell(harness, released(harness)))).toEqual(['HoldReleased', 'FulfillmentRequested']);
    expectSettled(harness);
  });

  it('of an order that a retry would send waits for its release, and says so', () => {
    const harness = orderAt('rejected by the ERP');
    tell(harness, { kind: 'HoldPlaced', hold: 'MANUAL', reason: 'Wait.', by: 'operator:ada' });
    const { outcome } = tell(harness, { kind: 'RetryRequested' });
    expect(outcome).toMatchObject({ result: 'REJECTED', reason: expect.stringContaining('held') as string });
    tell(harness, released(harness));
    expect(tell(harness, { kind: 'RetryRequested' }).tasks).toMatchObject([{ kind: 'erp.post-sales-order' }]);
  });
});

describe('a hold of the channel', () => {
  const PAYMENT = [{ kind: 'PAYMENT', reason: 'The payment is pending.' }] as const;

  it('ends when the channel no longer says it, and the order goes on', () => {
    const harness = new Harness({ stock: STOCK });
    tell(harness, received({ holds: PAYMENT }));
    expect(categories(harness)).toEqual(['PAYMENT_NOT_CAPTURED']);
    expect(types(tell(harness, received({ version: versionAt(2), holds: PAYMENT })))).toEqual(['OrderAmended']);
    const paid = tell(harness, received({ version: versionAt(3) }));
    expect(types(paid)).toEqual(['OrderAmended', 'HoldReleased', 'SalesOrderRequested']);
    expect(harness.problems.size).toBe(0);
  });

  it('that a person released is not placed again by the same word', () => {
    const harness = new Harness({ stock: STOCK });
    tell(harness, received({ holds: PAYMENT }));
    tell(harness, released(harness));
    tell(harness, received({ version: versionAt(2), holds: PAYMENT }));
    expect(standingHolds(harness.order)).toEqual([]);
    expect(harness.order.erp.status).toBe('REQUESTED');
  });

  it('comes with a later version, too', () => {
    const harness = new Harness({ stock: STOCK });
    tell(harness, received());
    tell(harness, received({ version: versionAt(2), holds: [{ kind: 'FRAUD', reason: 'Risk is high.' }] }));
    expect(categories(harness)).toEqual(['FRAUD_HOLD']);
  });
});

describe('prices that do not fit', () => {
  const total = { minor: 5_100, currency: 'EUR' };

  it('hold an order whose total is not that of its lines, until a person accepts it', () => {
    const harness = new Harness({ stock: STOCK, policy: { priceTolerance: 99 } });
    tell(harness, received({ grandTotal: total }));
    expect([...harness.problems.values()]).toMatchObject([{ category: 'PRICE_MISMATCH' }]);
    expect([...harness.problems.values()][0]?.sentence).toBe(
      "Order R-1 of shop-eu: it is held (hub). The channel's total is 51.00 EUR, its lines and charges make 50.00 EUR.",
    );
    tell(harness, released(harness));
    // The same difference again is accepted already.
    const lines = [channelLine('A', 3), channelLine('B', 2), channelLine('C', 0)];
    tell(harness, received({ grandTotal: total, version: versionAt(2), lines }));
    expect(standingHolds(harness.order)).toEqual([]);
  });

  it.each([[100], [undefined]])('within the tolerance of %s are fine', (priceTolerance) => {
    const policy = priceTolerance === undefined ? {} : { priceTolerance };
    const harness = new Harness({ stock: STOCK, policy });
    tell(harness, received({ grandTotal: total }));
    expect(holdsOf(harness.order)).toEqual([]);
  });

  it('in the ERP hold what it has taken', () => {
    const harness = new Harness({ stock: STOCK, policy: { priceTolerance: 0 } });
    const netAmount = { minor: 4_999, currency: 'EUR' };
    tell(harness, received(), { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {}, netAmount });
    expect(types(tell(harness, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' }))).toEqual(['SalesOrderConfirmed']);
    expect(categories(harness)).toEqual(['PRICE_MISMATCH']);
    expect(types(tell(harness, released(harness)))).toEqual(['HoldReleased', 'FulfillmentRequested']);
    expectSettled(harness);
  });
});

function toldHold(kind: HoldKind, version: number): OrderFactBody {
  return received({ version: versionAt(version), holds: [{ kind, reason: 'told' }] });
}

describe('a refusal that a person must mend', () => {
  it.each([
    [
      'ADDRESS',
      'ADDRESS_FAILURE',
      { kind: 'AddressCorrected', shipTo: { line1: 'Here 1', country: 'DE' }, by: 'operator:ada' },
    ],
    ['SHIP_METHOD', 'INVALID_SHIP_METHOD', { kind: 'ShipMethodCorrected', shipMethod: 'EXPRESS', by: 'operator:ada' }],
  ] as const)('of the ERP for the %s holds the order; mended it is sent again at once', (code, category, mended) => {
    const harness = orderAt('requested');
    tell(harness, { kind: 'SalesOrderRejected', reason: 'not possible', code });
    expect(categories(harness)).toEqual([category]);
    const { events, tasks } = tell(harness, mended);
    expect(events.map(({ type }) => type)).toEqual([mended.kind, 'HoldReleased', 'SalesOrderRequested']);
    expect(tasks).toMatchObject([{ kind: 'erp.post-sales-order', key: `${harness.order.id}-2` }]);
    expect(harness.problems.size).toBe(0);
    expectSettled(harness);
  });

  it('stays refused when the channel says another hold in place of its last one', () => {
    const harness = orderAt('requested');
    tell(harness, toldHold('FRAUD', 2), { kind: 'SalesOrderRejected', reason: 'limit', code: 'CREDIT_HOLD' });
    expect(tell(harness, toldHold('PAYMENT', 3)).tasks).toEqual([]);
    expect(harness.order.erp.status).toBe('REJECTED');
  });

  it('of a node is mended and asked of any node again', () => {
    const harness = new Harness({ stock: { 'A@N1': 3, 'B@N1': 2 } });
    tell(harness, received(), { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} });
    tell(harness, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' });
    tell(harness, {
      kind: 'FulfillmentRejected',
      fulfillmentOrderId: fo(harness).id,
      reason: 'no such street',
      code: 'ADDRESS',
    });
    expect(categories(harness)).toEqual(['ADDRESS_FAILURE']);
    expect(fo(harness, 1)).toMatchObject({ node: 'N1', status: 'PLANNED' });
    tell(harness, { kind: 'AddressCorrected', shipTo: { line1: 'Here 1', country: 'DE' }, by: 'operator:ada' });
    expect(fo(harness, 1).status).toBe('RELEASE_REQUESTED');
    expectSettled(harness);
  });
});
