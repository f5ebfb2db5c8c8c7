import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { feedResults, listingsFeed } from './amazon-feed.mapper.js';
import {
  CreateFeedAnswerWire,
  CreateFeedDocumentAnswerWire,
  CreateFeedDocumentWire,
  CreateFeedWire,
  FEED_CONTENT_TYPE,
  FeedDocumentWire,
  FeedWire,
  GetFeedsAnswerWire,
  LISTINGS_FEED,
  ListingsFeedWire,
  ListingsReportWire,
  PatchMessageWire,
} from './amazon-feeds.wire.js';
import { ListingWire } from './amazon-listings.wire.js';
import {
  SANDBOX_CREDENTIALS,
  SANDBOX_SELLER_ID,
  startAmazonSandbox,
  type AmazonSandbox,
} from './sandbox/amazon-sandbox.js';
import { fixturesFolder } from './sandbox/sandbox-fixtures.js';
import { UK } from './testing/memory-hub.js';

// Amazon's models carry words of its own ("x-docgen…", "example") that are no JSON Schema.
const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema(fixture('schemas/feeds_2021-06-30.swagger2.json') as object, 'feeds');
ajv.addSchema(fixture('schemas/listingsItems_2021-08-01.swagger2.json') as object, 'listings');
const feedSchema = fixture('schemas/feed.listings-feed-schema-v2.json') as object;
const reportSchema = fixture('schemas/feed.listings-feed-processing-report-schema-v2.json') as object;

function fixture(file: string): unknown {
  return JSON.parse(readFileSync(join(fixturesFolder(), file), 'utf8'));
}

function misfits(schema: object, value: unknown): unknown {
  const validate = ajv.compile(schema);
  return validate(value) ? [] : validate.errors;
}

const definition = (model: 'feeds' | 'listings', name: string) => ({ $ref: `${model}#/definitions/${name}` });

describe("Amazon's feed samples are readable", () => {
  it.each([
    ['createFeedDocument.201', CreateFeedDocumentAnswerWire],
    ['createFeed.202', CreateFeedAnswerWire],
    ['getFeed.200', FeedWire],
    ['getFeeds.200', GetFeedsAnswerWire],
    ['getFeedDocument.200', FeedDocumentWire],
  ] as const)('%s', (name, schema: z.ZodType) => {
    const { response } = z.object({ response: z.unknown() }).parse(fixture(`feeds_2021-06-30.${name}.sandbox0.json`));
    expect(schema.safeParse(response).error).toBeUndefined();
  });

  it.each([
    ['createFeedDocument.201', CreateFeedDocumentWire],
    ['createFeed.202', CreateFeedWire],
  ] as const)('the request of %s', (name, schema: z.ZodType) => {
    const { request } = z
      .object({ request: z.object({ parameters: z.object({ body: z.object({ value: z.unknown() }) }) }) })
      .parse(fixture(`feeds_2021-06-30.${name}.sandbox0.json`));
    expect(schema.safeParse(request.parameters.body.value).error).toBeUndefined();
  });

  it('the feed, and its messages that patch', () => {
    const feed = ListingsFeedWire.parse(fixture('feed.listings-feed-schema-v2.example.json'));
    const patches = feed.messages.filter((message) => PatchMessageWire.safeParse(message).success);
    expect(patches).toHaveLength(2);
  });

  it('the listing', () => {
    const sample = z
      .object({ response: z.unknown() })
      .parse(fixture('listingsItems_2021-08-01.getListingsItem.200.sandbox0.json'));
    expect(ListingWire.parse(sample.response).fulfillmentAvailability).toEqual([
      { fulfillmentChannelCode: 'DEFAULT', quantity: 100 },
    ]);
  });

  it('the processing report, with what it means for each listing', () => {
    const report = ListingsReportWire.parse(fixture('feed.listings-feed-processing-report-schema-v2.example.json'));
    const results = feedResults(report, { feedId: '1234567890', messages: 4 }, ['A', 'My-SKU-B', 'My-SKU-C', 'D']);
    expect(results.map(({ outcome }) => outcome)).toEqual(['ACCEPTED', 'REFUSED', 'REFUSED', 'ACCEPTED']);
    expect(results[1]).toMatchObject({
      reason:
        "90220: '[batteries_required]' is required but not supplied.; 90220: '[supplier_declared_dg_hz_regulation]' is required but not supplied.",
    });
  });
});

describe('what this channel writes', () => {
  it("is a feed by Amazon's schema, numbered in the order of the SKUs", () => {
    const feed = listingsFeed('SELLER', [
      { listingSku: 'b', quantity: 0, listingKeys: { productType: 'MUG' } },
      { listingSku: 'B', quantity: 7, listingKeys: { fulfillmentChannelCode: 'WAREHOUSE' } },
    ]);
    expect(misfits(feedSchema, feed)).toEqual([]);
    expect(feed.messages.map(({ messageId, sku }) => [messageId, sku])).toEqual([
      [1, 'B'],
      [2, 'b'],
    ]);
  });

  it.each([
    ['CreateFeedDocumentSpecification', { contentType: FEED_CONTENT_TYPE }],
    ['CreateFeedSpecification', { feedType: LISTINGS_FEED, marketplaceIds: [UK], inputFeedDocumentId: 'd' }],
  ])('is a %s', (name, body) => {
    expect(misfits(definition('feeds', name), body)).toEqual([]);
  });
});

