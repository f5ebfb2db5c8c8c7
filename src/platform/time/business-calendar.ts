import { DAY_MS, dayOf, isoWeekday, LocalTime, MINUTE_MS, readTimeOfDay } from './local-time.js';

/** Further ahead nothing is looked for: a calendar that works on no day ends here. */
const DAYS_AHEAD_MAX = 800;
const MIDNIGHT_AFTER = '24:00';

/** A part of the day, `HH:MM`, local. */
export interface Break {
  readonly from: string;
  /** After `from`. */
  readonly to: string;
}

/** When people work. */
export interface BusinessCalendar {
  /** IANA name. */
  readonly timeZone: string;
  /** 1 is Monday. */
  readonly workingDays: readonly number[];
  /** `HH:MM`, local. */
  readonly opensAt: string;
  /** `HH:MM`, local, after `opensAt`; `24:00` is the end of the day. */
  readonly closesAt: string;
  /** Between them nobody works: in order, apart from each other, after `opensAt` and before `closesAt`. */
  readonly breaks: readonly Break[];
  /** `YYYY-MM-DD`: nobody works on these. */
  readonly holidays: readonly string[];
}

/** How a clock runs by a calendar. */
export interface WorkingTime {
  readonly calendar: BusinessCalendar;
  /** `HH:MM`, local: what begins later on a working day counts from the next one. */
  readonly cutOff?: string;
}

/** A part of the day in which people work, ms after local midnight. */
interface Shift {
  readonly opens: number;
  readonly closes: number;
}

/**
 * The instant after so many minutes of working time, ms since 1970. Undefined where it cannot be known: the calendar is not
 * readable, or that time does not come within DAYS_AHEAD_MAX days. Hours are local, minutes are those that pass: a shift in which
 * the clocks change is as much longer or shorter.
 */
export function afterWorkingMinutes(
  { calendar, cutOff }: WorkingTime,
  fromMs: number,
  minutes: number,
): number | undefined {
  const local = LocalTime.of(calendar.timeZone);
  const shifts = shiftsOf(calendar);
  const lastStart = cutOff === undefined ? DAY_MS : readTimeOfDay(cutOff);
  if (local === undefined || shifts === undefined || lastStart === undefined) return undefined;
  const start = local.fromUtc(fromMs);
  const [today, works] = [dayOf(start), worksOn(calendar)];
  let at = fromMs;
  let left = minutes * MINUTE_MS;
  for (let ahead = start - today > lastStart && works(today) ? 1 : 0; ahead < DAYS_AHEAD_MAX; ahead += 1) {
    const day = today + ahead * DAY_MS;
    if (!works(day)) continue;
    for (const { opens, closes } of shifts) {
      const [from, to] = [Math.max(at, local.toUtc(day + opens)), local.toUtc(day + closes)];
      if (from >= to) continue;
      if (from + left <= to) return from + left;
      left -= to - from;
      at = to;
    }
  }
  return undefined;
}

/** The shifts of a working day, in order; undefined where the calendar is not readable. */
function shiftsOf({ opensAt, closesAt, breaks }: BusinessCalendar): readonly Shift[] | undefined {
  const edges = [opensAt, ...breaks.flatMap(({ from, to }) => [from, to]), closesAt].map((time) =>
    time === MIDNIGHT_AFTER ? DAY_MS : readTimeOfDay(time),
  );
  const shifts: Shift[] = [];
  for (let index = 0; index < edges.length; index += 2) {
    const [opens, closes, next = Infinity] = edges.slice(index, index + 3);
    if (opens === undefined || closes === undefined || opens >= closes || closes >= next) return undefined;
    shifts.push({ opens, closes });
  }
  return shifts;
}

function worksOn({ workingDays, holidays }: BusinessCalendar): (day: number) => boolean {
  const free = new Set(holidays);
  return (day) => workingDays.includes(isoWeekday(day)) && !free.has(new Date(day).toISOString().slice(0, 10));
}
