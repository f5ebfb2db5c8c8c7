import { z } from 'zod';
import { WIRE_STOCK_EVENTS } from './wms-rest-stock.wire.js';
import {
  FulfillmentOrderId,
  LineId,
  LOT_UNITS_MAX,
  LotUnits,
  Reason,
  Serials,
  Sku,
  text,
  WireInstant,
  WireUnits,
} from './wms-rest-text.wire.js';

/** Events as schema/openapi/wms.yaml says. A spec compares the two, so neither can drift. Unknown extra fields are dropped. */

export const EVENTS_MAX = 100;
const RELEASE_EVENTS_MAX = 1_000;
const LINES_MAX = 500;
const PACKAGES_MAX = 200;

const event = { id: text(128), occurredAt: WireInstant };
const fulfillment = { ...event, fulfillmentOrderId: FulfillmentOrderId };
const lines = z
  .array(z.object({ lineId: LineId, quantity: WireUnits }))
  .min(1)
  .max(LINES_MAX);

const WireShortLine = z.object({ lineId: LineId, quantity: WireUnits, sku: Sku.optional() });

const WirePackageItem = z
  .object({
    lineId: LineId,
    quantity: WireUnits,
    serials: Serials.optional(),
    lots: z.array(LotUnits).max(LOT_UNITS_MAX).optional(),
  })
  .refine((item) => (item.serials?.length ?? 0) <= item.quantity, {
    path: ['serials'],
    error: 'Must not be more than the quantity',
  });

export const WirePackage = z.object({
  reference: text(100),
  sscc: z
    .string()
    .regex(/^[0-9]{18}$/, 'Must be 18 digits')
    .optional(),
  carrier: text(100),
  service: text(100).optional(),
  trackingNumber: text(100),
  // People click on it: no other scheme than http and https.
  trackingUrl: z
    .url({ protocol: /^https?$/, error: 'Must be an http or https URL' })
    .max(2000)
    .optional(),
  items: z.array(WirePackageItem).min(1).max(LINES_MAX),
});

export const WireEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('fulfillment.picked'), ...fulfillment, lines }),
  z.object({ type: z.literal('fulfillment.packed'), ...fulfillment, lines }),
  z.object({
    type: z.literal('fulfillment.short_picked'),
    ...fulfillment,
    lines: z.array(WireShortLine).min(1).max(LINES_MAX),
    reason: Reason,
  }),
  z.object({ type: z.literal('fulfillment.carrier_refused'), ...fulfillment, reason: Reason }),
  z.object({
    type: z.literal('fulfillment.shipped'),
    ...fulfillment,
    shipmentReference: text(100),
    packages: z.array(WirePackage).min(1).max(PACKAGES_MAX),
  }),
  ...WIRE_STOCK_EVENTS,
]);

/** Of one release, told again. */
export const WireReleaseEvents = z.object({ events: z.array(WireEvent).max(RELEASE_EVENTS_MAX) });

export const WireEventBatch = z.object({ events: z.array(WireEvent).min(1).max(EVENTS_MAX) });

export type WireShortLine = z.infer<typeof WireShortLine>;
export type WirePackageItem = z.infer<typeof WirePackageItem>;
export type WireEvent = z.infer<typeof WireEvent>;
export type WirePackage = z.infer<typeof WirePackage>;
export type WireEventBatch = z.infer<typeof WireEventBatch>;
export type WireReleaseEvents = z.infer<typeof WireReleaseEvents>;
