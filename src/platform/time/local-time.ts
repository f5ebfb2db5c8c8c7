import { LRUCache } from 'lru-cache';

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
export const DAYS_PER_WEEK = 7;
/** More than there are IANA names in use. */
const ZONES_MAX = 1_000;
/** Since 2012 clocks change at whole quarters of an hour of UTC, and at nothing between. */
const QUARTER_MS = 15 * MINUTE_MS;
/** A year of them would be 35,000; those that are asked for lie together. */
const OFFSETS_MAX = 5_000;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

const zones = new LRUCache<string, LocalTime>({ max: ZONES_MAX });

/**
 * A time zone's clock. Local times are written as milliseconds since 1970 as if they were UTC, so that days and times of day
 * are plain arithmetic on them.
 */
export class LocalTime {
  /** By quarter of an hour since 1970: making a text of an instant takes microseconds. */
  private readonly offsets = new LRUCache<number, number>({ max: OFFSETS_MAX });

  private constructor(private readonly format: Intl.DateTimeFormat) {}

  /** Of an IANA name; undefined where there is no such time zone. */
  static of(timeZone: string): LocalTime | undefined {
    const known = zones.get(timeZone);
    if (known !== undefined) return known;
    try {
      const local = new LocalTime(new Intl.DateTimeFormat('en-US', { timeZone, ...FIELDS }));
      zones.set(timeZone, local);
      return local;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  fromUtc(utcMs: number): number {
    return utcMs + this.offsetMs(utcMs);
  }

  /** A time that the clocks skip counts with the offset from before the change, one that comes twice is the first. */
  toUtc(localMs: number): number {
    const [before, after] = [this.offsetMs(localMs - DAY_MS), this.offsetMs(localMs + DAY_MS)];
    const [first, second] = [localMs - before, localMs - after];
    if (this.offsetMs(first) === before) return first;
    return this.offsetMs(second) === after ? second : first;
  }

  /** Local time minus UTC. */
  private offsetMs(utcMs: number): number {
    const quarter = Math.floor(utcMs / QUARTER_MS);
    const known = this.offsets.get(quarter);
    if (known !== undefined) return known;
    const offset = this.readOffsetMs(quarter * QUARTER_MS);
    this.offsets.set(quarter, offset);
    return offset;
  }

  private readOffsetMs(utcMs: number): number {
    const parts = new Map(this.format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - utcMs;
  }
}

const FIELDS = {
  calendar: 'gregory',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;

/** The midnight at which the local day began. */
export function dayOf(localMs: number): number {
  return Math.floor(localMs / DAY_MS) * DAY_MS;
}

/** 1 is Monday. */
export function isoWeekday(localMs: number): number {
  return new Date(localMs).getUTCDay() || DAYS_PER_WEEK;
}

/** `HH:MM` as milliseconds after midnight; undefined where it is no time of day. */
export function readTimeOfDay(text: string): number | undefined {
  const [, hours, minutes] = TIME_OF_DAY.exec(text) ?? [];
  return hours === undefined ? undefined : (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}
