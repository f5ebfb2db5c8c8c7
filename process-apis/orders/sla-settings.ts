import type { Pool } from 'pg';
import { Refreshed } from '../../src/platform/db/refreshed.js';
import type { BusinessCalendar } from '../../src/platform/time/business-calendar.js';
import type { ClockFor, SlaClock, SlaStage } from './orders.sla.js';

/** How long a process may go on with what it read; also the time until all processes see a change. */
const REFRESH_MS = 2_000;
const CLOCKS_MAX = 10_000;
const CALENDARS_MAX = 1_000;
/** The clock of every channel that has none of its own. */
const EVERY_CHANNEL = '*';

export interface NamedCalendar extends BusinessCalendar {
  readonly id: string;
}

/** A clock as people set it. */
export interface SlaClockSetting {
  /** A channel account, or `*`. */
  readonly channel: string;
  readonly stage: SlaStage;
  readonly minutes: number;
  readonly warnMinutes: number;
  /** Id of a calendar. */
  readonly calendar?: string;
  /** `HH:MM`; only with a calendar. */
  readonly cutOff?: string;
}

/** A clock names a calendar that is not there, or a calendar is still named by a clock. */
export class UnknownCalendarError extends Error {
  readonly code = 'UNKNOWN_CALENDAR';
}

interface ClockRow {
  readonly channel: string;
  readonly stage: SlaStage;
  readonly minutes: number;
  readonly warnMinutes: number;
  readonly cutOff: string | null;
  readonly calendar: NamedCalendar | null;
}

const CALENDAR = `json_build_object('id', c.id, 'timeZone', c.time_zone, 'workingDays', c.working_days,
  'opensAt', c.opens_at, 'closesAt', c.closes_at, 'breaks', c.breaks, 'holidays', c.holidays)`;

/** The installation's SLA clocks and calendars over their tables; for decisions from memory. */
export class SlaSettings {
  private readonly inForce: Refreshed<ClockFor>;

  constructor(private readonly pool: Pick<Pool, 'query'>) {
    this.inForce = new Refreshed(async () => clockFor(await this.read()), REFRESH_MS);
  }

  /** Ask again for each batch. */
  forDecision(): Promise<ClockFor> {
    return this.inForce.get();
  }

  /** By channel and stage. */
  async clocks(): Promise<readonly SlaClockSetting[]> {
    return (await this.read()).map(({ calendar, cutOff, ...clock }) => ({
      ...clock,
      ...(calendar === null ? {} : { calendar: calendar.id }),
      ...(cutOff === null ? {} : { cutOff }),
    }));
  }

  /** By id. */
  async calendars(): Promise<readonly NamedCalendar[]> {
    const { rows } = await this.pool.query<{ calendar: NamedCalendar }>({
      name: 'business-calendars.all',
      text: `select ${CALENDAR} as calendar from business_calendar c order by c.id limit $1`,
      values: [CALENDARS_MAX],
    });
    return rows.map(({ calendar }) => calendar);
  }

  /** Creates or replaces the clock of the channel and stage. Waits that have begun keep theirs. Throws UnknownCalendarError. */
  async saveClock({ channel, stage, minutes, warnMinutes, calendar, cutOff }: SlaClockSetting): Promise<void> {
    await this.change(
      `insert into sla_clock (channel, stage, minutes, warn_minutes, calendar, cut_off) values ($1, $2, $3, $4, $5, $6)
       on conflict (channel, stage) do update set minutes = excluded.minutes, warn_minutes = excluded.warn_minutes,
         calendar = excluded.calendar, cut_off = excluded.cut_off, updated_at = now()`,
      [channel, stage, minutes, warnMinutes, calendar ?? null, cutOff ?? null],
      `there is no calendar "${calendar ?? ''}"`,
    );
  }

  /** Gives false when there was none. */
  async removeClock(channel: string, stage: SlaStage): Promise<boolean> {
    return (await this.change('delete from sla_clock where channel = $1 and stage = $2', [channel, stage])) === 1;
  }

  async saveCalendar({ id, timeZone, workingDays, opensAt, closesAt, breaks, holidays }: NamedCalendar): Promise<void> {
    await this.change(
      `insert into business_calendar (id, time_zone, working_days, opens_at, closes_at, breaks, holidays)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (id) do update set time_zone = excluded.time_zone, working_days = excluded.working_days,
         opens_at = excluded.opens_at, closes_at = excluded.closes_at, breaks = excluded.breaks,
         holidays = excluded.holidays, updated_at = now()`,
      [id, timeZone, workingDays, opensAt, closesAt, JSON.stringify(breaks), holidays],
    );
  }

  /** Gives false when there was none. Throws UnknownCalendarError while a clock names it. */
  async removeCalendar(id: string): Promise<boolean> {
    const because = `the calendar "${id}" is named by a clock: change that first`;
    return (await this.change('delete from business_calendar where id = $1', [id], because)) === 1;
  }

  private async change(text: string, values: readonly unknown[], because = 'no such calendar'): Promise<number> {
    const { rowCount } = await this.pool.query(text, [...values]).catch((error: unknown) => {
      throw violatesForeignKey(error) ? new UnknownCalendarError(because) : error;
    });
    this.inForce.forget();
    return rowCount ?? 0;
  }

  private async read(): Promise<readonly ClockRow[]> {
    const { rows } = await this.pool.query<ClockRow>({
      name: 'sla-clocks.all',
      text: `select s.channel, s.stage, s.minutes, s.warn_minutes as "warnMinutes", s.cut_off as "cutOff",
               case when c.id is null then null else ${CALENDAR} end as calendar
             from sla_clock s left join business_calendar c on c.id = s.calendar
             order by s.channel, s.stage limit $1`,
      values: [CLOCKS_MAX],
    });
    return rows;
  }
}

function clockFor(rows: readonly ClockRow[]): ClockFor {
  const clocks = new Map(rows.map((row) => [`${row.channel}/${row.stage}`, toClock(row)]));
  return (channel, stage) => clocks.get(`${channel}/${stage}`) ?? clocks.get(`${EVERY_CHANNEL}/${stage}`);
}

function toClock({ minutes, warnMinutes, calendar, cutOff }: ClockRow): SlaClock {
  if (calendar === null) return { minutes, warnMinutes };
  return { minutes, warnMinutes, working: { calendar, ...(cutOff === null ? {} : { cutOff }) } };
}

function violatesForeignKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23503';
}
