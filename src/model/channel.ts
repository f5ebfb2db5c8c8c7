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
