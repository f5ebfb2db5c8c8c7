import { z } from 'zod';
import {
  FulfillmentOrderId,
  LineId,
  LOT_UNITS_MAX,
  LotUnits,
  Node,
  Reason,
  Sku,
  WireInstant,
  WireUnits,
  WmsReference,
} from './wms-rest-text.wire.js';

/** Releases and cancellations as schema/openapi/wms.yaml says. A spec compares the two, so neither can drift. Unknown extra fields are dropped. */

export const RELEASES_MAX = 100;
export const LINES_MAX = 500;
const COMPONENTS_MAX = 100;

const addressField = z.string().max(500).optional();

export const WireAddress = z.object({
  name: addressField,
  company: addressField,
  line1: addressField,
  line2: addressField,
  line3: addressField,
  city: addressField,
  region: addressField,
  postalCode: addressField,
  country: addressField,
  phone: addressField,
});

export const WireReleaseLine = z.object({
  lineId: LineId,
  sku: Sku,
  quantity: WireUnits,
  components: z
    .array(z.object({ sku: Sku, quantity: WireUnits }))
    .min(1)
    .max(COMPONENTS_MAX)
    .optional(),
  lots: z.array(LotUnits).max(LOT_UNITS_MAX).optional(),
});

export const WireRelease = z.object({
  fulfillmentOrderId: FulfillmentOrderId,
  node: Node,
  channel: z.string().min(1).max(100),
  reference: z.string().min(1).max(200),
  shipMethod: z.string().min(1).max(100).optional(),
  shipBy: WireInstant.optional(),
  shipTo: WireAddress.optional(),
  giftMessage: z.string().max(2000).optional(),
  lines: z.array(WireReleaseLine).min(1).max(LINES_MAX),
});

export const WireReleaseBatch = z.object({ releases: z.array(WireRelease).min(1).max(RELEASES_MAX) });

export const RejectionCode = z.enum([
  'UNKNOWN_NODE',
  'UNKNOWN_SKU',
  'CONTENT_DIFFERS',
  'ADDRESS',
  'SHIP_METHOD',
  'CANCELLED',
  'NOT_IN_CONTRACT',
  'OTHER',
]);

export const WireReleaseResult = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('ACCEPTED'),
    fulfillmentOrderId: FulfillmentOrderId,
    wmsReference: WmsReference,
  }),
  z.object({
    outcome: z.literal('REJECTED'),
    fulfillmentOrderId: FulfillmentOrderId,
    code: RejectionCode,
    reason: Reason,
  }),
]);

export const WireReleaseResults = z.object({ results: z.array(WireReleaseResult).min(1).max(RELEASES_MAX) });

export const WireCancellationRequest = z.object({ reason: z.string().min(1).max(500) });

export const WireCancellationAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('CANCELLED') }),
  z.object({ outcome: z.literal('REFUSED'), reason: Reason }),
]);

export const WireReleaseStatus = z.object({
  fulfillmentOrderId: FulfillmentOrderId,
  wmsReference: WmsReference,
  node: Node,
  status: z.enum(['ACCEPTED', 'PICKED', 'PACKED', 'PARTIALLY_SHIPPED', 'SHIPPED', 'CLOSED', 'CANCELLED']),
  lines: z
    .array(
      z.object({
        lineId: LineId,
        quantity: WireUnits,
        shipped: z.int().min(0).max(1_000_000),
        short: z.int().min(0).max(1_000_000),
      }),
    )
    .min(1)
    .max(LINES_MAX),
});

export type WireReleaseLine = z.infer<typeof WireReleaseLine>;
export type WireRelease = z.infer<typeof WireRelease>;
export type WireReleaseBatch = z.infer<typeof WireReleaseBatch>;
export type WireReleaseResult = z.infer<typeof WireReleaseResult>;
export type WireReleaseResults = z.infer<typeof WireReleaseResults>;
export type WireReleaseStatus = z.infer<typeof WireReleaseStatus>;
export type WireCancellationAnswer = z.infer<typeof WireCancellationAnswer>;
export type RejectionCode = z.infer<typeof RejectionCode>;
