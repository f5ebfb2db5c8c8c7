import { z } from 'zod';

/**
 * What EasyPost sends, as far as the hub reads it (docs.easypost.com: Trackers, Events, Errors). Fields that are not named here are
 * dropped: who signed for a parcel and where it goes are personal.
 */

const DETAILS_MAX = 2_000;
const TRACKERS_MAX = 100;
/** Identifies something that the hub stores: PostgreSQL can hold neither NUL nor a lone surrogate. */
const text = (charsMax: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(charsMax)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'Must not hold control characters');

const WireDetail = z.object({
  status: z.string().max(100).nullish(),
  status_detail: z.string().max(100).nullish(),
  datetime: z.string().max(100).nullish(),
});

export const WireTracker = z.object({
  id: text(100),
  object: z.literal('Tracker'),
  tracking_code: text(100),
  carrier: z.string().max(100).nullish(),
  /** Not an enumeration: a word that EasyPost adds must not stop what else it tells. */
  status: text(100),
  status_detail: z.string().max(100).nullish(),
  created_at: z.iso.datetime({ offset: true }),
  updated_at: z.iso.datetime({ offset: true }),
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
