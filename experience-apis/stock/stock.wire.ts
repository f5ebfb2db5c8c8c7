import { z } from 'zod';
import { ADJUSTMENT_REASONS } from '../../src/model/stock.js';
import { InstantError, parseInstant, type Instant } from '../../src/model/time.js';
import { ONE_LINE } from '../../src/platform/http/one-line.js';

/** Facts of one request. */
export const FACTS_MAX = 500;
const TEXT_CHARS_MAX = 200;
const SERIALS_MAX = 1_000;

const text = z.string().min(1).max(TEXT_CHARS_MAX).regex(ONE_LINE, 'Must be one line, without control characters.');

/** Any number: whether it is one that stock can be counted in is told for each fact alone. */
const quantity = z.number();

export const instant = z.string().transform((given, context): Instant => {
  try {
    return parseInstant(given);
  } catch (error) {
    if (!(error instanceof InstantError)) throw error;
    context.addIssue({ code: 'custom', message: 'Must be an ISO 8601 time with its offset: 2026-03-02T08:00:00Z.' });
    return z.NEVER;
  }
});

const head = {
  id: text,
  sku: text,
  node: text,
  occurredAt: instant,
  sequence: z.int().min(1).exactOptional(),
  unit: text.exactOptional(),
  lot: text.exactOptional(),
  expiresOn: text.exactOptional(),
  serials: z.array(text).max(SERIALS_MAX).exactOptional(),
};

export const wireFact = z.discriminatedUnion('kind', [
  z.object({ ...head, kind: z.literal('RECEIVED'), quantity, document: text.exactOptional() }),
  z.object({ ...head, kind: z.literal('COUNTED'), quantity, qualityHold: quantity.exactOptional() }),
  z.object({
    ...head,
    kind: z.literal('ADJUSTED'),
    quantity,
    reason: z.enum(ADJUSTMENT_REASONS).default('ADJUSTMENT'),
  }),
  z.object({ ...head, kind: z.literal('HELD'), quantity }),
  z.object({ ...head, kind: z.literal('HOLD_LIFTED'), quantity }),
  z.object({ ...head, kind: z.literal('SAFETY_STOCK_SET'), quantity }),
  z.object({ ...head, kind: z.literal('THRESHOLD_SET'), quantity }),
  z.object({
    ...head,
    kind: z.literal('ANNOUNCED'),
    quantity,
    supply: z.enum(['ASN', 'PURCHASE_ORDER', 'TRANSFER']),
    document: text,
    expectedAt: instant,
    fromNode: text.exactOptional(),
  }),
  z.object({ ...head, kind: z.literal('ANNOUNCEMENT_CANCELLED'), document: text, quantity: quantity.exactOptional() }),
  z.object({
    ...head,
    kind: z.literal('TRANSFER_SHIPPED'),
    quantity,
    document: text,
    toNode: text,
    expectedAt: instant.exactOptional(),
  }),
  z.object({ ...head, kind: z.literal('TRANSFER_RECEIVED'), quantity, document: text }),
]);

export type WireFact = z.output<typeof wireFact>;

const SAYS = `Must hold 1 to ${FACTS_MAX} facts.`;

export const factsBody = z.object({ facts: z.array(wireFact).min(1, SAYS).max(FACTS_MAX, SAYS) });

export const snapshotBody = z.object({ node: text, asOf: instant, sequence: z.int().min(1).exactOptional() });

export type WireSnapshot = z.output<typeof snapshotBody>;
