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

  it('a shipment keeps packages, tracking and serials', () => {
    const box = {
      reference: 'P1',
      sscc: '106141411234567897',
      carrier: 'UPS',
      service: 'GROUND',
      trackingNumber: '1Z999AA10123456784',
      trackingUrl: 'https://www.ups.com/track?tracknum=1Z999AA10123456784',
      items: [{ lineId: 'l-1', quantity: 2, serials: ['S1', 'S2'] }],
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

  it.each(['2026-01-01T10:40:00.123456Z', '2024-02-29T23:59:59-11:30', '0001-01-01T00:00:00Z'])(
    'any time that the contract allows can be read: %s',
    (occurredAt) => {
      expect(() =>
        factOf({ ...told, occurredAt, type: 'fulfillment.picked', lines: [{ lineId: 'l', quantity: 1 }] }),
      ).not.toThrow();
    },
  );
});
