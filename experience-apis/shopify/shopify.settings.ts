import { z } from 'zod';
import type { ChannelAccount } from '../../src/model/channel.js';

const secretName = z.string().min(1);

const settingsSchema = z.looseObject({
  /** `example.myshopify.com`, as Shopify sends it in X-Shopify-Shop-Domain. */
  shopDomain: z.string().min(1),
  /** Where the Admin API answers; by default `https://<shopDomain>`. */
  apiUrl: z.url().optional(),
  apiVersion: z
    .string()
    .regex(/^(\d{4}-\d{2}|unstable)$/)
    .default('2026-04'),
  /** Name of the secret that holds the Admin API access token. */
  accessTokenSecret: secretName,
  /** Names of the secrets that may have signed a webhook: one, or two while the app's client secret is rotated. */
  webhookSecrets: z.array(secretName).min(1).max(2),
  /** Shopify writes to the buyer when a package is confirmed. */
  notifyCustomer: z.boolean().default(true),
  /** Orders whose payment is pending are left until they are paid. */
  waitForPayment: z.boolean().default(false),
  /** How often what changed in the shop is compared with what came by webhooks. */
  compareIntervalMs: z.int().min(1_000).default(300_000),
  /** What changed less than this ago is left to its webhook. */
  compareGraceMs: z.int().min(0).default(120_000),
  /** How far back the first comparison looks. Without the scope `read_all_orders` Shopify shows 60 days. */
  compareLookbackMs: z.int().min(0).default(86_400_000),
  /** The hub's carrier codes as Shopify's tracking companies, where they differ: Shopify makes tracking links of the names it knows. */
  carrierNames: z.record(z.string(), z.string()).default({}),
});

export type ShopifySettings = z.output<typeof settingsSchema>;

/** Settings are read on each webhook; an account object is replaced, never changed, when its settings change. */
const cache = new WeakMap<ChannelAccount['settings'], ShopifySettings>();

/** @throws Error with a sentence that names the account and the setting. */
export function shopifySettings(account: ChannelAccount): ShopifySettings {
  const known = cache.get(account.settings);
  if (known !== undefined) return known;
  const result = settingsSchema.safeParse(account.settings);
  if (!result.success)
    throw new Error(`the settings of the channel account "${account.id}" are wrong: ${z.prettifyError(result.error)}`);
  cache.set(account.settings, result.data);
  return result.data;
}
