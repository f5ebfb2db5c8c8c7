import { declarePolicies, type OperationPolicy } from '../../src/platform/outside/operation-policy.js';
import { RATE_LIMIT_HEADER } from './amazon-access.wire.js';
import { USAGE_PLANS, type Operation } from './amazon-usage-plan.wire.js';
import { AMAZON } from './amazon.settings.js';

/** A caller waits this long in the process at most; a longer wait is the task queue's. */
const WAIT_MS_MAX = 10_000;
/** A document of some MiB over a slow line. */
const TRANSFER_MS_MAX = 60_000;

const PLAN_SOURCE = 'Usage plan of the published API model; `x-amzn-RateLimit-Limit` tells the account’s own.';

type Own = Partial<OperationPolicy> & Pick<OperationPolicy, 'write'>;

const planned = (operation: Operation, own: Own): Own => ({
  source: PLAN_SOURCE,
  rate: { ...USAGE_PLANS[operation], of: 'OPERATION', waitMsMax: WAIT_MS_MAX, header: RATE_LIMIT_HEADER },
  ...own,
});
const feed = { write: false, tier: 4 } as const;
const transfer = {
  ...feed,
  timeoutMs: TRANSFER_MS_MAX,
  confidential: true,
  source: 'Amazon’s storage, by signed addresses; no published rate.',
} as const;

/** How Amazon's Selling Partner API is called. Limits are each seller account's. */
export const AMAZON_POLICIES = declarePolicies(
  {
    system: AMAZON,
    tier: 2,
    timeoutMs: 15_000,
    concurrencyMax: 16,
    breaker: { failures: 5, openMs: 10_000 },
    retry: { limit: 3_000, delayS: 1, delaySMax: 60 },
    source: 'No published rate.',
  },
  {
    'lwa.token': { write: false, confidential: true, source: 'Login with Amazon: a token is kept for an hour.' },
    searchOrders: planned('searchOrders', { write: false, tier: 1 }),
    getOrder: planned('getOrder', { write: false, tier: 1 }),
    confirmShipment: planned('confirmShipment', { write: true }),
    patchListingsItem: planned('patchListingsItem', { write: true, tier: 4 }),
    getListingsItem: planned('getListingsItem', feed),
    createFeedDocument: planned('createFeedDocument', { ...feed, write: true }),
    uploadFeedDocument: { ...transfer, write: true },
    createFeed: planned('createFeed', { ...feed, write: true }),
    getFeed: planned('getFeed', feed),
    getFeeds: planned('getFeeds', feed),
    getFeedDocument: planned('getFeedDocument', feed),
    downloadFeedDocument: transfer,
  },
);
