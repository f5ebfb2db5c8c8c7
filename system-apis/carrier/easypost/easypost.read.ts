import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { jsonPointer } from '../../../src/platform/http/problem.js';
import type { CarrierReading } from '../carrier.port.js';
import { WireEvent, WireTrackerEvent } from './easypost.wire.js';

/** As many as a person reads; the first ones are enough to find the mistake. */
const ERRORS_MAX = 5;

export type EventReading =
  | { readonly outcome: 'EVENT'; readonly event: z.infer<typeof WireTrackerEvent> }
  | Exclude<CarrierReading, { outcome: 'NEWS' }>;

/** Reads an event. What is wrong is named by place and rule, never by value: values may be personal. Pure. */
export function readEvent(body: Buffer): EventReading {
  const json = isUtf8(body) ? jsonOf(body.toString('utf8')) : undefined;
  if (json === undefined)
    return { outcome: 'REFUSED', reason: 'BODY_NOT_READABLE', detail: 'The body is not JSON in UTF-8.' };
  const event = WireEvent.safeParse(json);
  if (!event.success) return mismatch(event.error);
  // The account's webhook tells of labels, batches and refunds too: the hub makes none of them.
  if (!event.data.description.startsWith('tracker.')) return { outcome: 'IGNORED' };
  const ofTracker = WireTrackerEvent.safeParse(json);
  return ofTracker.success ? { outcome: 'EVENT', event: ofTracker.data } : mismatch(ofTracker.error);
}

/** `path: rule; …`, of the first ones. */
export function misfits(error: z.ZodError): string {
  return error.issues
    .slice(0, ERRORS_MAX)
    .map(({ path, message }) => `${jsonPointer(path) || 'the body'}: ${message}`)
    .join('; ');
}

/** Undefined: it is not JSON. The parser's own message quotes the body, so it goes nowhere. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function mismatch(error: z.ZodError): EventReading {
  return { outcome: 'REFUSED', reason: 'CONTRACT_MISMATCH', detail: misfits(error) };
}
