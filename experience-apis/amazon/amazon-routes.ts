import type { PublishQuantity } from '../channel-kit/index.js';
import { FEED_MARKETPLACES_MAX } from './amazon-feeds.wire.js';

/** More listings than this in one call go by feed: as many patches take 40 seconds, and a feed takes minutes whatever it holds. */
export const AMAZON_FEED_THRESHOLD = 200;
/** Listings that sell out do not wait for a feed: as many go by patch, 10 seconds of them. */
export const AMAZON_ZEROS_PATCHED_MAX = 50;

/** Listings that are told for the same marketplaces. */
export interface MarketplaceGroup {
  readonly marketplaceIds: readonly string[];
  readonly quantities: readonly PublishQuantity[];
}

/** How each listing of one call is told. A listing has one route: Amazon keeps no order between the two. */
export interface Routes {
  readonly patches: readonly MarketplaceGroup[];
  readonly feeds: readonly MarketplaceGroup[];
}

/**
 * Few listings are patched. Of many, the first that sell out and the groups that still fit are patched, the others go by
 * feed. What fits neither (more marketplaces than a feed takes) is left for the next call.
 */
export function planRoutes(quantities: readonly PublishQuantity[], accountMarketplaceIds: readonly string[]): Routes {
  const groupsOf = (some: readonly PublishQuantity[]) => groupByMarketplaces(some, accountMarketplaceIds);
  if (quantities.length <= AMAZON_FEED_THRESHOLD) return { patches: groupsOf(quantities), feeds: [] };
  const zeros = quantities.filter(({ quantity }) => quantity === 0).slice(0, AMAZON_ZEROS_PATCHED_MAX);
  const urgent = new Set(zeros);
  const patches = [...groupsOf(zeros)];
  const feeds: MarketplaceGroup[] = [];
  let left = AMAZON_FEED_THRESHOLD - zeros.length;
  const others = groupsOf(quantities.filter((quantity) => !urgent.has(quantity)));
  for (const group of others.toSorted((a, b) => a.quantities.length - b.quantities.length)) {
    if (group.quantities.length > left && group.marketplaceIds.length <= FEED_MARKETPLACES_MAX) {
      feeds.push(group);
      continue;
    }
    const patched = group.quantities.slice(0, left);
    left -= patched.length;
    if (patched.length > 0) patches.push({ ...group, quantities: patched });
  }
  return { patches, feeds };
}

/** The marketplaces that a listing is told and read for. */
export function marketplacesOf(
  { listingKeys }: Pick<PublishQuantity, 'listingKeys'>,
  accountMarketplaceIds: readonly string[],
): readonly string[] {
  const own = listingKeys['marketplaceId'];
  return own === undefined ? accountMarketplaceIds : [own];
}

function groupByMarketplaces(
  quantities: readonly PublishQuantity[],
  accountMarketplaceIds: readonly string[],
): readonly MarketplaceGroup[] {
  const groups = new Map<string, { marketplaceIds: readonly string[]; quantities: PublishQuantity[] }>();
  for (const quantity of quantities) {
    const marketplaceIds = marketplacesOf(quantity, accountMarketplaceIds);
    const key = marketplaceIds.join(',');
    const group = groups.get(key) ?? { marketplaceIds, quantities: [] };
    group.quantities.push(quantity);
    groups.set(key, group);
  }
  return [...groups.values()];
}