describe('the sandbox answers', () => {
  let sandbox: AmazonSandbox;
  let token: string;

  beforeAll(async () => {
    sandbox = await startAmazonSandbox({ rateFactor: 100_000, feedReportsGzip: false });
    const { clientId, clientSecret, refreshToken } = SANDBOX_CREDENTIALS;
    const answer = await fetch(sandbox.lwaUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: refreshToken,
      }),
    });
    token = ((await answer.json()) as { access_token: string }).access_token;
  });
  afterAll(async () => {
    await sandbox.close();
  });

  async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(sandbox.url + path, {
      method,
      headers: { 'x-amz-access-token': token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  }

  async function uploaded(content: string): Promise<string> {
    const created = await call('POST', '/feeds/2021-06-30/documents', { contentType: FEED_CONTENT_TYPE });
    expect(created.status).toBe(201);
    expect(misfits(definition('feeds', 'CreateFeedDocumentResponse'), created.body)).toEqual([]);
    const { url, feedDocumentId } = CreateFeedDocumentAnswerWire.parse(created.body);
    const spoilt = await fetch(url, { method: 'PUT', body: content, headers: { 'content-type': 'text/plain' } });
    expect([spoilt.status, await spoilt.text()]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
    const put = await fetch(url, { method: 'PUT', body: content, headers: { 'content-type': FEED_CONTENT_TYPE } });
    expect(put.status).toBe(200);
    return feedDocumentId;
  }

  async function reportOn(content: string): Promise<unknown> {
    const inputFeedDocumentId = await uploaded(content);
    const spec = { feedType: LISTINGS_FEED, marketplaceIds: [UK], inputFeedDocumentId };
    const created = await call('POST', '/feeds/2021-06-30/feeds', spec);
    expect(created.status).toBe(202);
    expect(misfits(definition('feeds', 'CreateFeedResponse'), created.body)).toEqual([]);
    const { feedId } = CreateFeedAnswerWire.parse(created.body);
    const feed = await call('GET', `/feeds/2021-06-30/feeds/${feedId}`);
    expect(misfits(definition('feeds', 'Feed'), feed.body)).toEqual([]);
    const { resultFeedDocumentId } = FeedWire.parse(feed.body);
    const document = await call('GET', `/feeds/2021-06-30/documents/${resultFeedDocumentId}`);
    expect(misfits(definition('feeds', 'FeedDocument'), document.body)).toEqual([]);
    const report: unknown = await (await fetch(FeedDocumentWire.parse(document.body).url)).json();
    expect(misfits(reportSchema, report)).toEqual([]);
    return report;
  }

  it("by Amazon's models, from the document to the report", async () => {
    const quantities = [1, -1].map((quantity) => ({ listingSku: `Q${quantity}`, quantity, listingKeys: {} }));
    const report = await reportOn(JSON.stringify(listingsFeed(SANDBOX_SELLER_ID, quantities)));
    expect(report).toMatchObject({ summary: { messagesProcessed: 2, messagesAccepted: 1, messagesInvalid: 1 } });
    const list = await call('GET', `/feeds/2021-06-30/feeds?feedTypes=${LISTINGS_FEED}`);
    expect(misfits(definition('feeds', 'GetFeedsResponse'), list.body)).toEqual([]);
    const path = `/listings/2021-08-01/items/${SANDBOX_SELLER_ID}/Q1?marketplaceIds=${UK}&includedData=fulfillmentAvailability`;
    const listing = await call('GET', path);
    expect(misfits(definition('listings', 'Item'), listing.body)).toEqual([]);
    expect(ListingWire.parse(listing.body).fulfillmentAvailability).toEqual([
      { fulfillmentChannelCode: 'DEFAULT', quantity: 1 },
    ]);
  });

  it.each([
    ['no JSON', '{', 'cannot be parsed'],
    [
      'of another seller',
      JSON.stringify(listingsFeed('OTHER', [{ listingSku: 'A', quantity: 1, listingKeys: {} }])),
      'seller',
    ],
  ])('a feed that is %s with a report that refuses all', async (_name, content, words) => {
    const report = ListingsReportWire.parse(await reportOn(content));
    const results = feedResults(report, { feedId: 'x', messages: 1 }, ['A']);
    expect(results).toEqual([{ listingSku: 'A', outcome: 'FAILED', reason: expect.stringContaining(words) as string }]);
  });

  it('no document twice: what was uploaded cannot be had back, and only what was uploaded can be a feed', async () => {
    const id = await uploaded('{}');
    expect((await call('GET', `/feeds/2021-06-30/documents/${id}`)).status).toBe(400);
    const spec = { feedType: LISTINGS_FEED, marketplaceIds: [UK], inputFeedDocumentId: 'amzn1.tortuga.4.eu.none' };
    expect((await call('POST', '/feeds/2021-06-30/feeds', spec)).status).toBe(400);
  });
});
