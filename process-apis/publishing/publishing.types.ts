import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';

export interface ListingKey {
  readonly channel: string;
  readonly listingSku: string;
}

/** What a listing may show now. */
export interface SellableListing extends ListingKey {
  /** Listing units. */
  readonly quantity: number;
  /** When it may change though no stock moves. */
  readonly reviewAt?: Instant;
}

/** Where the quantities come from: the same function that promises and claims. */
export interface SellableListings {
  /** Set-wise; unknown listings are absent from the answer. */
  ofListings(db: Pick<ClientBase, 'query'>, keys: readonly ListingKey[]): Promise<readonly SellableListing[]>;
}

/** A quantity that a channel is to be told. */
export interface DueQuantity {
  readonly listingSku: string;
  /** Listing units. */
  readonly quantity: number;
  readonly listingKeys: Readonly<Record<string, string>>;
  /** What the channel last accepted; absent when that is not known for sure. */
  readonly last?: number;
}

export type TellResult =
  /** `overwrote` is what the channel showed instead of `last`. */
  | { readonly listingSku: string; readonly outcome: 'ACCEPTED'; readonly overwrote?: number }
  /** Telling the same quantity again is useless. */
  | { readonly listingSku: string; readonly outcome: 'REFUSED'; readonly reason: string }
  /** This listing alone; passes by itself. */
  | { readonly listingSku: string; readonly outcome: 'FAILED'; readonly reason: string; readonly retryAfterMs?: number }
  /** Taken for processing; the result is asked for with this key. */
  | { readonly listingSku: string; readonly outcome: 'PENDING'; readonly submission: string };

/** Speaks to the channels. Registered by those who know them; throws OutsideError for what concerns a whole channel. */
export interface QuantityTeller {
  /** Listings that the channel takes in one call; 0 where it is told nothing because it reads by itself. */
  pageMax(channel: string): Promise<number>;
  /** In the order they matter. What gets no result stays due. */
  tell(channel: string, quantities: readonly DueQuantity[]): Promise<readonly TellResult[]>;
  /** 'PENDING', or a result for each of these listings: all that are pending with the submission. */
  readSubmission(
    channel: string,
    submission: string,
    listingSkus: readonly string[],
  ): Promise<readonly TellResult[] | 'PENDING'>;
}
