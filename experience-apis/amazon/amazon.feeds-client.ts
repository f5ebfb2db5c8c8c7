import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import type { OutsideHttp, ReceivedAnswer } from '../../src/platform/outside/outside-http.js';
import {
  CreateFeedAnswerWire,
  CreateFeedDocumentAnswerWire,
  FEED_CONTENT_TYPE,
  FeedDocumentWire,
  FeedWire,
  GetFeedsAnswerWire,
  LISTINGS_FEED,
  ListingsReportWire,
  type CreateFeedRequest,
  type Feed,
  type ListingsFeed,
  type ListingsReport,
} from './amazon-feeds.wire.js';
import { explainStorage, parseAnswer } from './amazon.answers.js';
import type { AmazonCalls } from './amazon.calls.js';
import { AMAZON } from './amazon.settings.js';

const FEEDS = '/feeds/2021-06-30/feeds';
const DOCUMENTS = '/feeds/2021-06-30/documents';
const UPLOAD = 'uploadFeedDocument';
const DOWNLOAD = 'downloadFeedDocument';
/** How far Amazon's clock may be behind. */
const CLOCK_SKEW_MS_MAX = 60_000;
/** At 5 feeds in 5 minutes, more than can come within the skew. */
const FEEDS_LOOKED_AT_MAX = 20;
/** An unpacked report: 10,000 messages with several issues each are far below it. */
const REPORT_BYTES_MAX = 64 * 1024 * 1024;

const unzip = promisify(gunzip);

/** Feeds of one seller account: documents go to and come from Amazon's storage by signed URLs. Throws OutsideError; does not retry. */
export class AmazonFeedsClient {
  /** The last feeds that were created here. */
  private readonly made = new Set<string>();

  constructor(
    private readonly calls: AmazonCalls,
    private readonly http: OutsideHttp,
  ) {}

  /** Uploads the feed and starts its processing; gives the feed's id. */
  async submit(feed: ListingsFeed, marketplaceIds: readonly string[]): Promise<string> {
    const startedMs = Date.now();
    const inputFeedDocumentId = await this.uploadDocument(JSON.stringify(feed));
    try {
      return await this.create({ feedType: LISTINGS_FEED, marketplaceIds: [...marketplaceIds], inputFeedDocumentId });
    } catch (error) {
      if (!(error instanceof OutsideError) || error.details.outcomeUnknown !== true) throw error;
      // createFeed has no idempotency key. A feed that runs unknown to the hub could undo a later patch.
      const found = await this.newFeedSince(startedMs);
      if (found === undefined) throw error;
      return found;
    }
  }

  async feed(feedId: string): Promise<Feed> {
    const path = `${FEEDS}/${encodeURIComponent(feedId)}`;
    return parseAnswer('getFeed', await this.calls.call({ operation: 'getFeed', method: 'GET', path }), FeedWire);
  }

  /** The processing report of a feed that is done. */
  async report(feedDocumentId: string): Promise<ListingsReport> {
    const operation = 'getFeedDocument';
    const path = `${DOCUMENTS}/${encodeURIComponent(feedDocumentId)}`;
    const document = parseAnswer(
      operation,
      await this.calls.call({ operation, method: 'GET', path }),
      FeedDocumentWire,
    );
    const answer = await this.transfer({ method: 'GET', url: document.url, operation: DOWNLOAD });
    const bytes = document.compressionAlgorithm === 'GZIP' ? await unpack(answer) : answer.bytes;
    return parseAnswer(DOWNLOAD, { ...answer, text: bytes.toString('utf8') }, ListingsReportWire);
  }

  private async uploadDocument(content: string): Promise<string> {
    const operation = 'createFeedDocument';
    const body = { contentType: FEED_CONTENT_TYPE };
    const answer = await this.calls.call({ operation, method: 'POST', path: DOCUMENTS, body });
    const { url, feedDocumentId } = parseAnswer(operation, answer, CreateFeedDocumentAnswerWire);
    const headers = { 'content-type': FEED_CONTENT_TYPE };
    await this.transfer({ method: 'PUT', url, operation: UPLOAD, body: content, headers });
    return feedDocumentId;
  }

  private async create(body: CreateFeedRequest): Promise<string> {
    const answer = await this.calls.call({ operation: 'createFeed', method: 'POST', path: FEEDS, body });
    const { feedId } = parseAnswer('createFeed', answer, CreateFeedAnswerWire);
    this.remember(feedId);
    return feedId;
  }

  /** The one listings feed since then that this client has not made before; undefined where none or several may be it. */
  private async newFeedSince(startedMs: number): Promise<string | undefined> {
    const operation = 'getFeeds';
    const createdSince = new Date(startedMs - CLOCK_SKEW_MS_MAX).toISOString();
    const query = { feedTypes: LISTINGS_FEED, createdSince, pageSize: String(FEEDS_LOOKED_AT_MAX) };
    const answer = await this.calls.call({ operation, method: 'GET', path: FEEDS, query });
    const { feeds } = parseAnswer(operation, answer, GetFeedsAnswerWire);
    const [found, ...others] = feeds.filter(({ feedId }) => !this.made.has(feedId));
    if (found === undefined || others.length > 0) return undefined;
    this.remember(found.feedId);
    return found.feedId;
  }

  private remember(feedId: string): void {
    this.made.add(feedId);
    const oldest = this.made.values().next();
    if (this.made.size > FEEDS_LOOKED_AT_MAX && !oldest.done) this.made.delete(oldest.value);
  }

  /** The signed URL is the permission: no token goes with it, and it stands in no error. */
  private async transfer(request: Parameters<OutsideHttp['send']>[0]): Promise<ReceivedAnswer> {
    const answer = await this.http.send(request);
    if (answer.status >= 200 && answer.status < 300) return answer;
    const failure = this.http.failure(request.operation, answer, explainStorage);
    // The URL expired or was spoilt on the way; the next attempt gets a new one.
    if (answer.status === 403) throw new OutsideError('transient', failure.message, failure.details);
    throw failure;
  }
}

async function unpack(answer: ReceivedAnswer): Promise<Buffer> {
  try {
    return await unzip(answer.bytes, { maxOutputLength: REPORT_BYTES_MAX });
  } catch (cause) {
    throw new OutsideError('contract', `${AMAZON} sent a processing report that cannot be unpacked`, {
      system: AMAZON,
      operation: DOWNLOAD,
      cause,
    });
  }
}
