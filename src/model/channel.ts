/** One seller account, shop or partner at a channel. Settings are the channel's own; secrets are named in them, never held. */
export interface ChannelAccount {
  /** Stable id in URLs, tokens and tables: `amazon-de`, `shop-eu`. */
  readonly id: string;
  /** Which connector speaks for it: `amazon`, `shopify`, `partner`. */
  readonly kind: string;
  readonly name: string;
  readonly active: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What happens to an order that cannot be served whole. */
export const SHORTAGE_POLICIES = [
  /** It waits for all of it. */
  'WAIT',
  /** What is there ships, the rest waits. */
  'SPLIT',
  /** What is there ships, the rest is cancelled. */
  'PARTIAL',
  /** It is refused at once. */
  'REJECT',
] as const;

export type ShortagePolicy = (typeof SHORTAGE_POLICIES)[number];

/** How the hub treats the orders of a channel. */
export interface ChannelPolicy {
  readonly shortage: ShortagePolicy;
  /** Waiting orders of a lower tier are served first. */
  readonly tier: number;
  /** Items may be ordered before their release date. */
  readonly preOrder: boolean;
  /** Minor units by which totals may differ before a person looks at the order. Absent: nothing is compared. */
  readonly priceTolerance?: number;
}

export const DEFAULT_CHANNEL_POLICY: ChannelPolicy = { shortage: 'WAIT', tier: 100, preOrder: false };
