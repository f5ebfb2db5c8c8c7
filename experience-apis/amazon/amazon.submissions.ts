import { isFinal, OutsideError } from '../../src/platform/outside/outside-error.js';
import type { SubmissionReading } from '../channel-kit/index.js';
import { feedResults, parseSubmissionKey, type FeedSubmission } from './amazon-feed.mapper.js';
import type { Feed } from './amazon-feeds.wire.js';
import type { AmazonFeedsClient } from './amazon.feeds-client.js';

/** Feeds take minutes; some never end (selling-partner-api-models issue 2633). Then their listings are told again. */
const FEED_MS_MAX = 6 * 3_600_000;

/** What became of a feed. Throws OutsideError only for what passes: a feed that is lost for good has FAILED. */
export async function readFeedSubmission(
  feeds: AmazonFeedsClient,
  key: string,
  listingSkus: readonly string[],
): Promise<SubmissionReading> {
  const submission = parseSubmissionKey(key);
  try {
    const feed = await feeds.feed(submission.feedId);
    return await readFeed(feeds, feed, submission, listingSkus);
  } catch (error) {
    const final = error instanceof OutsideError && isFinal(error.kind);
    if (!final) throw error;
    return lost(listingSkus, error.message);
  }
}

async function readFeed(
  feeds: AmazonFeedsClient,
  feed: Feed,
  submission: FeedSubmission,
  listingSkus: readonly string[],
): Promise<SubmissionReading> {
  const { feedId, processingStatus: status, createdTime, resultFeedDocumentId } = feed;
  switch (status) {
    case 'IN_QUEUE':
    case 'IN_PROGRESS': {
      if (Date.now() - Date.parse(createdTime) <= FEED_MS_MAX) return { state: 'PENDING' };
      return lost(
        listingSkus,
        `Amazon has not ended feed ${feedId} within ${FEED_MS_MAX / 3_600_000} hours: ${status}`,
      );
    }
    case 'CANCELLED':
      return lost(listingSkus, `feed ${feedId} was cancelled at Amazon before its processing began`);
    case 'FATAL':
      return lost(listingSkus, `Amazon broke off feed ${feedId}; some of it may have been carried out`);
    case 'DONE': {
      if (!resultFeedDocumentId) return lost(listingSkus, `Amazon gave no processing report for feed ${feedId}`);
      const report = await feeds.report(resultFeedDocumentId);
      return { state: 'DONE', results: feedResults(report, submission, listingSkus) };
    }
  }
}

function lost(listingSkus: readonly string[], reason: string): SubmissionReading {
  return { state: 'DONE', results: listingSkus.map((listingSku) => ({ listingSku, outcome: 'FAILED', reason })) };
}
