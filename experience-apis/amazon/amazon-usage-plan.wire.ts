/** Calls per second and calls at once of one operation. */
export interface UsagePlan {
  readonly perSecond: number;
  readonly burst: number;
}

/** Amazon's published default usage plans (Orders 2026-01-01 and v0, Listings Items 2021-08-01, Feeds 2021-06-30 models). */
export const USAGE_PLANS = {
  searchOrders: { perSecond: 0.0056, burst: 20 },
  getOrder: { perSecond: 0.5, burst: 30 },
  confirmShipment: { perSecond: 2, burst: 10 },
  patchListingsItem: { perSecond: 5, burst: 5 },
  getListingsItem: { perSecond: 5, burst: 10 },
  createFeedDocument: { perSecond: 0.5, burst: 15 },
  // The model says a burst of 15; for JSON_LISTINGS_FEED Amazon takes 5 in 5 minutes (changelog of 6 May 2025).
  createFeed: { perSecond: 0.0083, burst: 5 },
  getFeed: { perSecond: 2, burst: 15 },
  getFeeds: { perSecond: 0.0222, burst: 10 },
  getFeedDocument: { perSecond: 0.0222, burst: 10 },
} as const satisfies Record<string, UsagePlan>;

export type Operation = keyof typeof USAGE_PLANS;

export const OPERATIONS = Object.keys(USAGE_PLANS) as readonly Operation[];
