import type { ChannelAccount } from '../../src/model/channel.js';
import type { Interpretation } from '../../src/model/channel-order.js';
import type { PackageItem } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';

export interface ConfirmPackage {
  /** Stable over retries: the channel must show this package once. */
  readonly idempotencyKey: string;
  readonly orderReference: string;
  readonly packageNumber: number;
  readonly carrier: string;
  readonly service?: string;
  readonly trackingNumber: string;
  readonly trackingUrl?: string;
  readonly shippedAt: Instant;
  readonly items: readonly (Pick<PackageItem, 'quantity' | 'serials'> & { readonly lineReference: string })[];
  /** A first attempt may have had its effect: look before sending. */
  readonly mayExist: boolean;
  /** Order attributes that the channel's own mapper kept (marketplace id …). */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PackageConfirmation {
  /** The channel's id of the confirmation, when it gives one. */
  readonly channelReference?: string;
  /** The channel wants no confirmation, and why: it cancelled an order whose goods had left. There is nothing more to tell it. */
  readonly notWanted?: string;
}

export interface PublishQuantity {
  readonly listingSku: string;
  /** Units that the channel may sell now. */
  readonly quantity: number;
  /** The channel's own keys of the listing (inventory item id, location id, product type …). */
  readonly listingKeys: Readonly<Record<string, string>>;
}

export type PublishResult =
  | { readonly listingSku: string; readonly outcome: 'ACCEPTED' }
  | { readonly listingSku: string; readonly outcome: 'REFUSED'; readonly reason: string };

/**
 * What a channel's folder registers. `interpret` is pure; everything else throws OutsideError.
 * A channel that reads by itself (polling) also brings a poller, started by its module.
 */
export interface ChannelConnector {
  readonly kind: string;
  /** Reads one message as received. Never throws: what it cannot read, it refuses with a reason. */
  interpret(account: ChannelAccount, topic: string, body: Buffer): Interpretation;
  /** Absent where the channel has nothing to be told (partners read the status themselves). */
  confirmPackage?(account: ChannelAccount, command: ConfirmPackage): Promise<PackageConfirmation>;
  /** At most 100 at once. */
  publishQuantities?(
    account: ChannelAccount,
    quantities: readonly PublishQuantity[],
  ): Promise<readonly PublishResult[]>;
}

export const PUBLISH_MAX = 100;
