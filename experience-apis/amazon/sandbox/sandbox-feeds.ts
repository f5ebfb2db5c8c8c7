import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  CreateFeedDocumentWire,
  CreateFeedWire,
  FEED_MESSAGES_MAX,
  LISTINGS_FEED,
  ListingsFeedWire,
  PatchMessageWire,
  type Feed,
  type ListingsReport,
} from '../amazon-feeds.wire.js';
import { errorAnswer, invalidInput, type SandboxAnswer } from './sandbox-answers.js';
import { SandboxDocuments, type StorageAnswer } from './sandbox-documents.js';
import type { SandboxFeed } from './sandbox-journal.js';
import { applyPatches, QUANTITY_ISSUE } from './sandbox-listings.js';
import type { SandboxState } from './sandbox-state.js';

const feedsQuery = z.object({
  feedTypes: z.string().min(1),
  createdSince: z.iso.datetime().default(''),
  pageSize: z.coerce.number().int().min(1).max(100).default(10),
});

type Issue = NonNullable<ListingsReport['issues']>[number];

export interface SandboxFeedsOptions {
  readonly sellerId: string;
  readonly now: () => number;
  /** From createFeed to the end of its processing. */
  readonly feedMs: number;
  readonly gzip: boolean;
}

/** Feeds: worked on one after the other, each when its time has come and someone looks. */
export class SandboxFeeds {
  /** Feeds stay in progress while it is set, as some do at Amazon for days. */
  stuck = false;
  private readonly documents: SandboxDocuments;
  private readonly endings: ('CANCELLED' | 'FATAL')[] = [];

  constructor(
    private readonly state: SandboxState,
    private readonly options: SandboxFeedsOptions,
  ) {
    this.documents = new SandboxDocuments(options.now);
  }

  /** The next feed ends so, and nothing of it is done. */
  endNext(ending: 'CANCELLED' | 'FATAL'): void {
    this.endings.push(ending);
  }

  createDocument(body: unknown, baseUrl: string): SandboxAnswer {
    const request = CreateFeedDocumentWire.safeParse(body);
    if (!request.success) return invalidInput('Invalid contentType');
    const { documentId, signature } = this.documents.create(request.data.contentType);
    return { status: 201, body: { feedDocumentId: documentId, url: signedUrl(baseUrl, signature) } };
  }

  upload(signature: string, contentType: string | undefined, content: string): StorageAnswer {
    return this.documents.upload(signature, contentType, content);
  }

  createFeed(body: unknown): SandboxAnswer {
    const request = CreateFeedWire.safeParse(body);
    if (!request.success) return invalidInput('Invalid request parameters');
    const { feedType, marketplaceIds, inputFeedDocumentId } = request.data;
    if (feedType !== LISTINGS_FEED) return invalidInput(`The sandbox takes ${LISTINGS_FEED} only`);
    const content = this.documents.uploaded(inputFeedDocumentId);
    if (content === undefined) return invalidInput('Invalid feedDocumentId');
    const feedId = String(randomInt(10 ** 11, 10 ** 12));
    const createdTime = new Date(this.options.now()).toISOString();
    const feed = { feedId, feedType, marketplaceIds, createdTime, processingStatus: 'IN_QUEUE', content } as const;
    this.state.record({ type: 'feed', feed });
    return { status: 202, body: { feedId } };
  }

  feed(feedId: string): SandboxAnswer {
    this.settle();
    const feed = this.state.feed(feedId);
    if (feed === undefined) return errorAnswer(404, 'NotFound', 'The requested feed is not found');
    return { status: 200, body: shown(feed) };
  }

  /** getFeeds, newest first, as far as one page goes. */
  feedsSince(query: unknown): SandboxAnswer {
    const asked = feedsQuery.safeParse(query);
    if (!asked.success) return invalidInput('Invalid request parameters');
    this.settle();
    const { feedTypes, createdSince, pageSize } = asked.data;
    const feeds = this.state
      .feeds()
      .filter(({ feedType, createdTime }) => feedTypes.split(',').includes(feedType) && createdTime >= createdSince)
      .toReversed();
    return { status: 200, body: { feeds: feeds.slice(0, pageSize).map(shown) } };
  }

