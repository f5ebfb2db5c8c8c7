import type { Feed, ListingsReport } from '../amazon-feeds.wire.js';
import type { ConfirmShipmentRequest } from '../amazon-orders-v0.wire.js';
import type { Order2026 } from '../amazon.wire.js';

/** Where the sandbox keeps its state changes, so that a restart loses nothing. */
export interface Journal {
  /** What was appended in earlier lives; asked for once, at the start. */
  entries(): Iterable<unknown>;
  append(entry: unknown): void;
}

export type PackageDetail = ConfirmShipmentRequest['packageDetail'];

/** A feed as it is from then on: with its document until it is processed, with its report afterwards. */
export interface SandboxFeed extends Feed {
  readonly marketplaceIds: readonly string[];
  readonly content?: string;
  readonly report?: ListingsReport;
}

/**
 * One state change: an order as it is from then on (with the confirmed package that changed it), a listing's stock, or a
 * feed.
 */
export type SandboxEntry =
  | { readonly type: 'order'; readonly order: Order2026; readonly confirmed?: PackageDetail }
  | { readonly type: 'feed'; readonly feed: SandboxFeed }
  | { readonly type: 'availability'; readonly sku: string; readonly channelCode: string; readonly quantity: number };
