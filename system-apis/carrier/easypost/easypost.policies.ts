import { declarePolicies } from '../../../src/platform/outside/operation-policy.js';

export const EASYPOST_SYSTEM = 'easypost';

const GUIDE = 'https://docs.easypost.com/guides/rate-limiting-guide';
const BY_LOAD = `${GUIDE}: limited by load, 429 when it is too much.`;

/** How EasyPost is called. Last of all: what it tells changes nothing that the hub does for an order. */
export const EASYPOST_POLICIES = declarePolicies(
  {
    system: EASYPOST_SYSTEM,
    tier: 4,
    timeoutMs: 15_000,
    concurrencyMax: 8,
    breaker: { failures: 5, openMs: 30_000 },
    // About two days; after that CarrierFollowUp asks.
    retry: { limit: 1_000, delayS: 2, delaySMax: 180 },
    source: BY_LOAD,
  },
  {
    'trackers.create': { write: true, uses: ['track'] },
    'trackers.list': {
      write: false,
      uses: ['track'],
      rate: { perSecond: 5, burst: 5, of: 'OPERATION', waitMsMax: 5_000 },
      source: `${GUIDE}: 5 a second on index endpoints.`,
    },
    'trackers.retrieve': { write: false, uses: ['read'] },
  },
);
