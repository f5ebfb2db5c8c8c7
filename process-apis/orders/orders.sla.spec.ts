import { describe, expect, it } from 'vitest';
import type { Order, Wait } from '../../src/model/order.js';
import { withWaits } from './orders.waits.js';
import { historyOf } from './testing/history.js';
import { dueAt, SLA_CLOCKS, SLA_STAGES, stageOf, timedBy, warnAt, type SlaClock } from './orders.sla.js';

const FROM = '2026-11-27T16:30:00.000Z';
const RELEASE: Wait = { key: 'WMS:RELEASE:1', system: 'WMS', since: FROM, reason: 'N1 has yet to take the work.' };
const SHIPMENT: Wait = { key: 'WMS:SHIPMENT:1', system: 'WMS', since: FROM, reason: 'N1 has yet to ship.' };
const OFFICE = {
  timeZone: 'Europe/Berlin',
  workingDays: [1, 2, 3, 4, 5],
  opensAt: '08:00',
  closesAt: '18:00',
  breaks: [],
  holidays: [],
};

function orderOf(shipBy?: string): Order {
  return { shortages: [], ...(shipBy === undefined ? {} : { shipBy }) } as unknown as Order;
}

function timed(wait: Wait, clock: SlaClock, channel = 'shop-eu'): Wait {
  return timedBy((of, stage) => (of === 'shop-eu' && stage === stageOf(wait) ? clock : undefined), channel, wait);
}

describe('an SLA clock', () => {
  it('runs for each stage, by the standard where the installation says nothing', () => {
    expect(SLA_CLOCKS.map(({ stage }) => stage)).toEqual(SLA_STAGES);
    expect(dueAt(orderOf(), RELEASE)).toBe('2026-11-27T17:00:00.000Z');
    // A fifth of its time is left.
    expect(warnAt(orderOf(), RELEASE)).toBe('2026-11-27T16:54:00.000Z');
    expect(warnAt(orderOf(), { ...RELEASE, key: 'HOLD:1' })).toBeUndefined();
  });

  it('runs as the installation says, for the channel that it is said of', () => {
    const wait = timed(RELEASE, { minutes: 60, warnMinutes: 15 });
    expect([warnAt(orderOf(), wait), dueAt(orderOf(), wait)]).toEqual([
      '2026-11-27T17:15:00.000Z',
      '2026-11-27T17:30:00.000Z',
    ]);
    expect(timed(RELEASE, { minutes: 60, warnMinutes: 15 }, 'amazon-de')).toEqual(RELEASE);
  });

  it('stands still while nobody works', () => {
    // A Friday, half an hour before the office closes.
    const wait = timed(RELEASE, { minutes: 60, warnMinutes: 15, working: { calendar: OFFICE } });
    expect([warnAt(orderOf(), wait), dueAt(orderOf(), wait)]).toEqual([
      '2026-11-30T07:15:00.000Z',
      '2026-11-30T07:30:00.000Z',
    ]);
    const late = timed(RELEASE, { minutes: 60, warnMinutes: 15, working: { calendar: OFFICE, cutOff: '16:00' } });
    expect(dueAt(orderOf(), late)).toBe('2026-11-30T08:00:00.000Z');
  });

  it('keeps the times that it had when the wait began, until it is asked for again', () => {
    const wait = timed(RELEASE, { minutes: 60, warnMinutes: 15 });
    expect(timed(wait, { minutes: 5, warnMinutes: 1 })).toEqual(wait);
    const again = { ...wait, retriedAt: '2026-11-27T18:00:00.000Z' };
    expect(dueAt(orderOf(), again)).toBe('2026-11-27T18:30:00.000Z');
    expect(dueAt(orderOf(), timed(again, { minutes: 5, warnMinutes: 1 }))).toBe('2026-11-27T18:05:00.000Z');
    expect(timedBy(() => undefined, 'shop-eu', again)).toEqual({ ...RELEASE, retriedAt: again.retriedAt });
  });

  it('that is set while a step is waited for counts from its next begin on', () => {
    const { stored } = historyOf([]);
    const order = stored.at(-1)?.order;
    if (order === undefined) throw new Error('there is no order');
    const clock: SlaClock = { minutes: 5, warnMinutes: 1 };
    const later = new Date(Date.parse(order.placedAt) + 60_000).toISOString();
    expect(order.waits.some((wait) => stageOf(wait) === 'ERP_POSTING')).toBe(true);
    expect(withWaits(order, later, () => clock, order.waits).waits).toEqual(order.waits);
    const again = { ...order, waits: order.waits.map((wait) => ({ ...wait, retriedAt: later })) };
    const posting = withWaits(again, later, () => clock, order.waits).waits.find(
      (wait) => stageOf(wait) === 'ERP_POSTING',
    );
    expect(posting?.clock?.from).toBe(later);
  });

  it('never allows more than what was promised to the buyer', () => {
    const clock = { minutes: 24 * 60, warnMinutes: 60 };
    const wait = timed(SHIPMENT, clock);
    const [early, after] = [orderOf('2026-11-27T20:00:00.000Z'), orderOf('2026-12-01T00:00:00.000Z')];
    expect([warnAt(early, wait), dueAt(early, wait)]).toEqual(['2026-11-27T19:00:00.000Z', '2026-11-27T20:00:00.000Z']);
    expect([warnAt(after, wait), dueAt(after, wait)]).toEqual(['2026-11-28T15:30:00.000Z', '2026-11-28T16:30:00.000Z']);
  });
});
