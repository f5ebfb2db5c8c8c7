import { CloudEvent, ValidationError } from 'cloudevents';
import { z } from 'zod';

/** Where alerts are told. Secrets are named here, never held. */
export const CloudEventsSettings = z.strictObject({
  /** Gets each alert as an HTTP POST. */
  url: z.url({ protocol: /^https?$/ }),
  /** Name of the secret that calls are signed with, after standardwebhooks.com: `whsec_…`. */
  signingSecret: z.string().min(1).max(200),
  /** Which hub tells it: the `source` of the events, a URI reference. */
  source: z
    .string()
    .min(1)
    .max(500)
    .refine(isSource, { error: 'must be a URI reference without spaces, such as urn:example:hub' })
    .default('urn:entrepot:hub'),
  /** Time to a whole answer, where another than the policies say. */
  timeoutMs: z.int().min(100).max(120_000).exactOptional(),
});

export type CloudEventsSettings = z.infer<typeof CloudEventsSettings>;
export type CloudEventsSettingsInput = z.input<typeof CloudEventsSettings>;

export const CLOUD_EVENTS_SETTINGS = Symbol('CloudEventsSettings');

/** As those judge who make events of it: what they refuse would fail at each alert, and not at the start. */
function isSource(source: string): boolean {
  try {
    return new CloudEvent({ id: '1', type: 'test', source }).validate();
  } catch (error) {
    if (error instanceof ValidationError) return false;
    throw error;
  }
}
