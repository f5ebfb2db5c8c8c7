import { z } from 'zod';
import type { ChannelAccount } from '../../src/model/channel.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';

/** The hub's name of this channel kind, and of the outside system in errors. */
export const AMAZON = 'amazon';

const settingsSchema = z.object({
  /** Regional SP-API endpoint: `https://sellingpartnerapi-eu.amazon.com`. */
  endpoint: z.url(),
  lwaUrl: z.url().default('https://api.amazon.com/auth/o2/token'),
  sellerId: z.string().min(1),
  marketplaceIds: z.array(z.string().min(1)).min(1).max(50),
  /** Names of secrets, never their values. */
  clientIdSecret: z.string().min(1),
  clientSecretSecret: z.string().min(1),
  refreshTokenSecret: z.string().min(1),
  /** The default is what the published rate of searchOrders (one call in 179 s) allows for good. */
  pollIntervalMs: z.int().min(10).default(180_000),
  /** Each poll reads again what changed this long before the last one ended: Amazon's search lags behind its orders. */
  overlapMs: z.int().min(0).default(120_000),
  /** How far back the very first poll looks. */
  firstLookbackMs: z.int().min(0).default(86_400_000),
  /** Multiplies the published rates: above 1 only where Amazon granted more. */
  rateFactor: z.number().positive().default(1),
  /** The hub's carrier name to Amazon's carrier code, where the built-in table is not right. */
  carrierCodes: z.record(z.string(), z.string()).default({}),
});

export type AmazonSettings = Readonly<z.infer<typeof settingsSchema>>;

/** The settings of an Amazon account; a bad one is an operator's mistake, and no retry mends it. */
export function amazonSettings(account: ChannelAccount): AmazonSettings {
  const result = settingsSchema.safeParse(account.settings);
  if (result.success) return result.data;
  throw new OutsideError(
    'mapping',
    `the settings of channel account "${account.id}" are wrong: ${z.prettifyError(result.error)}`,
    { system: AMAZON, operation: 'settings' },
  );
}
