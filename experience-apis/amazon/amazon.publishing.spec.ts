import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { PublishQuantity, PublishResult } from '../channel-kit/index.js';
import { AMAZON_FEED_THRESHOLD } from './amazon-routes.js';
import { AmazonClients } from './amazon.clients.js';
import { AmazonConnector } from './amazon.connector.js';
import { startAmazonSandbox, type AmazonSandbox, type AmazonSandboxOptions } from './sandbox/amazon-sandbox.js';
import { accountAt, MemorySecrets } from './testing/memory-hub.js';

const MANY = AMAZON_FEED_THRESHOLD + 1;
const HOUR_MS = 3_600_000;

let sandbox: AmazonSandbox;
let clients: AmazonClients;
let connector: AmazonConnector;
let account: ChannelAccount;

async function start(options: AmazonSandboxOptions = {}): Promise<void> {
  sandbox = await startAmazonSandbox({ rateFactor: 100_000, ...options });
  account = accountAt(sandbox);
  clients = new AmazonClients(new MemorySecrets());
  connector = new AmazonConnector(clients);
}

afterEach(async () => {
  await clients.onApplicationShutdown();
  await sandbox.close();
});

function listing(listingSku: string, quantity: number): PublishQuantity {
  return { listingSku, quantity, listingKeys: {} };
}

function manyListings(quantity = 3): readonly PublishQuantity[] {
  return Array.from({ length: MANY }, (_, index) => listing(`SKU-${index}`, quantity));
}

