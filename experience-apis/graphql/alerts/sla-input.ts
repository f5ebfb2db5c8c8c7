import { z } from 'zod';
import { channelSchema } from '../../../process-apis/catalog/index.js';
import { SLA_STAGES, type NamedCalendar, type SlaClockSetting } from '../../../process-apis/orders/index.js';
import { LocalTime } from '../../../src/platform/time/local-time.js';

const MINUTES_MAX = 525_600;
const HOLIDAYS_MAX = 500;
const BREAKS_MAX = 10;
const DAYS_PER_WEEK = 7;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Must be a time of day: 14:30.');
const calendarId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'Must be of lower case letters, digits and dashes.');

const SlaClockInput = z
  .strictObject({
    channel: z.union([z.literal('*'), channelSchema], 'Must be a channel account, or "*".'),
    stage: z.enum(SLA_STAGES),
    minutes: z.int().min(1).max(MINUTES_MAX),
    warnMinutes: z.int().min(0),
    calendar: calendarId.nullish(),
    cutOff: timeOfDay.nullish(),
  })
  .refine(({ minutes, warnMinutes }) => warnMinutes < minutes, {
    path: ['warnMinutes'],
    error: 'Must be less than "minutes": a warning comes before the step is late.',
  })
  .refine(({ calendar, cutOff }) => cutOff === undefined || cutOff === null || typeof calendar === 'string', {
    path: ['cutOff'],
    error: 'Only a clock with a calendar has a cut-off: name the calendar, or leave the cut-off out.',
  })
  .transform(({ calendar, cutOff, ...clock }): SlaClockSetting => ({
    ...clock,
    ...(typeof calendar === 'string' ? { calendar } : {}),
    ...(typeof cutOff === 'string' ? { cutOff } : {}),
  }));

const BusinessCalendarInput = z
  .strictObject({
    id: calendarId,
    timeZone: z
      .string()
      .max(100)
      .refine((zone) => LocalTime.of(zone) !== undefined, 'Must be an IANA time zone: Europe/Berlin.'),
    workingDays: z
      .array(z.int().min(1).max(DAYS_PER_WEEK), 'Must be days of the week, 1 for Monday to 7 for Sunday.')
      .min(1)
      .max(DAYS_PER_WEEK),
    opensAt: timeOfDay,
    closesAt: z.union([z.literal('24:00'), timeOfDay], 'Must be a time of day, or 24:00.'),
    breaks: z.array(z.strictObject({ from: timeOfDay, to: timeOfDay })).max(BREAKS_MAX),
    holidays: z.array(z.iso.date('Must be a day: 2026-12-25.')).max(HOLIDAYS_MAX),
  })
  .refine(({ opensAt, closesAt }) => closesAt > opensAt, {
    path: ['closesAt'],
    error: 'Must be after "opensAt".',
  })
  .refine(
    ({ opensAt, closesAt, breaks }) => isRising([opensAt, ...breaks.flatMap(({ from, to }) => [from, to]), closesAt]),
    {
      path: ['breaks'],
      error:
        'Must lie between "opensAt" and "closesAt", in order and apart from each other, each "from" before its "to".',
    },
  );

/** Times of day as texts stand in their order. */
function isRising(times: readonly string[]): boolean {
  return times.every((time, index) => index === 0 || time > (times[index - 1] ?? ''));
}

/** What is wrong with an input: where, as a JSON Pointer, and how to mend it. */
export interface InputRefusal {
  readonly pointer: string;
  readonly message: string;
}

type Read<T> = { readonly value: T } | { readonly refusal: InputRefusal };

export function readSlaClock(input: unknown): Read<SlaClockSetting> {
  return read(SlaClockInput, input);
}

export function readCalendar(input: unknown): Read<NamedCalendar> {
  return read(BusinessCalendarInput, input);
}

function read<T>(schema: z.ZodType<T>, input: unknown): Read<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  const pointer = (issue?.path ?? []).map((part) => `/${String(part)}`).join('');
  return { refusal: { pointer, message: issue?.message ?? 'The input cannot be read.' } };
}
