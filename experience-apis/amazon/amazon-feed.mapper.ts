import type { PublishQuantity, PublishResult } from '../channel-kit/index.js';
import type { ListingsFeed, ListingsReport } from './amazon-feeds.wire.js';
import { quantityPatch } from './amazon-quantity.mapper.js';

const REASON_CHARS_MAX = 500;

/** A feed as the hub keeps it: `<feed id>/<number of messages>`. */
export interface FeedSubmission {
  readonly feedId: string;
  readonly messages: number;
}

export function submissionKey({ feedId, messages }: FeedSubmission): string {
  return `${feedId}/${messages}`;
}

export function parseSubmissionKey(key: string): FeedSubmission {
  const [, feedId, messages] = /^(.+)\/(\d+)$/.exec(key) ?? [];
  if (feedId === undefined) throw new Error(`"${key}" is no submission of this channel: <feed id>/<messages>`);
  return { feedId, messages: Number(messages) };
}

/** Messages are numbered in the order of their SKUs: by that a report that names only the number tells the listing. */
export function listingsFeed(sellerId: string, quantities: readonly PublishQuantity[]): ListingsFeed {
  const bySku = new Map(quantities.map((quantity) => [quantity.listingSku, quantity]));
  const messages = [...bySku.keys()].toSorted().flatMap((sku, index) => {
    const quantity = bySku.get(sku);
    if (quantity === undefined) return [];
    return [{ messageId: index + 1, sku, operationType: 'PATCH' as const, ...quantityPatch(quantity) }];
  });
  return { header: { sellerId, version: '2.0', issueLocale: 'en_US' }, messages };
}

/**
 * What the report says of each listing. It names only those with issues; the others are accepted where its counts bear
 * that out, and FAILED where they do not. Numbers count only while the hub still knows all listings of the feed.
 */
export function feedResults(
  report: ListingsReport,
  submission: FeedSubmission,
  listingSkus: readonly string[],
): readonly PublishResult[] {
  const numbered = listingSkus.length === submission.messages ? listingSkus.toSorted() : [];
  const refused = new Map<string, string[]>();
  const unnamed: string[] = [];
  for (const { severity, sku, messageId, code, message } of report.issues ?? []) {
    if (severity !== 'ERROR') continue;
    const listing = sku ?? numbered[(messageId ?? 0) - 1];
    const reasons = listing === undefined ? unnamed : (refused.get(listing) ?? []);
    reasons.push(code ? `${code}: ${message}` : message);
    if (listing !== undefined) refused.set(listing, reasons);
  }
  const explained = report.summary.messagesAccepted + refused.size >= submission.messages;
  const doubt = sentence(unnamed) || "Amazon's report does not say what became of the listing";
  return listingSkus.map((listingSku) => {
    const reasons = refused.get(listingSku);
    if (reasons !== undefined) return { listingSku, outcome: 'REFUSED', reason: sentence(reasons) };
    return explained ? { listingSku, outcome: 'ACCEPTED' } : { listingSku, outcome: 'FAILED', reason: doubt };
  });
}

function sentence(reasons: readonly string[]): string {
  return [...new Set(reasons)].join('; ').slice(0, REASON_CHARS_MAX);
}