function outcomes(results: readonly PublishResult[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** The submission that all these results wait for. */
function submissionOf(results: readonly PublishResult[]): string {
  const submissions = new Set(results.flatMap((result) => (result.outcome === 'PENDING' ? result.submission : [])));
  const [submission] = submissions;
  if (submission === undefined || submissions.size > 1)
    throw new Error(`not one submission: ${[...submissions].join()}`);
  return submission;
}

const skusOf = (quantities: readonly { readonly listingSku: string }[]) =>
  quantities.map(({ listingSku }) => listingSku);

describe('few quantities, by patch', () => {
  it('fail one by one: the others are told', async () => {
    await start();
    sandbox.failNext({ operation: 'patchListingsItem', times: 1, mode: 'before', status: 503 });
    const results = await connector.publishQuantities(account, [listing('A', 1), listing('B', 2), listing('C', 3)]);
    expect(outcomes(results)).toEqual({ FAILED: 1, ACCEPTED: 2 });
    expect(skusOf(results)).toEqual(['A', 'B', 'C']);
    expect(sandbox.quantities().size).toBe(2);
  });

  it('say how long a throttled listing is to wait', async () => {
    await start();
    await connector.publishQuantities(account, [listing('A', 1)]);
    sandbox.failNext({ operation: 'patchListingsItem', times: 1, mode: 'before', status: 429, retryAfter: 30 });
    const results = await connector.publishQuantities(
      account,
      Array.from({ length: 9 }, (_, index) => listing(`L${index}`, 1)),
    );
    const failed = results.filter(({ outcome }) => outcome === 'FAILED');
    expect(failed.length).toBeGreaterThan(0);
    for (const result of failed) expect(result).toMatchObject({ retryAfterMs: expect.any(Number) as number });
  });

  it('stop when Amazon is away: the rest is not even tried, and stays due', async () => {
    await start();
    await connector.publishQuantities(account, [listing('WARM', 1)]);
    // A run through all 100 would come out on the other side of the outage.
    sandbox.failNext({ operation: 'patchListingsItem', times: 20, mode: 'before', status: 503 });
    const all = Array.from({ length: 100 }, (_, index) => listing(`L${index}`, 1));
    await expect(connector.publishQuantities(account, all)).rejects.toMatchObject({ kind: 'transient' });
    expect([...sandbox.quantities().keys()]).toEqual(['WARM']);
  });
});

describe.each([true, false])('many quantities, by feed (report compressed: %s)', (feedReportsGzip) => {
  it('are pending, then accepted, and shown', async () => {
    await start({ feedReportsGzip });
    sandbox.setFeedsStuck(true);
    const listings = manyListings();
    const results = await connector.publishQuantities(account, listings);
    expect(outcomes(results)).toEqual({ PENDING: MANY });
    const submission = submissionOf(results);
    await expect(connector.readSubmission(account, submission, skusOf(listings))).resolves.toEqual({
      state: 'PENDING',
    });
    sandbox.setFeedsStuck(false);
    const reading = await connector.readSubmission(account, submission, skusOf(listings));
    expect(reading).toEqual({
      state: 'DONE',
      results: listings.map(({ listingSku }) => ({ listingSku, outcome: 'ACCEPTED' })),
    });
    expect([...sandbox.quantities().values()]).toEqual(Array.from({ length: MANY }, () => 3));
  });

  it('are refused one by one, by the SKU or by the number that the report names', async () => {
    await start({ feedReportsGzip });
    // Amazon calls the first by its number alone: a listing without a product type is no valid message.
    const malformed = { ...listing('SKU-7', 3), listingKeys: { productType: '' } };
    const listings = [
      ...manyListings().filter(({ listingSku }) => !/^SKU-[78]$/.test(listingSku)),
      listing('SKU-8', -1),
      malformed,
    ];
    const submission = submissionOf(await connector.publishQuantities(account, listings));
    const reading = await connector.readSubmission(account, submission, skusOf(listings));
    if (reading.state !== 'DONE') throw new Error('the feed is not done');
    expect(outcomes(reading.results)).toEqual({ ACCEPTED: MANY - 2, REFUSED: 2 });
    expect(reading.results.filter(({ outcome }) => outcome === 'REFUSED')).toEqual([
      { listingSku: 'SKU-8', outcome: 'REFUSED', reason: expect.stringContaining('90215') as string },
      { listingSku: 'SKU-7', outcome: 'REFUSED', reason: expect.stringContaining('BAD_REQUEST') as string },
    ]);
  });
});

describe('a feed', () => {
  it('never takes the listings that sell out first, which are told at once', async () => {
    await start();
    sandbox.setFeedsStuck(true);
    const results = await connector.publishQuantities(account, [listing('GONE', 0), ...manyListings()]);
    expect(outcomes(results)).toEqual({ ACCEPTED: 1, PENDING: MANY });
    expect([...sandbox.quantities()]).toEqual([['GONE', 0]]);
  });

  it.each(['FATAL', 'CANCELLED'] as const)('that ends %s leaves its listings to be told again', async (ending) => {
    await start();
    sandbox.endNextFeed(ending);
    const listings = manyListings();
    const submission = submissionOf(await connector.publishQuantities(account, listings));
    const reading = await connector.readSubmission(account, submission, skusOf(listings));
    expect(reading.state === 'DONE' && outcomes(reading.results)).toEqual({ FAILED: MANY });
  });

  it('that Amazon does not know, or does not end in 6 hours, leaves its listings to be told again', async () => {
    await start({ now: () => Date.now() - 7 * HOUR_MS, tokenSeconds: 100 * 3_600 });
    await expect(connector.readSubmission(account, '999/1', ['A'])).resolves.toMatchObject({
      state: 'DONE',
      results: [{ listingSku: 'A', outcome: 'FAILED', reason: expect.stringContaining('404') as string }],
    });
    sandbox.setFeedsStuck(true);
    const listings = manyListings();
    const submission = submissionOf(await connector.publishQuantities(account, listings));
    const reading = await connector.readSubmission(account, submission, skusOf(listings));
    expect(reading.state === 'DONE' && outcomes(reading.results)).toEqual({ FAILED: MANY });
  });

  it('whose report does not account for a listing leaves it to be told again', async () => {
    await start();
    const listings = [...manyListings(), { ...listing('BAD', 1), listingKeys: { productType: '' } }];
    const submission = submissionOf(await connector.publishQuantities(account, listings));
    // The hub lost a listing meanwhile: the numbers in the report no longer tell which one is meant.
    const reading = await connector.readSubmission(account, submission, skusOf(listings).slice(0, 5));
    expect(reading.state === 'DONE' && outcomes(reading.results)).toEqual({ FAILED: 5 });
  });

  it('whose creation got no answer is found again', async () => {
    await start();
    await connector.publishQuantities(account, manyListings(1));
    sandbox.failNext({ operation: 'createFeed', times: 1, mode: 'after' });
    const listings = manyListings(2);
    const submission = submissionOf(await connector.publishQuantities(account, listings));
    expect(sandbox.feeds()).toHaveLength(2);
    expect(submission).toBe(`${sandbox.feeds()[1]?.feedId}/${MANY}`);
  });

  it('that was not created, or not uploaded, throws: the whole page is told again', async () => {
    await start();
    for (const operation of ['createFeed', 'uploadFeedDocument', 'createFeedDocument']) {
      sandbox.failNext({ operation, times: 1, mode: 'before', status: 503 });
      await expect(connector.publishQuantities(account, manyListings())).rejects.toMatchObject({ kind: 'transient' });
    }
    expect(sandbox.feeds()).toEqual([]);
  });

  it("whose report cannot be fetched now is read again: its URL's failure shows no signature", async () => {
    await start();
    const listings = manyListings();
    const submission = submissionOf(await connector.publishQuantities(account, listings));
    sandbox.failNext({ operation: 'downloadFeedDocument', times: 1, mode: 'before', status: 403 });
    const error: unknown = await connector
      .readSubmission(account, submission, skusOf(listings))
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: 'transient' });
    expect(String(error)).not.toContain('Signature=');
    await expect(connector.readSubmission(account, submission, skusOf(listings))).resolves.toMatchObject({
      state: 'DONE',
    });
  });

  it('beyond the 5 that Amazon takes in a time waits, and says how long', async () => {
    await start({ rateFactor: 1 });
    account = accountAt(sandbox, { rateFactor: 1 });
    for (let feed = 0; feed < 5; feed += 1) await connector.publishQuantities(account, manyListings());
    const error: unknown = await connector.publishQuantities(account, manyListings()).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: 'throttled', details: { operation: 'createFeed' } });
    expect(sandbox.feeds()).toHaveLength(5);
  });

  it('survives a restart of the sandbox, with its report', async () => {
    const kept: unknown[] = [];
    const journal = { entries: () => kept, append: (entry: unknown) => void kept.push(structuredClone(entry)) };
    await start({ journal });
    const listings = manyListings();
    const submission = submissionOf(await connector.publishQuantities(account, listings));
    await sandbox.close();
    await clients.onApplicationShutdown();
    await start({ journal });
    await expect(connector.readSubmission(account, submission, skusOf(listings))).resolves.toMatchObject({
      state: 'DONE',
    });
    expect(sandbox.quantities().size).toBe(MANY);
  });
});

