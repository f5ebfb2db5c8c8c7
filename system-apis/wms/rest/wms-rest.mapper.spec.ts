import { describe, expect, it } from 'vitest';
import { aRelease } from './testing/spec-support.js';
import { WireEvent } from './wms-rest-event.wire.js';
import { WireRelease } from './wms-rest-release.wire.js';
import { toCancelResult, toFact, toReleaseResult, toWireRelease } from './wms-rest.mapper.js';

const told = { id: 'e-1', occurredAt: '2026-01-01T12:40:00+02:00', fulfillmentOrderId: 'fo-1' };
const at = '2026-01-01T10:40:00.000Z';

const factOf = (event: unknown): unknown => toFact(WireEvent.parse(event));

describe('wms-rest mapper, to the warehouse', () => {
  it('hands over all that the warehouse needs', () => {
    const release = aRelease({ giftMessage: 'Happy birthday!\nYours, A.' });
    expect(toWireRelease(release)).toEqual(release);
    expect(WireRelease.parse(toWireRelease(release))).toEqual(release);
  });

  it('says what a kit consists of and which lots to take', () => {
    const lots = [{ sku: 'COFFEE', lot: 'L1', quantity: 2 }];
    const components = [
      { sku: 'COFFEE', quantity: 1 },
      { sku: 'MUG', quantity: 2 },
    ];
    const release = aRelease({ lines: [{ lineId: 'l', sku: 'BOX', quantity: 2, components, lots }] });
    expect(toWireRelease(release)).toEqual(release);
    expect(WireRelease.parse(toWireRelease(release))).toEqual(release);
  });

  it('leaves out what the order does not have', () => {
    const lines = [{ lineId: 'l', sku: 's', quantity: 1 }];
    const release = { fulfillmentOrderId: 'fo', node: 'DC', channel: 'c', reference: 'r', lines };
    expect(toWireRelease(release)).toEqual(release);
  });

  it('reads results and cancellation answers', () => {
    const accepted = { outcome: 'ACCEPTED', fulfillmentOrderId: 'fo', wmsReference: 'WR-1' } as const;
    expect(toReleaseResult(accepted)).toEqual(accepted);
    const rejected = {
      outcome: 'REJECTED',
      fulfillmentOrderId: 'fo',
      code: 'UNKNOWN_SKU',
      reason: 'Not kept',
    } as const;
    expect(toReleaseResult(rejected)).toEqual({
      fulfillmentOrderId: 'fo',
      outcome: 'REJECTED',
      code: 'UNKNOWN_SKU',
      reason: 'Not kept',
    });
    expect(toCancelResult({ outcome: 'CANCELLED' })).toEqual({ outcome: 'CANCELLED' });
    expect(toCancelResult({ outcome: 'REFUSED', reason: 'Packed' })).toEqual({ outcome: 'REFUSED', reason: 'Packed' });
  });
});

