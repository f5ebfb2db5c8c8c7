import pLimit from 'p-limit';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import type { PublishQuantity, PublishResult } from '../channel-kit/index.js';
import { listingsFeed, submissionKey } from './amazon-feed.mapper.js';
import { publishResult, quantityPatch } from './amazon-quantity.mapper.js';
import type { MarketplaceGroup, Routes } from './amazon-routes.js';
import type { AmazonClient } from './amazon.client.js';

/** The burst of patchListingsItem; the client's bucket paces what comes after. */
const PATCHES_IN_FLIGHT_MAX = 5;
/** After so many failures in a row Amazon is away: the other patches are not tried, and stay due. */
const FAILURES_IN_A_ROW_MAX = 5;

/** One call's telling of quantities: each listing's outcome is its own. */
export class AmazonTelling {
  private readonly results = new Map<string, PublishResult>();
  private firstFailure: OutsideError | undefined;
  private failuresInARow = 0;

  constructor(
    private readonly client: AmazonClient,
    private readonly sellerId: string,
  ) {}

  /** @throws OutsideError where Amazon took and refused nothing: the reason is the whole channel's. */
  async tell({ patches, feeds }: Routes): Promise<readonly PublishResult[]> {
    await Promise.all([this.patchAll(patches), this.feedAll(feeds)]);
    const nothingTold = [...this.results.values()].every(({ outcome }) => outcome === 'FAILED');
    if (nothingTold && this.firstFailure !== undefined) throw this.firstFailure;
    return [...patches, ...feeds]
      .flatMap(({ quantities }) => quantities)
      .flatMap(({ listingSku }) => this.results.get(listingSku) ?? []);
  }

  private async patchAll(groups: readonly MarketplaceGroup[]): Promise<void> {
    const limit = pLimit(PATCHES_IN_FLIGHT_MAX);
    const all = groups.flatMap(({ marketplaceIds, quantities }) =>
      quantities.map((quantity) => ({ marketplaceIds, quantity })),
    );
    await limit.map(all, async ({ marketplaceIds, quantity }) => {
      if (this.failuresInARow < FAILURES_IN_A_ROW_MAX) await this.patch(marketplaceIds, quantity);
    });
  }

  private async patch(marketplaceIds: readonly string[], quantity: PublishQuantity): Promise<void> {
    const { listingSku } = quantity;
    try {
      const answer = await this.client.patchListingsItem(listingSku, marketplaceIds, quantityPatch(quantity));
      this.failuresInARow = 0;
      this.results.set(listingSku, publishResult(listingSku, answer));
    } catch (error) {
      if (error instanceof OutsideError && error.kind === 'rejected') {
        this.failuresInARow = 0;
        this.results.set(listingSku, { listingSku, outcome: 'REFUSED', reason: error.message });
        return;
      }
      this.failuresInARow += 1;
      this.failed([quantity], error);
    }
  }

  /** One after the other: Amazon takes few feeds in a time, and works on them in their order. */
  private async feedAll(groups: readonly MarketplaceGroup[]): Promise<void> {
    for (const { marketplaceIds, quantities } of groups) {
      try {
        const feed = listingsFeed(this.sellerId, quantities);
        const feedId = await this.client.feeds.submit(feed, marketplaceIds);
        const submission = submissionKey({ feedId, messages: feed.messages.length });
        for (const { listingSku } of quantities)
          this.results.set(listingSku, { listingSku, outcome: 'PENDING', submission });
      } catch (error) {
        this.failed(quantities, error);
      }
    }
  }

  private failed(quantities: readonly PublishQuantity[], error: unknown): void {
    if (!(error instanceof OutsideError)) throw error;
    // One whose outcome is not known weighs more: after it nobody may believe that nothing was told.
    if (this.firstFailure === undefined || (isOpen(error) && !isOpen(this.firstFailure))) this.firstFailure = error;
    const { retryAfterMs } = error.details;
    for (const { listingSku } of quantities)
      this.results.set(listingSku, {
        listingSku,
        outcome: 'FAILED',
        reason: error.message,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
  }
}

function isOpen(error: OutsideError): boolean {
  return error.details.outcomeUnknown === true;
}
