import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterWorkingMinutes, type BusinessCalendar } from './business-calendar.js';

const MINUTE_MS = 60_000;
const STEP = 5;
const STEP_MS = STEP * MINUTE_MS;
const DAY_MINUTES = 1_440;
/** Zones whose clocks change at other times, by other amounts, or never. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'UTC',
];
const [FIRST_MS, LAST_MS] = [Date.parse('2026-01-01T00:00:00Z'), Date.parse('2027-01-01T00:00:00Z')];

/** What a clock on the wall there shows: by Intl's own name of the offset, and not as the calendar reads it. */
class WallClock {
  private readonly format: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();

  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  }

  at(utcMs: number): Date {
    const quarter = Math.floor(utcMs / (15 * MINUTE_MS));
    const offset = this.offsets.get(quarter) ?? this.read(utcMs);
    this.offsets.set(quarter, offset);
    return new Date(utcMs + offset * MINUTE_MS);
  }

  private read(utcMs: number): number {
    const name = this.format.formatToParts(utcMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  }
}

function timeOfDay(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Times at which no clock changes, so that each is there once on every day. */
const quietTime = fc.integer({ min: (4 * 60) / STEP, max: (22 * 60) / STEP }).map((steps) => steps * STEP);

const calendars: fc.Arbitrary<BusinessCalendar> = fc
  .record({
    timeZone: fc.constantFrom(...ZONES),
    workingDays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 3 }),
    times: fc.uniqueArray(quietTime, { minLength: 2, maxLength: 8 }),
    holidays: fc.uniqueArray(fc.constantFrom('2026-03-29', '2026-10-25', '2026-05-01', '2026-12-25')),
    fromMidnight: fc.boolean(),
    toMidnight: fc.boolean(),
  })
  .map(({ timeZone, workingDays, times, holidays, fromMidnight, toMidnight }) => {
    const inner = times.toSorted((a, b) => a - b);
    const edges = [...(fromMidnight ? [0] : []), ...inner, ...(toMidnight ? [DAY_MINUTES] : [])];
    const even = (edges.length % 2 === 0 ? edges : edges.slice(0, -1)).map(timeOfDay);
    const [opensAt = '', ...more] = even;
    const breaks = Array.from({ length: (more.length - 1) / 2 }, (_, n) => ({
      from: more[2 * n] ?? '',
      to: more[2 * n + 1] ?? '',
    }));
    return { timeZone, workingDays, opensAt, closesAt: more.at(-1) ?? '', breaks, holidays };
  });

/** Days before the clocks change in one of the zones. */
const CHANGES = ['2026-03-07', '2026-03-28', '2026-04-04', '2026-04-23', '2026-09-26', '2026-10-03', '2026-10-24']
  .concat('2026-10-29', '2026-10-31')
  .map((day) => Date.parse(day));
const starts = fc
  .oneof(fc.integer({ min: FIRST_MS, max: LAST_MS }), fc.constantFrom(...CHANGES), fc.constantFrom(...CHANGES))
  .chain((ms) => fc.integer({ min: 0, max: (2 * DAY_MINUTES) / STEP }).map((steps) => ms + steps * STEP_MS))
  .map((ms) => Math.floor(ms / STEP_MS) * STEP_MS);
const cutOffs = fc.option(quietTime.map(timeOfDay), { nil: undefined });

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function timeOf(at: Date): string {
  return at.toISOString().slice(11, 16);
}

/** Step by step, as someone would who looks at the clock on the wall all the time. */
function walked(calendar: BusinessCalendar, cutOff: string | undefined, fromMs: number, minutes: number): number {
  const wall = new WallClock(calendar.timeZone);
  const begin = wall.at(fromMs);
  const tooLate = cutOff !== undefined && timeOf(begin) > cutOff ? dayOf(begin) : undefined;
  const works = (at: Date): boolean => {
    const [day, time] = [dayOf(at), timeOf(at)];
    if (day === tooLate || calendar.holidays.includes(day)) return false;
    if (!calendar.workingDays.includes(at.getUTCDay() || 7)) return false;
    if (time < calendar.opensAt || time >= calendar.closesAt) return false;
    return !calendar.breaks.some(({ from, to }) => time >= from && time < to);
  };
  let left = minutes;
  let now = fromMs;
  while (left > 0) {
    if (works(wall.at(now))) left -= STEP;
    now += STEP_MS;
  }
  return now;
}

describe('working time', () => {
  it('is what the clock on the wall shows, in all zones, over all changes of clocks', () => {
    const lengths = fc.integer({ min: 1, max: 240 }).map((steps) => steps * STEP);
    fc.assert(
      fc.property(calendars, cutOffs, starts, lengths, (calendar, cutOff, fromMs, minutes) => {
        const working = { calendar, ...(cutOff === undefined ? {} : { cutOff }) };
        const ms = afterWorkingMinutes(working, fromMs, minutes);
        expect(ms).toBeDefined();
        expect(new Date(ms ?? 0).toISOString()).toBe(new Date(walked(calendar, cutOff, fromMs, minutes)).toISOString());
      }),
      { numRuns: 150 },
    );
  });

  it('goes forward, and in two parts as far as in one', () => {
    const lengths = fc.integer({ min: 1, max: 700 });
    const anyStart = fc.integer({ min: FIRST_MS, max: LAST_MS });
    fc.assert(
      fc.property(calendars, anyStart, lengths, lengths, (calendar, fromMs, first, second) => {
        const part = afterWorkingMinutes({ calendar }, fromMs, first) ?? 0;
        const whole = afterWorkingMinutes({ calendar }, fromMs, first + second);
        expect(part).toBeGreaterThanOrEqual(fromMs + first * MINUTE_MS);
        expect(whole).toBeGreaterThanOrEqual(part + second * MINUTE_MS);
        expect(afterWorkingMinutes({ calendar }, part, second)).toBe(whole);
      }),
      { numRuns: 500 },
    );
  });
});
