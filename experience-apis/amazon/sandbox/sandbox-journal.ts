import type { ConfirmShipmentRequest } from '../amazon-orders-v0.wire.js';
import type { Order2026 } from '../amazon.wire.js';

/** Where the sandbox keeps its state changes, so that a restart loses nothing. */
export interface Journal {
  entries(): readonly unknown[];
  append(entry: unknown): void;
}

export type PackageDetail = ConfirmShipmentRequest['packageDetail'];

/** One state change: an order as it is from then on (with the confirmed package that changed it), or a listing's stock. */
export type SandboxEntry =
  | { readonly type: 'order'; readonly order: Order2026; readonly confirmed?: PackageDetail }
  | { readonly type: 'availability'; readonly sku: string; readonly channelCode: string; readonly quantity: number };
