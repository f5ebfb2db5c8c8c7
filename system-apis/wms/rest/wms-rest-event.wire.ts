import { z } from 'zod';
import { FulfillmentOrderId, LineId, Node, Reason, Sku, text, WireInstant, WireUnits } from './wms-rest-text.wire.js';

/** Events as schema/openapi/wms.yaml says. A spec compares the two, so neither can drift. Unknown extra fields are dropped. */

export const EVENTS_MAX = 100;
const LINES_MAX = 500;
const PACKAGES_MAX = 200;
const SERIALS_MAX = 1_000;

const event = { id: text(128), occurredAt: WireInstant };
const fulfillment = { ...event, fulfillmentOrderId: FulfillmentOrderId };
const stock = { ...event, sku: Sku, node: Node };
const lines = z
  .array(z.object({ lineId: LineId, quantity: WireUnits }))
  .min(1)
  .max(LINES_MAX);

const WirePackageItem = z
  .object({ lineId: LineId, quantity: WireUnits, serials: z.array(text(100)).max(SERIALS_MAX).optional() })
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
  z.object({ type: z.literal('fulfillment.short_picked'), ...fulfillment, lines, reason: Reason }),
  z.object({
    type: z.literal('fulfillment.shipped'),
    ...fulfillment,
    shipmentReference: text(100),
    packages: z.array(WirePackage).min(1).max(PACKAGES_MAX),
  }),
  z.object({ type: z.literal('stock.received'), ...stock, quantity: WireUnits }),
  z.object({ type: z.literal('stock.counted'), ...stock, quantity: z.int().min(0).max(1_000_000_000) }),
]);

export const WireEventBatch = z.object({ events: z.array(WireEvent).min(1).max(EVENTS_MAX) });

export type WireEvent = z.infer<typeof WireEvent>;
export type WirePackage = z.infer<typeof WirePackage>;
export type WireEventBatch = z.infer<typeof WireEventBatch>;
