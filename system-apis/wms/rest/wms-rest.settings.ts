import { z } from 'zod';

const SecretName = z.string().min(1).max(200);

/** Settings of one warehouse. Secrets are named here, never held. */
export const WmsRestSettings = z.strictObject({
  /** Where the warehouse answers, without `/v1`. */
  url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  /** Name of the bearer token that the hub shows. */
  tokenSecret: SecretName,
  /** Names of the `whsec_` secrets that events may be signed with: one, or two while one replaces the other. */
  webhookSecrets: z.array(SecretName).min(1).max(2),
  /** Time to a whole answer, where another than the policies say. */
  timeoutMs: z.int().min(100).max(120_000).exactOptional(),
});

export type WmsRestSettings = z.infer<typeof WmsRestSettings>;
export type WmsRestSettingsInput = z.input<typeof WmsRestSettings>;

export const WMS_REST_SETTINGS = Symbol('WmsRestSettings');
