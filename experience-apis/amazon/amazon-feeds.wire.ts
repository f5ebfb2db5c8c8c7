import { z } from 'zod';
import { PatchListingWire } from './amazon-listings.wire.js';

/* Feeds API 2021-06-30, and the documents of a JSON_LISTINGS_FEED (v2). */

export const LISTINGS_FEED = 'JSON_LISTINGS_FEED';
/** The content type must be the same, letter by letter, where the document is created and where it is uploaded. */
export const FEED_CONTENT_TYPE = 'application/json; charset=UTF-8';
/** Below the 25,000 that Amazon names since May 2025, so that a feed stays well under its 10 MiB. */
export const FEED_MESSAGES_MAX = 10_000;
export const FEED_MARKETPLACES_MAX = 25;

export const CreateFeedDocumentWire = z.looseObject({ contentType: z.string().min(1) });

export const CreateFeedDocumentAnswerWire = z.looseObject({
  feedDocumentId: z.string().min(1),
  /** Signed; counts for 5 minutes. */
  url: z.url(),
});

export const CreateFeedWire = z.looseObject({
  feedType: z.string().min(1),
  marketplaceIds: z.array(z.string().min(1)).min(1).max(FEED_MARKETPLACES_MAX),
  inputFeedDocumentId: z.string().min(1),
});

export const CreateFeedAnswerWire = z.looseObject({ feedId: z.string().min(1) });

export const FeedWire = z.looseObject({
  feedId: z.string(),
  feedType: z.string(),
  createdTime: z.iso.datetime({ offset: true }),
  processingStatus: z.enum(['IN_QUEUE', 'IN_PROGRESS', 'DONE', 'CANCELLED', 'FATAL']),
  resultFeedDocumentId: z.string().nullish(),
});

export const GetFeedsAnswerWire = z.looseObject({ feeds: z.array(FeedWire) });

export const FeedDocumentWire = z.looseObject({
  feedDocumentId: z.string(),
  /** Signed; counts for 5 minutes. */
  url: z.url(),
  compressionAlgorithm: z.enum(['GZIP']).nullish(),
});

/** A message that patches a listing; the other kinds this channel does not send. */
export const PatchMessageWire = PatchListingWire.extend({
  messageId: z.int().min(1),
  sku: z.string().min(1),
  operationType: z.literal('PATCH'),
});

export const ListingsFeedWire = z.looseObject({
  header: z.looseObject({ sellerId: z.string().min(1), version: z.literal('2.0'), issueLocale: z.string().optional() }),
  messages: z.array(z.unknown()).min(1),
});

export const ListingsReportWire = z.looseObject({
  header: z.looseObject({ sellerId: z.string(), version: z.string(), feedId: z.string() }),
  issues: z
    .array(
      z.looseObject({
        /** Absent where the trouble is the whole feed's. */
        messageId: z.int().nullish(),
        /** Often absent, even where the message is named (selling-partner-api-models issue 4554). */
        sku: z.string().nullish(),
        code: z.string().nullish(),
        severity: z.string(),
        message: z.string(),
      }),
    )
    .nullish(),
  summary: z.looseObject({
    messagesProcessed: z.int(),
    messagesAccepted: z.int(),
    messagesInvalid: z.int(),
  }),
});

export type CreateFeedRequest = z.infer<typeof CreateFeedWire>;
export type Feed = z.infer<typeof FeedWire>;
export type PatchMessage = z.infer<typeof PatchMessageWire>;
export type ListingsFeed = Omit<z.infer<typeof ListingsFeedWire>, 'messages'> & { readonly messages: PatchMessage[] };
export type ListingsReport = z.infer<typeof ListingsReportWire>;
