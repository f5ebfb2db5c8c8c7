import { z } from 'zod';
import { parseInstant } from '../../src/model/time.js';
import { ONE_LINE } from '../../src/platform/http/one-line.js';
import { TRACKINGS } from './catalog.types.js';

/** Base units in one unit of anything: a pack, a kit with all that is in it. */
export const COMPONENT_QUANTITY_MAX = 1_000_000;
/** Different items in a kit. */
export const KIT_COMPONENTS_MAX = 100;
/** Items that may ship instead of one. */
const SUBSTITUTES_MAX = 50;
const LISTING_KEYS_MAX = 50;
const KEY_MAX = 100;
const TEXT_MAX = 500;
const UNITS_PER_DAY_MAX = 1_000_000_000;

/** An id or name that people and systems write: no spaces around it, no control characters in it. */
const PRINTABLE = /^[^\s\p{C}](?:[^\p{C}]*[^\s\p{C}])?$/u;
const key = z
  .string()
  .min(1, 'Must not be empty.')
  .max(KEY_MAX, `Must have at most ${KEY_MAX} characters.`)
  .regex(PRINTABLE, 'Must not begin or end with a space, nor hold control characters.');
const text = z
  .string()
  .min(1, 'Must not be empty.')
  .max(TEXT_MAX, `Must have at most ${TEXT_MAX} characters.`)
  .regex(ONE_LINE, 'Must be one line, without control characters.');

const whole = (min: number, max: number) => {
  const says = `Must be a whole number from ${min} to ${max}.`;
  return z.int(says).min(min, says).max(max, says);
};

/** ISO 8601 with its UTC offset; read as a UTC instant. */
export const instantSchema = z.string().transform((given, context) => {
  try {
    return parseInstant(given);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `${error instanceof Error ? error.message : String(error)}.` });
    return z.NEVER;
  }
});

export const skuSchema = key;
export const channelSchema = key;

export const itemSchema = z.strictObject({
  sku: key,
  title: text,
  baseUnit: key.exactOptional(),
  category: key.exactOptional(),
  brand: key.exactOptional(),
  tracking: z.enum(TRACKINGS).exactOptional(),
  releaseAt: instantSchema.exactOptional(),
});

export const itemUnitSchema = z.strictObject({ sku: key, unit: key, factor: whole(1, COMPONENT_QUANTITY_MAX) });

export const kitSchema = z.strictObject({
  kit: key,
  components: z
    .array(z.strictObject({ sku: key, quantity: whole(1, COMPONENT_QUANTITY_MAX) }))
    .max(KIT_COMPONENTS_MAX, `Must have at most ${KIT_COMPONENTS_MAX} components.`),
});

export const substitutesSchema = z.strictObject({
  sku: key,
  channel: key.default('*'),
  substitutes: z.array(key).max(SUBSTITUTES_MAX, `Must name at most ${SUBSTITUTES_MAX} items.`),
});

export const listingSchema = z.strictObject({
  channel: key,
  listingSku: z
    .string()
    .min(1, 'Must not be empty.')
    .max(KEY_MAX, `Must have at most ${KEY_MAX} characters.`)
    .regex(ONE_LINE, 'Must be one line, without control characters.'),
  sku: key,
  unit: key.exactOptional(),
  listingKeys: z
    .record(z.string().max(KEY_MAX).regex(ONE_LINE), z.string().max(TEXT_MAX).regex(ONE_LINE))
    .refine((keys) => Object.keys(keys).length <= LISTING_KEYS_MAX, `Must have at most ${LISTING_KEYS_MAX} keys.`)
    .default({}),
});

export const nodeSchema = z
  .strictObject({
    id: key,
    name: text,
    priority: whole(0, 1_000_000).exactOptional(),
    active: z.boolean().exactOptional(),
    kind: z.enum(['DC', 'STORE', 'THIRD_PARTY', 'DROP_SHIPPER']).exactOptional(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'Must be an ISO 3166-1 alpha-2 code in upper case, like "DE".')
      .exactOptional(),
    latitude: z.number().min(-90).max(90).exactOptional(),
    longitude: z.number().min(-180).max(180).exactOptional(),
    timeZone: z.string().refine(isTimeZone, 'Must be an IANA time zone, like "Europe/Berlin".').exactOptional(),
    cutOff: z
      .string()
      .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Must be a local time as HH:MM, like "14:30".')
      .exactOptional(),
    workingDays: z
      .array(whole(1, 7))
      .max(7)
      .refine((days) => new Set(days).size === days.length, 'Must name each day once: 1 is Monday, 7 is Sunday.')
      .exactOptional(),
    unitsPerDay: whole(0, UNITS_PER_DAY_MAX).exactOptional(),
    shippingCostMinor: whole(0, UNITS_PER_DAY_MAX).exactOptional(),
    shipsFromStore: z.boolean().exactOptional(),
    clickAndCollect: z.boolean().exactOptional(),
  })
  .superRefine(({ latitude, longitude }, context) => {
    if ((latitude === undefined) === (longitude === undefined)) return;
    const missing = latitude === undefined ? 'latitude' : 'longitude';
    context.addIssue({ code: 'custom', path: [missing], message: 'Is missing: give both coordinates or neither.' });
  });

function isTimeZone(name: string): boolean {
  try {
    // Offsets like "+01:00" are taken as well, and know no summer time: only names are wanted.
    return /^[A-Z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
