import { z } from 'zod';

/**
 * What EasyPost sends, as far as the hub reads it (docs.easypost.com: Trackers, Events, Errors). Fields that are not named here are
 * dropped: who signed for a parcel and where it goes are personal.
 */

const DETAILS_MAX = 2_000;
const TRACKERS_MAX = 100;
/** No control characters and no lone surrogates: PostgreSQL can hold neither NUL nor a lone surrogate. */
const storable = (charsMax: number): z.ZodString =>
  z
    .string()
    .max(charsMax)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'Must not hold control characters');
const text = (charsMax: number): z.ZodString => storable(charsMax).min(1);
/** Of this age: what is not would be older or newer than all other news for ever. */
const time = z.iso
  .datetime({ offset: true, error: 'Must be an RFC 3339 time with an offset' })
  .refine((value) => isPlausible(new Date(value)), 'Must be a time between 2000 and 2100');

const OLDEST_MS = Date.UTC(2000, 0, 1);
const NEWEST_MS = Date.UTC(2100, 0, 1);

export function isPlausible(at: Date): boolean {
  return at.getTime() >= OLDEST_MS && at.getTime() < NEWEST_MS;
}

const WireDetail = z.object({
  status: z.string().max(100).nullish(),
  status_detail: z.string().max(100).nullish(),
  datetime: z.string().max(100).nullish(),
});

export const WireTracker = z.object({
  id: text(100),
  object: z.literal('Tracker'),
  tracking_code: text(100),
  carrier: storable(100).nullish(),
  /** Not an enumeration: a word that EasyPost adds must not stop what else it tells. */
  status: text(100),
  status_detail: storable(100).nullish(),
  created_at: time,
  updated_at: time,
  tracking_details: z.array(WireDetail).max(DETAILS_MAX).nullish(),
});
export type WireTracker = z.infer<typeof WireTracker>;

export const WireTrackerList = z.object({ trackers: z.array(WireTracker).max(TRACKERS_MAX) });

/** An event of any kind; `result` is what it is about. */
export const WireEvent = z.object({
  id: text(100),
  object: z.literal('Event'),
  description: text(100),
  result: z.unknown().optional(),
});
export type WireEvent = z.infer<typeof WireEvent>;

export const WireTrackerEvent = z.object({ ...WireEvent.shape, result: WireTracker });

/** What the hub sends to create a tracker. */
export const WireNewTracker = z.object({
  tracker: z.object({ tracking_code: text(100), carrier: text(100).optional() }),
});
export type WireNewTracker = z.infer<typeof WireNewTracker>;

export const WireError = z.object({
  error: z.object({ code: z.string().max(200), message: z.unknown().optional() }),
});
