import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextDispatch } from './cut-off.js';

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const WEEKDAYS = [1, 2, 3, 4, 5];

function next(timeZone: string, cutOff: string | undefined, now: string, workingDays: readonly number[] = EVERY_DAY) {
  const dispatch = nextDispatch({ timeZone, workingDays, ...(cutOff === undefined ? {} : { cutOff }) }, now);
  return dispatch && `${dispatch.today ? 'today' : 'later'} ${new Date(dispatch.atMs).toISOString().slice(0, 16)}`;
}

describe('cut-off', () => {
  it.each([
    ['winter, before', 'Europe/Berlin', '14:00', '2026-01-14T12:59:59.999Z', 'today 2026-01-14T13:00'],
    ['winter, at the minute', 'Europe/Berlin', '14:00', '2026-01-14T13:00:00.000Z', 'later 2026-01-15T13:00'],
    ['summer, before', 'Europe/Berlin', '14:00', '2026-07-14T11:59:00.000Z', 'today 2026-07-14T12:00'],
    ['summer, after', 'Europe/Berlin', '14:00', '2026-07-14T12:01:00.000Z', 'later 2026-07-15T12:00'],
    ['an offset of 45 minutes', 'Asia/Kathmandu', '10:00', '2026-03-01T04:00:00.000Z', 'today 2026-03-01T04:15'],
    ['yesterday there still', 'America/Los_Angeles', '20:00', '2026-03-03T02:00:00.000Z', 'today 2026-03-03T04:00'],
    ['tomorrow there already', 'Pacific/Auckland', '09:00', '2026-03-02T18:00:00.000Z', 'today 2026-03-02T20:00'],
  ])('is local time: %s', (_, timeZone, cutOff, now, expected) => {
    expect(next(timeZone, cutOff, now)).toBe(expected);
  });

  it.each([
    // Clocks go from 02:00 to 03:00 on 29 March and from 03:00 to 02:00 on 25 October 2026.
    ['the day the clocks go forward', '14:00', '2026-03-29T11:30:00.000Z', 'today 2026-03-29T12:00'],
    ['over the night before it', '14:00', '2026-03-28T13:30:00.000Z', 'later 2026-03-29T12:00'],
    ['a time that the clocks skip', '02:30', '2026-03-29T00:00:00.000Z', 'today 2026-03-29T01:30'],
    ['the day the clocks go back', '14:00', '2026-10-25T12:30:00.000Z', 'today 2026-10-25T13:00'],
    ['a time that comes twice, once', '02:30', '2026-10-25T00:15:00.000Z', 'today 2026-10-25T00:30'],
    ['a time that comes twice, over', '02:30', '2026-10-25T00:45:00.000Z', 'later 2026-10-26T01:30'],
  ])('keeps to the clock when it changes: %s', (_, cutOff, now, expected) => {
    expect(next('Europe/Berlin', cutOff, now)).toBe(expected);
  });

  it('passes over the days on which the node does not work', () => {
    // 16 January 2026 is a Friday.
    expect(next('UTC', '14:00', '2026-01-16T15:00:00.000Z', WEEKDAYS)).toBe('later 2026-01-19T14:00');
    expect(next('UTC', '14:00', '2026-01-17T10:00:00.000Z', WEEKDAYS)).toBe('later 2026-01-19T14:00');
    expect(next('UTC', '14:00', '2026-01-18T10:00:00.000Z', [7])).toBe('today 2026-01-18T14:00');
    expect(next('UTC', '14:00', '2026-01-18T15:00:00.000Z', [7])).toBe('later 2026-01-25T14:00');
  });

  it('is the end of the local day where there is none', () => {
    expect(next('Europe/Berlin', undefined, '2026-01-16T22:59:00.000Z', WEEKDAYS)).toBe('today 2026-01-16T23:00');
    expect(next('Europe/Berlin', undefined, '2026-01-16T23:00:00.000Z', WEEKDAYS)).toBe('later 2026-01-19T23:00');
  });

  it('is unknown without a working day, and where the time zone or the cut-off is not readable', () => {
    expect(next('UTC', '14:00', '2026-01-16T10:00:00.000Z', [])).toBeUndefined();
    expect(next('Middle/Earth', '14:00', '2026-01-16T10:00:00.000Z')).toBeUndefined();
    expect(next('UTC', '24:00', '2026-01-16T10:00:00.000Z')).toBeUndefined();
  });

  it('is later than now, at the local cut-off on a working day, and the first such', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kolkata'];
    const property = fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 4, max: 23 }),
      fc.date({ min: new Date('2024-01-01'), max: new Date('2028-01-01'), noInvalidDate: true }),
      fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      (timeZone, hour, now, workingDays) => {
        const cutOff = `${String(hour).padStart(2, '0')}:30`;
        const dispatch = nextDispatch({ timeZone, cutOff, workingDays }, now.toISOString());
        if (dispatch === undefined) return false;
        const local = (ms: number): string =>
          new Date(ms).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
        const isoDay = (ms: number): number => new Date(`${local(ms).slice(0, 10)}T00:00Z`).getUTCDay() || 7;
        // Every hour between now and then: none is at the cut-off of a working day.
        const between = Math.floor((dispatch.atMs - now.getTime()) / 3_600_000 - 0.02);
        const earlier = Array.from({ length: Math.max(0, between) }, (_, i) => dispatch.atMs - (i + 1) * 3_600_000);
        return (
          dispatch.atMs > Math.floor(now.getTime() / 60_000) * 60_000 &&
          local(dispatch.atMs).endsWith(cutOff) &&
          workingDays.includes(isoDay(dispatch.atMs)) &&
          dispatch.today === (local(dispatch.atMs).slice(0, 10) === local(now.getTime()).slice(0, 10)) &&
          !earlier.some((ms) => local(ms).endsWith(cutOff) && workingDays.includes(isoDay(ms)))
        );
      },
    );
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 300 }))).toBeUndefined();
  });
});
