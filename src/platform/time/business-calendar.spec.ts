import { describe, expect, it } from 'vitest';
import { afterWorkingMinutes, type BusinessCalendar } from './business-calendar.js';

const BERLIN: BusinessCalendar = {
  timeZone: 'Europe/Berlin',
  workingDays: [1, 2, 3, 4, 5],
  opensAt: '08:00',
  closesAt: '18:00',
  breaks: [],
  holidays: ['2026-12-25'],
};

function after(from: string, minutes: number, cutOff?: string, calendar = BERLIN): string | undefined {
  const ms = afterWorkingMinutes({ calendar, ...(cutOff === undefined ? {} : { cutOff }) }, Date.parse(from), minutes);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

describe('working time', () => {
  // Berlin is an hour ahead of UTC in winter, two in summer.
  it.each([
    ['within a day', '2026-11-23T09:00:00Z', 60, '2026-11-23T10:00:00.000Z'],
    ['before it opens: from the opening on', '2026-11-23T05:00:00Z', 60, '2026-11-23T08:00:00.000Z'],
    ['over the night', '2026-11-23T16:30:00Z', 60, '2026-11-24T07:30:00.000Z'],
    ['over the weekend', '2026-11-27T16:30:00Z', 60, '2026-11-30T07:30:00.000Z'],
    ['begun on a Sunday', '2026-11-29T12:00:00Z', 1, '2026-11-30T07:01:00.000Z'],
    ['over a holiday and the weekend behind it', '2026-12-24T16:59:00Z', 2, '2026-12-28T07:01:00.000Z'],
    ['to the very end of a day', '2026-11-23T07:00:00Z', 600, '2026-11-23T17:00:00.000Z'],
    ['for weeks', '2026-11-23T07:00:00Z', 600 * 10, '2026-12-04T17:00:00.000Z'],
    ['over the change to summer time', '2026-03-27T16:30:00Z', 60, '2026-03-30T06:30:00.000Z'],
    ['over the change to winter time', '2026-10-23T15:30:00Z', 60, '2026-10-26T07:30:00.000Z'],
  ])('%s', (_, from, minutes, expected) => {
    expect(after(from, minutes)).toBe(expected);
  });

  it('begins on the next working day after the cut-off', () => {
    expect(after('2026-11-23T12:59:00Z', 30, '14:00')).toBe('2026-11-23T13:29:00.000Z');
    expect(after('2026-11-23T13:01:00Z', 30, '14:00')).toBe('2026-11-24T07:30:00.000Z');
    // A Sunday has no cut-off to miss.
    expect(after('2026-11-29T20:00:00Z', 30, '14:00')).toBe('2026-11-30T07:30:00.000Z');
  });

  it('stands still in a break, between two shifts, and in what lies outside of both', () => {
    const lunch = { ...BERLIN, breaks: [{ from: '12:00', to: '13:00' }] };
    expect(after('2026-11-23T10:30:00Z', 60, undefined, lunch)).toBe('2026-11-23T12:30:00.000Z');
    expect(after('2026-11-23T11:20:00Z', 60, undefined, lunch)).toBe('2026-11-23T13:00:00.000Z');
    expect(after('2026-11-23T10:30:00Z', 30, undefined, lunch)).toBe('2026-11-23T11:00:00.000Z');
    const shifts = { ...BERLIN, opensAt: '06:00', closesAt: '22:00', breaks: [{ from: '10:00', to: '18:00' }] };
    expect(after('2026-11-23T08:30:00Z', 60, undefined, shifts)).toBe('2026-11-23T17:30:00.000Z');
    expect(after('2026-11-23T20:30:00Z', 60, undefined, shifts)).toBe('2026-11-24T05:30:00.000Z');
  });

  it('counts the minutes that pass in a night in which the clocks change', () => {
    const nights = { ...BERLIN, workingDays: [7], opensAt: '00:00', closesAt: '06:00' };
    expect(after('2026-03-28T12:00:00Z', 5 * 60, undefined, nights)).toBe('2026-03-29T04:00:00.000Z');
    expect(after('2026-10-24T12:00:00Z', 7 * 60, undefined, nights)).toBe('2026-10-25T05:00:00.000Z');
    // The second half past two: half an hour later it is three.
    expect(after('2026-10-25T01:30:00Z', 30, undefined, nights)).toBe('2026-10-25T02:00:00.000Z');
  });

  it('may last around the clock', () => {
    const always = { ...BERLIN, workingDays: [1, 2, 3, 4, 5, 6, 7], opensAt: '00:00', closesAt: '24:00', holidays: [] };
    expect(after('2026-11-28T22:30:00Z', 120, undefined, always)).toBe('2026-11-29T00:30:00.000Z');
  });

  it.each<[string, Partial<BusinessCalendar>]>([
    ['works on no day', { workingDays: [] }],
    ['lies nowhere', { timeZone: 'Mars/Olympus' }],
    ['closes before it opens', { closesAt: '07:00' }],
    ['has no time of day', { opensAt: 'eight' }],
    ['breaks before it opens', { breaks: [{ from: '07:00', to: '09:00' }] }],
    ['breaks to its end', { breaks: [{ from: '17:00', to: '18:00' }] }],
    ['has a break that ends before it begins', { breaks: [{ from: '13:00', to: '12:00' }] }],
    [
      'has breaks in each other',
      {
        breaks: [
          { from: '10:00', to: '12:00' },
          { from: '11:00', to: '13:00' },
        ],
      },
    ],
  ])('is unknown by a calendar that %s', (_, wrong) => {
    expect(after('2026-11-23T09:00:00Z', 1, undefined, { ...BERLIN, ...wrong })).toBeUndefined();
  });
});
