import { declarePolicies } from '../../../src/platform/outside/operation-policy.js';

export const WMS_REST_SYSTEM = 'wms';

const SOURCE = 'The hub’s own contract, schema/openapi/wms.yaml: no rate; 429 with Retry-After is honoured.';

/** How warehouses behind the published contract are called. */
export const WMS_REST_POLICIES = declarePolicies(
  {
    system: WMS_REST_SYSTEM,
    tier: 2,
    timeoutMs: 15_000,
    concurrencyMax: 8,
    breaker: { failures: 5, openMs: 10_000 },
    retry: { limit: 3_000, delayS: 1, delaySMax: 60 },
    source: SOURCE,
  },
  {
    releaseFulfillments: { write: true, uses: ['release'] },
    cancelRelease: { write: true, uses: ['cancel'], concurrencyMax: 32 },
    readReleaseEvents: { write: false, uses: ['readFacts'], tier: 4, concurrencyMax: 4 },
    readStock: { write: false, uses: ['readStock'], tier: 4, concurrencyMax: 4 },
  },
);