  /** Reports alone: a document that the seller uploaded cannot be had back. */
  document(documentId: string, baseUrl: string): SandboxAnswer {
    if (this.reportOf(documentId) === undefined) return invalidInput('Invalid feedDocumentId');
    const url = signedUrl(baseUrl, this.documents.sign(documentId));
    const compression = this.options.gzip ? { compressionAlgorithm: 'GZIP' } : {};
    return { status: 200, body: { feedDocumentId: documentId, url, ...compression } };
  }

  download(signature: string): StorageAnswer {
    return this.documents.download(signature, (documentId) => this.reportOf(documentId), this.options.gzip);
  }

  /** Works on what is due. A feed waits for the one before it. */
  settle(): void {
    for (const feed of this.state.feeds()) {
      if (feed.content === undefined) continue;
      const due = Date.parse(feed.createdTime) + this.options.feedMs <= this.options.now();
      if (!due || this.stuck) {
        if (feed.processingStatus === 'IN_QUEUE') this.record({ ...feed, processingStatus: 'IN_PROGRESS' });
        return;
      }
      this.end(feed, feed.content);
    }
  }

  private end(feed: SandboxFeed, content: string): void {
    const { content: _content, ...rest } = feed;
    const processingEndTime = new Date(this.options.now()).toISOString();
    const ending = this.endings.shift();
    if (ending !== undefined) return this.record({ ...rest, processingStatus: ending, processingEndTime });
    const report = this.work(feed.feedId, content);
    const resultFeedDocumentId = `amzn1.tortuga.4.eu.${randomUUID()}`;
    this.record({ ...rest, processingStatus: 'DONE', processingEndTime, resultFeedDocumentId, report });
  }

  private work(feedId: string, content: string): ListingsReport {
    const feed = ListingsFeedWire.safeParse(parseJson(content));
    const { sellerId } = this.options;
    const messages = feed.success ? feed.data.messages : [];
    const refusal = feedRefusal(feed.success ? feed.data.header.sellerId === sellerId : undefined, messages.length);
    const issues = refusal === undefined ? messages.flatMap((message) => this.workMessage(message)) : [refusal];
    const processed = refusal === undefined ? messages.length : 0;
    const invalid = refusal === undefined ? issues.length : 0;
    return {
      header: { sellerId, version: '2.0', feedId },
      issues,
      summary: {
        errors: issues.length,
        warnings: 0,
        messagesProcessed: processed,
        messagesAccepted: processed - invalid,
        messagesInvalid: invalid,
      },
    };
  }

  /** At most one issue. Like Amazon, a malformed message is told by its number alone. */
  private workMessage(message: unknown): readonly Issue[] {
    const patch = PatchMessageWire.safeParse(message);
    if (!patch.success)
      return [
        {
          ...messageIdOf(message),
          code: 'BAD_REQUEST',
          severity: 'ERROR',
          message: 'Invalid parameters provided.',
        },
      ];
    const { messageId, sku, patches } = patch.data;
    return applyPatches(this.state, sku, patches)
      ? []
      : [{ messageId, sku, ...QUANTITY_ISSUE, attributeName: 'fulfillment_availability' }];
  }

  private reportOf(documentId: string): string | undefined {
    const feed = this.state.feeds().find(({ resultFeedDocumentId }) => resultFeedDocumentId === documentId);
    return feed?.report === undefined ? undefined : JSON.stringify(feed.report);
  }

  private record(feed: SandboxFeed & Feed): void {
    this.state.record({ type: 'feed', feed });
  }
}

function shown({ content: _content, report: _report, ...feed }: SandboxFeed): Feed {
  return feed;
}

/** Why the whole feed is refused. `ownSeller` is undefined for a document that is no feed. */
function feedRefusal(ownSeller: boolean | undefined, messages: number): Issue | undefined {
  if (ownSeller === undefined) return { code: '4002001', severity: 'ERROR', message: "Item 'Feed' cannot be parsed." };
  if (!ownSeller) return { code: '4002002', severity: 'ERROR', message: 'The feed names another seller.' };
  if (messages > FEED_MESSAGES_MAX)
    return { code: '4002003', severity: 'ERROR', message: 'Feed messages list beyond allowed size.' };
  return undefined;
}

function messageIdOf(message: unknown): { readonly messageId?: number } {
  const id = typeof message === 'object' && message !== null && 'messageId' in message ? message.messageId : undefined;
  return typeof id === 'number' ? { messageId: id } : {};
}

function signedUrl(baseUrl: string, signature: string): string {
  return `${baseUrl}/feed-storage?X-Amz-Expires=300&X-Amz-Signature=${signature}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
