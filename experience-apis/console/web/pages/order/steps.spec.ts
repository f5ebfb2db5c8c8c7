import { describe, expect, it } from 'vitest';
import { eventWords } from './event-words.js';
import { stepsOf } from './steps.js';

describe('the steps of an order', () => {
  it('took the time between their ends', () => {
    const steps = stepsOf('2026-03-01T10:00:00.000Z', [
      { type: 'OrderAccepted', recordedAt: '2026-03-01T10:00:01.000Z' },
      { type: 'InventoryReserved', recordedAt: '2026-03-01T10:00:01.000Z' },
      { type: 'SalesOrderConfirmed', recordedAt: '2026-03-01T10:01:00.000Z' },
      { type: 'SalesOrderConfirmed', recordedAt: '2026-03-01T11:00:00.000Z' },
    ]);
    expect(steps.map(({ title, took }) => [title, took])).toEqual([
      ['Accepted', 1_000],
      ['Reserved', 0],
      ['In the ERP', 59_000],
      ['Released', undefined],
      ['Shipped', undefined],
      ['Channel told', undefined],
      ['Done', undefined],
    ]);
  });

  it('that were left out take no time from the others', () => {
    const steps = stepsOf('2026-03-01T10:00:00.000Z', [
      { type: 'OrderAccepted', recordedAt: '2026-03-01T10:00:01.000Z' },
      { type: 'OrderCompleted', recordedAt: '2026-03-01T10:00:31.000Z' },
    ]);
    expect(steps.filter(({ took }) => took !== undefined).map(({ title, took }) => [title, took])).toEqual([
      ['Accepted', 1_000],
      ['Done', 30_000],
    ]);
  });
});

describe('an event in words', () => {
  it.each([
    [{ salesOrder: '1000071', items: { x: '10' } }, 'sales order 1000071'],
    [{ fulfillmentOrders: [{ id: 'x', number: 1, node: 'dc-south', units: 2 }] }, 'dc-south: 2 units'],
    [
      {
        lines: [
          { lineId: 'x', quantity: 2 },
          { lineId: 'y', quantity: 1 },
        ],
      },
      '3 units',
    ],
    [{ lines: 1, units: 2 }, '2 units'],
    [{ units: 1 }, '1 unit'],
    [
      { shipmentId: 'x', reference: 'WR-1', node: 'dc', packages: [{ carrier: 'DHL', trackingNumber: '507' }] },
      'WR-1 · dc · DHL 507',
    ],
    [{ tracking: { status: 'IN_TRANSIT', detail: 'arrived_at_facility' } }, 'arrived at facility'],
    [{ fulfillmentOrderId: 'x' }, ''],
  ])('is told by what people look for: %j', (detail, words) => expect(eventWords(detail)).toBe(words));
});
