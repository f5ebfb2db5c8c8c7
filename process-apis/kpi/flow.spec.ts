import { describe, expect, it } from 'vitest';
import type { OrderTaskKind } from '../orders/index.js';
import { flowOf, type FlowReading } from './flow.js';
import type { Place } from './flow.sql.js';
import { jamOf, readJam } from './jams.js';
import { STAGE_OF_TASK, STAGES } from './stages.js';

const AT = '2026-03-01T10:00:00.000Z';
const EARLIER = '2026-03-01T09:00:00.000Z';

function place(given: Partial<Place>): Place {
  const of = { channel: 'shop-eu', stage: 'ERP', jam: '', orders: 1, overdue: 0 };
  return { ...of, lastAt: AT, oldestSince: AT, jamSince: given.jam === undefined ? null : AT, ...given };
}

function task(kind: OrderTaskKind, given: Partial<FlowReading['tasks'][number]> = {}): FlowReading['tasks'][number] {
  return { kind, tier: 3, waiting: 0, running: 0, deadLetters: 0, ...given };
}

const READING: FlowReading = {
  asOf: AT,
  cursor: 'here',
  places: [
    place({ orders: 5, overdue: 2 }),
    place({ orders: 3, jam: 'ERP/POSTING/FAILED', jamSince: EARLIER, oldestSince: EARLIER }),
    place({ channel: 'amazon-de', orders: 4, jam: 'ERP/POSTING/FAILED' }),
    place({ channel: 'amazon-de', orders: 1, jam: 'PERSON/HOLD' }),
    place({ stage: 'NEW', orders: 100, oldestSince: null }),
    place({ channel: 'amazon-de', stage: 'NEW', orders: 50, oldestSince: null }),
  ],
  rates: [
    { channel: 'shop-eu', stage: 'ERP', enteredLastMinute: 1, enteredLastHour: 9, leftLastMinute: 2, leftLastHour: 8 },
    { channel: 'shop-eu', stage: 'NEW', enteredLastMinute: 3, enteredLastHour: 7, leftLastMinute: 0, leftLastHour: 0 },
  ],
  tasks: [
    task('erp.post-sales-order', {
      waiting: 6,
      running: 1,
      heldBack: 'sap is paused: month end',
      oldestReadyAt: EARLIER,
    }),
    task('wms.release', { heldBack: 'nothing waits for it' }),
  ],
  names: new Map([
    ['shop-eu', 'Shop'],
    ['amazon-de', 'Amazon'],
  ]),
};

describe('the picture of the flow', () => {
  it('sums all channels, tells what keeps orders, most first, and what no process fetches', () => {
    const { stages, channels } = flowOf(READING, undefined);
    expect(stages.map(({ stage }) => stage)).toEqual(STAGES);
    expect(stages[2]).toEqual({
      stage: 'ERP',
      title: 'With the ERP',
      orders: 13,
      enteredLastMinute: 1,
      enteredLastHour: 9,
      leftLastMinute: 2,
      leftLastHour: 8,
      oldestSince: EARLIER,
      overdue: 2,
      tasksWaiting: 7,
      jams: [
        { system: 'ERP', reason: 'Sales orders are not posted: the last try failed.', since: EARLIER, orders: 7 },
        { system: 'ERP', reason: 'sap is paused: month end', since: EARLIER, orders: 6 },
        { system: 'PERSON', reason: 'Orders are held until a person releases them.', since: AT, orders: 1 },
      ],
    });
    expect(stages[3]).toMatchObject({ orders: 0, jams: [] });
    expect(channels).toEqual([
      {
        channel: 'shop-eu',
        name: 'Shop',
        acceptedLastMinute: 3,
        acceptedLastHour: 7,
        openOrders: 8,
        lastAcceptedAt: AT,
      },
      {
        channel: 'amazon-de',
        name: 'Amazon',
        acceptedLastMinute: 0,
        acceptedLastHour: 0,
        openOrders: 5,
        lastAcceptedAt: AT,
      },
    ]);
  });

  it('of one channel has nothing of others, and no tasks, which are of all', () => {
    const { stages, channels } = flowOf(READING, 'amazon-de');
    expect(stages[2]).toMatchObject({ orders: 5, overdue: 0, enteredLastHour: 0, tasksWaiting: 0 });
    expect(stages[2]?.jams.map(({ orders }) => orders)).toEqual([4, 1]);
    expect(channels.map(({ channel }) => channel)).toEqual(['amazon-de']);
  });

  it('knows a stage for each kind of task of an order', () => {
    for (const stage of Object.values(STAGE_OF_TASK)) expect(STAGES).toContain(stage);
  });
});

describe('what keeps an order', () => {
  const wait = { system: 'ERP', since: AT, reason: 'it is being posted' } as const;

  it('is the gravest: what failed, then what is late, then what a person decides', () => {
    const held = { ...wait, key: 'HOLD:1', system: 'PERSON' } as const;
    const late = { ...wait, key: 'WMS:SHIPMENT:1', system: 'WMS', overdueSince: AT } as const;
    const failed = { ...wait, key: 'ERP:POSTING', lastError: 'no answer' };
    expect(jamOf({ waits: [held, late, failed] })?.code).toBe('ERP/POSTING/FAILED');
    expect(jamOf({ waits: [held, late] })?.code).toBe('WMS/SHIPMENT/LATE');
    expect(jamOf({ waits: [held] })?.code).toBe('PERSON/HOLD');
  });

  it('is nothing while a step takes its time', () => {
    expect(jamOf({ waits: [{ ...wait, key: 'ERP:POSTING' }] })).toBeUndefined();
  });

  it('reads as a sentence', () => {
    expect(readJam('WMS/SHIPMENT/LATE')).toEqual({
      system: 'WMS',
      reason: 'Work is not shipped by the warehouse in time.',
    });
    expect(readJam('STOCK/MISSING')).toEqual({ system: 'STOCK', reason: 'Stock is missing.' });
  });
});
