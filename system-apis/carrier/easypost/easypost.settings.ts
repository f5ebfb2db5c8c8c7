import { z } from 'zod';

const SecretName = z.string().min(1).max(200);
const CarrierName = z.string().min(1).max(100);
const CARRIERS_MAX = 200;

/** How EasyPost is reached. Secrets are named here, never held. */
export const EasyPostSettings = z.strictObject({
  /** Without `/v2`. */
  url: z
    .url({ protocol: /^https?$/ })
    .default('https://api.easypost.com')
    .transform((url) => url.replace(/\/+$/, '')),
  /** Name of the API key; production and test keys see different trackers. */
  apiKeySecret: SecretName,
  /** Names of the secrets that events may be signed with: one, or two while one replaces the other. */
  webhookSecrets: z.array(SecretName).min(1).max(2),
  /** EasyPost's name of each carrier that warehouses call otherwise: `DHL: DHLExpress`. */
  carriers: z
    .record(CarrierName, CarrierName)
    .refine((carriers) => Object.keys(carriers).length <= CARRIERS_MAX, `At most ${CARRIERS_MAX} carriers`)
    .default({}),
  /** Time to a whole answer, where another than the policies say. */
  timeoutMs: z.int().min(100).max(120_000).exactOptional(),
});

export type EasyPostSettings = z.infer<typeof EasyPostSettings>;
export type EasyPostSettingsInput = z.input<typeof EasyPostSettings>;

export const EASYPOST_SETTINGS = Symbol('EasyPostSettings');
