import type { RestOrder } from './rest-order.js';

/** Where the sandbox keeps what happened, so that a restart loses nothing. */
export interface Journal {
  /** What was appended in earlier lives; asked for once, at the start. */
  entries(): Iterable<unknown>;
  append(entry: unknown): void;
}

export interface Tracking {
  readonly company: string | null;
  readonly number: string | null;
  readonly url: string | null;
}

export interface UnitsOfLine {
  readonly id: number;
  readonly quantity: number;
}

/** What can happen in a shop. The state is the fold of these; ids are given by counting, so a replay gives the same ones. */
export type ShopEntry =
  | { readonly kind: 'order'; readonly at: string; readonly order: RestOrder }
  | { readonly kind: 'cancel'; readonly at: string; readonly orderId: number; readonly reason: string }
  | {
      readonly kind: 'refund';
      readonly at: string;
      readonly orderId: number;
      readonly lines: readonly UnitsOfLine[];
      readonly restock: boolean;
    }
  | {
      readonly kind: 'fulfillment';
      readonly at: string;
      readonly orderId: number;
      /** Ids of fulfillment order lines. */
      readonly lines: readonly UnitsOfLine[];
      readonly tracking: Tracking;
    }
  | {
      readonly kind: 'counted';
      readonly at: string;
      readonly item: number;
      readonly location: number;
      readonly available: number;
    }
  | {
      readonly kind: 'quantities';
      readonly at: string;
      readonly key: string;
      readonly fingerprint: string;
      readonly changes: readonly { readonly item: number; readonly location: number; readonly quantity: number }[];
    };

/** How a webhook ended: taken by the hub, or given up after the last retry. */
export type DeliveryEntry =
  | { readonly kind: 'delivered'; readonly webhookId: string }
  | { readonly kind: 'abandoned'; readonly webhookId: string };

export type JournalEntry = ShopEntry | DeliveryEntry;

/** One webhook as it is sent. The body is what the resource was at the event, however late it is delivered. */
export interface Webhook {
  readonly webhookId: string;
  readonly eventId: string;
  readonly topic: string;
  readonly triggeredAt: string;
  readonly resource: object;
}
