import { declarePolicies } from '../../../src/platform/outside/operation-policy.js';

export const ALERT_WEBHOOK_SYSTEM = 'alert-webhook';

const SOURCE = 'CloudEvents HTTP webhooks 1.0.1, section 2: at least once; 429 and 503 with Retry-After are honoured.';

/** How the receiver of alerts is called. */
export const ALERT_WEBHOOK_POLICIES = declarePolicies(
  {
    system: ALERT_WEBHOOK_SYSTEM,
    tier: 2,
    timeoutMs: 10_000,
    concurrencyMax: 4,
    breaker: { failures: 5, openMs: 30_000 },
    // About a day: an older alert helps nobody.
    retry: { limit: 1_500, delayS: 1, delaySMax: 60 },
    source: SOURCE,
  },
  { tell: { write: true, uses: ['tell'] } },
);