describe('wms-rest mapper, from the warehouse', () => {
  it.each([
    ['fulfillment.picked', 'PICKED'],
    ['fulfillment.packed', 'PACKED'],
  ])('%s is %s, at UTC, without the extra fields', (type, kind) => {
    const lines = [{ lineId: 'l-1', quantity: 2, bin: 'A-1' }];
    expect(factOf({ ...told, type, lines, operator: 'x' })).toEqual({
      ...told,
      occurredAt: at,
      kind,
      lines: [{ lineId: 'l-1', quantity: 2 }],
    });
  });

  it('a short pick keeps its reason', () => {
    const lines = [{ lineId: 'l-1', quantity: 1 }];
    expect(factOf({ ...told, type: 'fulfillment.short_picked', lines, reason: 'Empty' })).toEqual({
      ...told,
      occurredAt: at,
      kind: 'SHORT_PICKED',
      lines,
      reason: 'Empty',
    });
  });

  it('a short pick of a kit keeps the missing component', () => {
    const lines = [{ lineId: 'l-1', quantity: 1, sku: 'MUG' }];
    expect(factOf({ ...told, type: 'fulfillment.short_picked', lines, reason: 'Empty' })).toMatchObject({ lines });
  });

  it('a refusal of the carrier keeps its reason', () => {
    const reason = 'No delivery to this postal code.';
    expect(factOf({ ...told, type: 'fulfillment.carrier_refused', reason, carrier: 'UPS' })).toEqual({
      ...told,
      occurredAt: at,
      kind: 'CARRIER_REFUSED',
      reason,
    });
  });

  it('a shipment keeps packages, tracking and serials', () => {
    const box = {
      reference: 'P1',
      sscc: '106141411234567897',
      carrier: 'UPS',
      service: 'GROUND',
      trackingNumber: '1Z999AA10123456784',
      trackingUrl: 'https://www.ups.com/track?tracknum=1Z999AA10123456784',
      items: [
        { lineId: 'l-1', quantity: 2, serials: ['S1', 'S2'], lots: [{ sku: 'COFFEE', lot: 'L1', quantity: 12 }] },
      ],
    };
    const plain = { reference: 'P2', carrier: 'DHL', trackingNumber: '1', items: [{ lineId: 'l-1', quantity: 1 }] };
    const shipped = { ...told, type: 'fulfillment.shipped', shipmentReference: 'S-1', packages: [box, plain] };
    expect(factOf(shipped)).toEqual({
      ...told,
      occurredAt: at,
      kind: 'SHIPPED',
      shipmentReference: 'S-1',
      packages: [box, { ...plain, items: [{ lineId: 'l-1', quantity: 1, serials: [] }] }],
    });
  });

  it.each([
    ['stock.received', 'STOCK_RECEIVED', 5],
    ['stock.counted', 'STOCK_COUNTED', 0],
  ])('%s is %s', (type, kind, quantity) => {
    const { fulfillmentOrderId: _, ...stock } = told;
    expect(factOf({ ...stock, type, sku: 'TEE', node: 'DC', quantity })).toEqual({
      ...stock,
      occurredAt: at,
      kind,
      sku: 'TEE',
      node: 'DC',
      quantity,
    });
  });

  const { fulfillmentOrderId: _, ...stock } = told;
  const where = { sku: 'TEE', node: 'DC' };
  const lot = { lot: 'L1', expiresOn: '2027-03-31', serials: ['S1'] };
  const common = { unit: 'CASE', reason: 'DAMAGE', sequence: 7 };
  const to = { document: 'TO-1', otherNode: 'DC-2' };
  it.each([
    ['stock.received', 'STOCK_RECEIVED', { quantity: 5, ...common, ...lot, document: 'PO-1' }],
    ['stock.counted', 'STOCK_COUNTED', { quantity: 5, ...common, ...lot, document: 'C-1' }],
    ['stock.adjusted', 'STOCK_ADJUSTED', { quantity: -5, ...common, ...lot, document: 'A-1' }],
    ['stock.held', 'STOCK_HELD', { quantity: 5, ...common, ...lot, document: 'Q-1' }],
    ['stock.hold_lifted', 'STOCK_HOLD_LIFTED', { quantity: 5, ...common, ...lot, document: 'Q-1' }],
    ['transfer.shipped', 'TRANSFER_SHIPPED', { quantity: 5, ...common, ...lot, ...to }],
    ['transfer.received', 'TRANSFER_RECEIVED', { quantity: 5, ...common, ...lot, ...to }],
    ['stock.announcement_cancelled', 'STOCK_ANNOUNCEMENT_CANCELLED', { quantity: 5, ...common, document: 'PO-1' }],
  ])('%s is %s, with all that it says', (type, kind, said) => {
    expect(factOf({ ...stock, ...where, type, ...said, bin: 'A-1' })).toEqual({
      ...stock,
      ...where,
      ...said,
      occurredAt: at,
      kind,
    });
  });

  it('the times of what is expected are UTC too', () => {
    const expectedAt = '2026-01-05T10:00:00+02:00';
    for (const [type, kind] of [
      ['stock.announced', 'STOCK_ANNOUNCED'],
      ['transfer.shipped', 'TRANSFER_SHIPPED'],
    ])
      expect(factOf({ ...stock, ...where, type, quantity: 1, ...to, expectedAt })).toMatchObject({
        kind,
        ...to,
        expectedAt: '2026-01-05T08:00:00.000Z',
      });
  });

  it('an announcement says of what kind it is', () => {
    const announced = { ...stock, ...where, type: 'stock.announced', quantity: 9, document: 'PO-1', expectedAt: at };
    expect(factOf({ ...announced, supply: 'PURCHASE_ORDER' })).toMatchObject({ supply: 'PURCHASE_ORDER' });
    expect(factOf(announced)).not.toHaveProperty('supply');
    expect(() => factOf({ ...announced, supply: 'RUMOUR' })).toThrow('supply');
  });

  it.each(['2026-01-01T10:40:00.123456Z', '2024-02-29T23:59:59-11:30', '0001-01-01T00:00:00Z'])(
    'any time that the contract allows can be read: %s',
    (occurredAt) => {
      expect(() =>
        factOf({ ...told, occurredAt, type: 'fulfillment.picked', lines: [{ lineId: 'l', quantity: 1 }] }),
      ).not.toThrow();
    },
  );
});
