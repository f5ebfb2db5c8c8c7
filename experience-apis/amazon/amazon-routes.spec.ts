import { describe, expect, it } from 'vitest';
import type { PublishQuantity } from '../channel-kit/index.js';
import { AMAZON_FEED_THRESHOLD, AMAZON_ZEROS_PATCHED_MAX, planRoutes, type MarketplaceGroup } from './amazon-routes.js';

const ACCOUNT = ['UK', 'DE'];

/** Listings with these quantities, numbered on from `first`. */
function listings(quantities: readonly number[], marketplaceId?: string): readonly PublishQuantity[] {
  const listingKeys = marketplaceId === undefined ? {} : { marketplaceId };
  return quantities.map((quantity, index) => ({
    listingSku: `${marketplaceId ?? 'ALL'}-${index}`,
    quantity,
    listingKeys,
  }));
}

function many(count: number, quantity = 5): readonly number[] {
  return Array.from({ length: count }, () => quantity);
}

function sizes(groups: readonly MarketplaceGroup[]): readonly (readonly [string, number])[] {
  return groups.map(({ marketplaceIds, quantities }) => [marketplaceIds.join('+'), quantities.length]);
}

describe('the route of a quantity to Amazon', () => {
  it('is a patch as long as there are few', () => {
    const routes = planRoutes(listings(many(AMAZON_FEED_THRESHOLD)), ACCOUNT);
    expect(sizes(routes.patches)).toEqual([['UK+DE', AMAZON_FEED_THRESHOLD]]);
    expect(routes.feeds).toEqual([]);
  });

  it('is a feed when there are many, but for the first that sell out', () => {
    const quantities = listings([...many(150, 0), ...many(400)]);
    const routes = planRoutes(quantities, ACCOUNT);
    expect(routes.patches.flatMap((group) => group.quantities)).toEqual(quantities.slice(0, AMAZON_ZEROS_PATCHED_MAX));
    expect(sizes(routes.feeds)).toEqual([['UK+DE', 500]]);
  });

  it('is one feed for each set of marketplaces, and a patch for the groups that are small', () => {
    const routes = planRoutes(
      [...listings(many(300)), ...listings(many(20), 'FR'), ...listings(many(250), 'DE')],
      ACCOUNT,
    );
    expect(sizes(routes.patches)).toEqual([['FR', 20]]);
    expect(sizes(routes.feeds)).toEqual([
      ['DE', 250],
      ['UK+DE', 300],
    ]);
  });

  it('is never two', () => {
    const quantities = [...listings([...many(90, 0), ...many(300)]), ...listings(many(120, 0), 'FR')];
    const { patches, feeds } = planRoutes(quantities, ACCOUNT);
    const told = [...patches, ...feeds].flatMap((group) => group.quantities).map(({ listingSku }) => listingSku);
    expect(new Set(told).size).toBe(told.length);
    expect(told.toSorted()).toEqual(quantities.map(({ listingSku }) => listingSku).toSorted());
  });

  it('waits for the next call where a feed does not take so many marketplaces', () => {
    const routes = planRoutes(
      listings(many(500)),
      Array.from({ length: 26 }, (_, index) => `M${index}`),
    );
    expect(routes.feeds).toEqual([]);
    expect(routes.patches.flatMap((group) => group.quantities)).toHaveLength(AMAZON_FEED_THRESHOLD);
  });
});
