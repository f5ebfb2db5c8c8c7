import { DAY_MS, dayOf, isoWeekday, LocalTime, MINUTE_MS, readTimeOfDay } from './local-time.js';

/** Further ahead nothing is looked for: a calendar that works on no day ends here. */
const DAYS_AHEAD_MAX = 800;
const MIDNIGHT_AFTER = '24:00';

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
  /** `YYYY-MM-DD`: nobody works on these. */
  readonly holidays: readonly string[];
}

/** How a clock runs by a calendar. */
export interface WorkingTime {
  readonly calendar: BusinessCalendar;
  /** `HH:MM`, local: what begins later on a working day counts from the next one. */
  readonly cutOff?: string;
}

/** A working day's hours in local time, see LocalTime. */
interface Shift {
  readonly opens: number;
  readonly closes: number;
}

/**
 * The instant after so many minutes of working time, ms since 1970. Undefined where it cannot be known: the calendar is not
 * readable, or that time does not come within DAYS_AHEAD_MAX days. On days when the clocks change, local hours count.
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
  let left = minutes * MINUTE_MS;
  for (let ahead = 0; ahead < DAYS_AHEAD_MAX; ahead += 1) {
    const day = dayOf(start) + ahead * DAY_MS;
    const shift = shifts(day);
    if (shift === undefined || (ahead === 0 && start - day > lastStart)) continue;
    const from = Math.max(shift.opens, start);
    const room = shift.closes - from;
    if (room <= 0) continue;
    if (left <= room) return local.toUtc(from + left);
    left -= room;
  }
  return undefined;
}

/** The hours of a local day; undefined where nobody works. As a whole undefined where the calendar is not readable. */
function shiftsOf(calendar: BusinessCalendar): ((day: number) => Shift | undefined) | undefined {
  const opens = readTimeOfDay(calendar.opensAt);
  const closes = calendar.closesAt === MIDNIGHT_AFTER ? DAY_MS : readTimeOfDay(calendar.closesAt);
  if (opens === undefined || closes === undefined || closes <= opens) return undefined;
  const holidays = new Set(calendar.holidays);
  return (day) => {
    const works =
      calendar.workingDays.includes(isoWeekday(day)) && !holidays.has(new Date(day).toISOString().slice(0, 10));
    return works ? { opens: day + opens, closes: day + closes } : undefined;
  };
}
