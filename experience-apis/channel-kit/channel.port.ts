import type { ChannelAccount } from '../../src/model/channel.js';
import type { Interpretation } from '../../src/model/channel-order.js';
import type { PackageItem } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';

export interface ConfirmPackage {
  /** Stable over retries: the channel must show this package once. */
  readonly idempotencyKey: string;
  readonly orderReference: string;
  /** A positive number that tells the package from others of the order; always the same for the same package. */
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
  /** What the hub last told and the channel accepted. Absent when it was never told. */
  readonly last?: number;
}

export type PublishResult =
  /**
   * The channel shows the quantity. `overwrote` is what stood there when it was not `last`. Where the channel sells from
   * its own quantity, its sales move it too: what they do not explain was changed by hand.
   */
  | { readonly listingSku: string; readonly outcome: 'ACCEPTED'; readonly overwrote?: number }
  /** The channel understood and said no. Telling the same quantity again is useless. */
  | { readonly listingSku: string; readonly outcome: 'REFUSED'; readonly reason: string }
  /** Passes by itself, and is this listing's own: the others of the page count. Tell it again, not before `retryAfterMs`. */
  | { readonly listingSku: string; readonly outcome: 'FAILED'; readonly reason: string; readonly retryAfterMs?: number }
  /** The channel took it for processing and tells the result later: ask `readSubmission` with this key. */
  | { readonly listingSku: string; readonly outcome: 'PENDING'; readonly submission: string };

/** A listing whose quantity is read. */
export type ListingToRead = Pick<PublishQuantity, 'listingSku' | 'listingKeys'>;

export interface ListedQuantity {
  readonly listingSku: string;
  /** Units that the channel shows; below zero where it oversold. Null: the channel does not know the listing. */
  readonly quantity: number | null;
  /** When the channel was asked. */
  readonly readAt: Instant;
}

export type SubmissionReading =
  | { readonly state: 'PENDING' }
  /** One result for each listing that was asked for. */
  | { readonly state: 'DONE'; readonly results: readonly PublishResult[] };

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
  /** Listings that the connector takes in one call; `PUBLISH_MAX` when absent. A longer page allows it a bulk route. */
  readonly publishPageMax?: number;
  /**
   * Tells quantities, at most `publishPageMax` at once, in the order they matter. What gets no result stays due.
   * Throws only where nothing was told for a reason of the whole channel. Repeating is safe: the last quantity holds.
   * A listing that is PENDING must not be given again before its submission is DONE: the channel keeps no order between
   * its routes, so an older quantity could win.
   */
  publishQuantities?(
    account: ChannelAccount,
    quantities: readonly PublishQuantity[],
  ): Promise<readonly PublishResult[]>;
  /**
   * What became of a submission. `listingSkus` are all listings that are PENDING with it: the channel's report names
   * only those with trouble. A submission that the channel lost or never ends is DONE with each of them FAILED.
   */
  readSubmission?(
    account: ChannelAccount,
    submission: string,
    listingSkus: readonly string[],
  ): Promise<SubmissionReading>;
  /** What the channel shows now for these listings, for drift. At most `QUANTITIES_READ_MAX` at once. Absent where the channel cannot be read. */
  readQuantities?(account: ChannelAccount, listings: readonly ListingToRead[]): Promise<readonly ListedQuantity[]>;
}

export const PUBLISH_MAX = 100;
export const QUANTITIES_READ_MAX = 50;
