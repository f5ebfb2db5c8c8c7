import { z } from 'zod';

/** Listings Items API 2021-08-01, as far as quantities go. */
export const FulfillmentAvailabilityWire = z.looseObject({
  fulfillment_channel_code: z.string().min(1),
  quantity: z.int().min(0).optional(),
});

export const PatchListingWire = z.looseObject({
  productType: z.string().min(1),
  patches: z
    .array(
      z.looseObject({
        op: z.enum(['add', 'replace', 'merge', 'delete']),
        path: z.string().startsWith('/attributes/'),
        value: z.array(z.looseObject({})).optional(),
      }),
    )
    .min(1),
});

export const PatchListingAnswerWire = z.looseObject({
  sku: z.string(),
  /** ACCEPTED or INVALID; VALID only for a preview. */
  status: z.string(),
  submissionId: z.string(),
  issues: z.array(z.looseObject({ code: z.string(), message: z.string(), severity: z.string().nullish() })).nullish(),
});

/** A listing with `includedData=fulfillmentAvailability`. */
export const ListingWire = z.looseObject({
  sku: z.string(),
  fulfillmentAvailability: z
    .array(z.looseObject({ fulfillmentChannelCode: z.string(), quantity: z.int().min(0).nullish() }))
    .nullish(),
});

export type Listing = z.infer<typeof ListingWire>;
export type PatchListingRequest = z.infer<typeof PatchListingWire>;
export type PatchListingAnswer = z.infer<typeof PatchListingAnswerWire>;
