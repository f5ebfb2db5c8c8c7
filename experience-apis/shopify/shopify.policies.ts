import { declarePolicies } from '../../src/platform/outside/operation-policy.js';
import { SYSTEM } from './shopify-errors.js';

/*
 * The Admin GraphQL API counts in points: a standard plan restores 100 a second into a bucket of 2,000; Advanced and Plus have
 * more. Each answer tells the shop's own, and from then on that holds.
 */
const SOURCE = 'Points of query cost: 100, 200 or 1,000 a second by plan; each answer tells what is left.';

/**
 * A call waits so long in the process for its points. Sent away at once, a task whose first call had points and whose second
 * had none would spend those of its first again.
 */
const WAIT_MS_MAX = 5_000;

/** How Shopify's Admin API is called. The bucket is each shop's, for all operations. */
export const SHOPIFY_POLICIES = declarePolicies(
  {
    system: SYSTEM,
    tier: 2,
    timeoutMs: 15_000,
    concurrencyMax: 16,
    rate: { perSecond: 100, burst: 2_000, of: 'ACCOUNT', waitMsMax: WAIT_MS_MAX },
    breaker: { failures: 5, openMs: 10_000 },
    retry: { limit: 3_000, delayS: 1, delaySMax: 60 },
    source: SOURCE,
  },
  {
    FulfillmentOrders: { write: false },
    FulfillmentOrderLines: { write: false },
    Fulfillments: { write: false },
    FulfillmentLines: { write: false },
    fulfillmentCreate: { write: true },
    Orders: { write: false, tier: 4 },
    getOrder: {
      write: false,
      tier: 4,
      rate: { perSecond: 2, burst: 40, of: 'OPERATION', waitMsMax: WAIT_MS_MAX },
      source: 'REST: a bucket of 40 calls that leaks 2 a second on standard plans.',
    },
    InventoryLevels: { write: false, tier: 4 },
    inventorySetQuantities: { write: true, tier: 4 },
  },
);
