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

/** Minor units; what differs by more is no rounding. */
const PRICE_TOLERANCE_MAX = 1_000_000;

const orderingSchema = z.strictObject({
  shortage: z.enum(SHORTAGE_POLICIES).default(DEFAULT_CHANNEL_POLICY.shortage),
  tier: z.int().min(0).max(TIER_MAX).default(DEFAULT_CHANNEL_POLICY.tier),
  preOrder: z.boolean().default(DEFAULT_CHANNEL_POLICY.preOrder),
  priceTolerance: z.int().min(0).max(PRICE_TOLERANCE_MAX).exactOptional(),
});

const settingsSchema = z.looseObject({ ordering: orderingSchema.default(DEFAULT_CHANNEL_POLICY) });

/** The policy in `settings.ordering`; the default where it is absent, or is none: accounts are checked when they are saved. */
export function channelPolicyOf(account: Pick<ChannelAccount, 'settings'>): ChannelPolicy {
  const parsed = settingsSchema.safeParse(account.settings);
  return parsed.success ? parsed.data.ordering : DEFAULT_CHANNEL_POLICY;
}

/** Kinds whose orders are answered with what became of them. Others would never hear that an order was cut or refused. */
const TOLD_BY_THE_ANSWER: ReadonlySet<string> = new Set(['partner']);

/** @throws ConfigError with a sentence for each setting that is wrong. */
export function requireChannelPolicies(accounts: readonly ChannelAccount[]): void {
  const sentences = accounts.flatMap(({ id, kind, settings }) => {
    const { data, error } = settingsSchema.safeParse(settings);
    const wrong = (error?.issues ?? []).map(
      ({ path, message }) => `Channel account "${id}": ${jsonPointer(['settings', ...path])}: ${message}.`,
    );
    const { shortage } = data?.ordering ?? DEFAULT_CHANNEL_POLICY;
    if ((shortage === 'PARTIAL' || shortage === 'REJECT') && !TOLD_BY_THE_ANSWER.has(kind))
      wrong.push(
        `Channel account "${id}": /settings/ordering/shortage: ${shortage} cannot be told to a channel of the kind "${kind}"; take WAIT or SPLIT.`,
      );
    return wrong;
  });
  if (sentences.length > 0) throw new ConfigError(sentences);
}
