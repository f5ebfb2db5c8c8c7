import { z } from 'zod';
import {
  DEFAULT_CHANNEL_POLICY,
  SHORTAGE_POLICIES,
  type ChannelAccount,
  type ChannelPolicy,
} from '../../src/model/channel.js';
import { ConfigError } from '../../src/platform/config/config-error.js';
import { jsonPointer } from '../../src/platform/http/problem.js';

/** What the column `orders.tier` holds. */
const TIER_MAX = 32_767;

const orderingSchema = z.strictObject({
  shortage: z.enum(SHORTAGE_POLICIES).default(DEFAULT_CHANNEL_POLICY.shortage),
  tier: z.int().min(0).max(TIER_MAX).default(DEFAULT_CHANNEL_POLICY.tier),
  preOrder: z.boolean().default(DEFAULT_CHANNEL_POLICY.preOrder),
});

const settingsSchema = z.looseObject({ ordering: orderingSchema.default(DEFAULT_CHANNEL_POLICY) });

/** The policy in `settings.ordering`; the default where it is absent, or is none: accounts are checked when they are saved. */
export function channelPolicyOf(account: Pick<ChannelAccount, 'settings'>): ChannelPolicy {
  const parsed = settingsSchema.safeParse(account.settings);
  return parsed.success ? parsed.data.ordering : DEFAULT_CHANNEL_POLICY;
}

/** @throws ConfigError with a sentence for each setting that is wrong. */
export function requireChannelPolicies(accounts: readonly ChannelAccount[]): void {
  const sentences = accounts.flatMap(({ id, settings }) => {
    const { error } = settingsSchema.safeParse(settings);
    return (error?.issues ?? []).map(
      ({ path, message }) => `Channel account "${id}": ${jsonPointer(['settings', ...path])}: ${message}.`,
    );
  });
  if (sentences.length > 0) throw new ConfigError(sentences);
}
