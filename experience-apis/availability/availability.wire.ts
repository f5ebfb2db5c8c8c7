import { z } from 'zod';
import {
  CHECK_ITEMS_MAX,
  SOFT_KINDS,
  SOFT_LINES_MAX,
  SOFT_TTL_SECONDS_MAX,
} from '../../process-apis/availability/index.js';
import { LINE_QUANTITY_MAX } from '../../src/model/order.js';
import { ONE_LINE } from '../../src/platform/http/one-line.js';

const KEY_CHARS_MAX = 200;
const REFERENCE_CHARS_MAX = 200;
/** Years ahead that a date may be. */
const DATE_YEARS_MAX = 10;

const key = z.string().min(1).max(KEY_CHARS_MAX).regex(ONE_LINE, 'Must be one line, without control characters.');
const quantity = z.int().min(1).max(LINE_QUANTITY_MAX);

const date = z.iso
  .date({ error: 'Must be a date like "2026-03-31" (UTC).', abort: true })
  .superRefine((value, context) => {
    const today = new Date();
    const first = today.toISOString().slice(0, 10);
    const last = `${today.getUTCFullYear() + DATE_YEARS_MAX}${first.slice(4)}`;
    if (value < first)
      context.addIssue({
        code: 'custom',
        message: `Is in the past: today is ${first} (UTC). Leave it out to ask for now.`,
      });
    else if (value > last) context.addIssue({ code: 'custom', message: `Must be ${last} or earlier.` });
  });

const destination = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, 'Must be an ISO 3166-1 alpha-2 code in upper case, like "DE".'),
  region: z.string().min(1).max(100).regex(ONE_LINE).exactOptional(),
  postalZone: z
    .string()
    .regex(
      /^[0-9A-Z]{1,10}$/,
      'Must be the first 1 to 10 characters of a postal code, upper case, no spaces or hyphens.',
    )
    .exactOptional(),
});

const named = { sku: key.exactOptional(), listingSku: key.exactOptional() };

/** Of `sku` and `listingSku` exactly one. */
function namesOne(
  { sku, listingSku }: { readonly sku?: string; readonly listingSku?: string },
  context: z.RefinementCtx,
): void {
  if ((sku === undefined) !== (listingSku === undefined)) return;
  context.addIssue({
    code: 'custom',
    message: 'Must name an item by "sku" or a listing of the channel by "listingSku": one of the two.',
  });
}

export const checkSchema = z.strictObject({
  channel: key,
  items: z
    .array(
      z
        .strictObject({
          ...named,
          quantity: quantity.default(1),
          node: key.exactOptional(),
          date: date.exactOptional(),
        })
        .superRefine(namesOne),
    )
    .min(1)
    .max(CHECK_ITEMS_MAX),
  destination: destination.exactOptional(),
  explain: z.boolean().default(false),
});

const lines = z
  .array(z.strictObject({ ...named, quantity }).superRefine(namesOne))
  .min(1)
  .max(SOFT_LINES_MAX);

const reference = z
  .string()
  .min(1)
  .max(REFERENCE_CHARS_MAX)
  .regex(/^[!-~]+$/, 'Must be printable ASCII without spaces.');

const ttlSeconds = z.int().min(1).max(SOFT_TTL_SECONDS_MAX);

export const reservationSchema = z.strictObject({
  channel: key,
  reference,
  kind: z.enum(SOFT_KINDS),
  ttlSeconds,
  lines,
  destination: destination.exactOptional(),
});

export const extensionSchema = z.strictObject({ ttlSeconds });

/** A path and query that name a reservation; the channel of a bound token need not be said. */
export const reservationKeySchema = z.object({ reference, channel: key.optional() });

export const dryRunSchema = z
  .strictObject({
    channel: key,
    lines,
    destination: destination.exactOptional(),
    method: z.enum(['SHIP', 'COLLECT']).default('SHIP'),
    collectAt: key.exactOptional(),
  })
  .superRefine(({ method, collectAt }, context) => {
    if (method === 'COLLECT' && collectAt === undefined)
      context.addIssue({
        code: 'custom',
        path: ['collectAt'],
        message: 'Is missing: name the node of the collection.',
      });
    if (method === 'SHIP' && collectAt !== undefined)
      context.addIssue({ code: 'custom', path: ['collectAt'], message: 'Is for the method COLLECT: remove it.' });
  });
