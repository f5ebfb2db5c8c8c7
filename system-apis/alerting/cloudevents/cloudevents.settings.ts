import { z } from 'zod';

/** Where alerts are told. Secrets are named here, never held. */
export const CloudEventsSettings = z.strictObject({
  /** Gets each alert as an HTTP POST. */
  url: z.url({ protocol: /^https?$/ }),
  /** Name of the secret that calls are signed with, after standardwebhooks.com: `whsec_…`. */
  signingSecret: z.string().min(1).max(200),
  /** Which hub tells it: the `source` of the events, a URI. */
  source: z.string().min(1).max(500).default('urn:entrepot:hub'),
  /** Time to a whole answer, where another than the policies say. */
  timeoutMs: z.int().min(100).max(120_000).exactOptional(),
});

export type CloudEventsSettings = z.infer<typeof CloudEventsSettings>;
export type CloudEventsSettingsInput = z.input<typeof CloudEventsSettings>;

export const CLOUD_EVENTS_SETTINGS = Symbol('CloudEventsSettings');