describe('reading quantities', () => {
  it('gives what Amazon shows, 0 without stock of its own, and null for what it does not know', async () => {
    await start();
    await connector.publishQuantities(account, [listing('A/1', 4), listing('B', 5)]);
    sandbox.changeQuantity('B', 9);
    const before = new Date().toISOString();
    const read = await connector.readQuantities(account, [
      { listingSku: 'A/1', listingKeys: {} },
      { listingSku: 'B', listingKeys: {} },
      { listingSku: 'B', listingKeys: { fulfillmentChannelCode: 'AMAZON_EU' } },
      { listingSku: 'NONE', listingKeys: {} },
    ]);
    expect(read.map(({ listingSku, quantity }) => [listingSku, quantity])).toEqual([
      ['A/1', 4],
      ['B', 9],
      ['B', 0],
      ['NONE', null],
    ]);
    for (const { readAt } of read) expect(readAt >= before).toBe(true);
  });

  it('takes 50 at once, and throws when Amazon is away', async () => {
    await start();
    const many = Array.from({ length: 51 }, (_, index) => ({ listingSku: `L${index}`, listingKeys: {} }));
    await expect(connector.readQuantities(account, many)).rejects.toBeInstanceOf(RangeError);
    sandbox.setDown(true);
    await expect(connector.readQuantities(account, many.slice(0, 2))).rejects.toMatchObject({ kind: 'transient' });
  });
});
