import type { Address } from '../../src/model/channel-order.js';
import type { Instant } from '../../src/model/time.js';

export const WMS_PORT = Symbol('WmsPort');
export const WMS_FACT_SINK = Symbol('WmsFactSink');

export interface ReleaseFulfillment {
  /** The fulfillment order's id: the warehouse must hold at most one release with it. */
  readonly fulfillmentOrderId: string;
  readonly node: string;
  /** For people: the channel and its order number. */
  readonly channel: string;
  readonly reference: string;
  readonly shipMethod?: string;
  readonly shipBy?: Instant;
  readonly shipTo?: Address;
  readonly giftMessage?: string;
  readonly lines: readonly { readonly lineId: string; readonly sku: string; readonly quantity: number }[];
}

export type ReleaseResult =
  | { readonly fulfillmentOrderId: string; readonly outcome: 'ACCEPTED'; readonly wmsReference: string }
  | {
      readonly fulfillmentOrderId: string;
      readonly outcome: 'REJECTED';
      /** `CONTENT_DIFFERS`: the warehouse holds an earlier release of this id; anything else: it holds nothing. */
      readonly code: string;
      readonly reason: string;
    };

export interface CancelFulfillment {
  readonly fulfillmentOrderId: string;
  readonly node: string;
  readonly reason: string;
}

export type CancelResult =
  | { readonly outcome: 'CANCELLED' }
  /** Too late: it is packed or gone. */
  | { readonly outcome: 'REFUSED'; readonly reason: string };

/** What the hub needs of a warehouse. All methods throw OutsideError. Every write may be repeated. */
export interface WmsPort {
  readonly system: string;
  /** At most 100 at once; one result per command, in any order. */
  release(commands: readonly ReleaseFulfillment[]): Promise<readonly ReleaseResult[]>;
  cancel(command: CancelFulfillment): Promise<CancelResult>;
}

export const WMS_RELEASE_MAX = 100;

interface WmsFulfillmentFact {
  /** The warehouse's event id: the same id twice changes nothing. */
  readonly id: string;
  readonly occurredAt: Instant;
  readonly fulfillmentOrderId: string;
}

export interface WmsLineUnits {
  readonly lineId: string;
  readonly quantity: number;
}

export interface WmsPackage {
  readonly reference: string;
  readonly sscc?: string;
  readonly carrier: string;
  readonly service?: string;
  readonly trackingNumber: string;
  readonly trackingUrl?: string;
  readonly items: readonly {
    readonly lineId: string;
    readonly quantity: number;
    readonly serials: readonly string[];
  }[];
}

/** What a warehouse tells, in the hub's words. */
export type WmsFact =
  | (WmsFulfillmentFact & { readonly kind: 'PICKED' | 'PACKED'; readonly lines: readonly WmsLineUnits[] })
  | (WmsFulfillmentFact & {
      readonly kind: 'SHORT_PICKED';
      readonly lines: readonly WmsLineUnits[];
      readonly reason: string;
    })
  | (WmsFulfillmentFact & {
      readonly kind: 'SHIPPED';
      readonly shipmentReference: string;
      readonly packages: readonly WmsPackage[];
    })
  | {
      readonly kind: 'STOCK_RECEIVED' | 'STOCK_COUNTED';
      readonly id: string;
      readonly occurredAt: Instant;
      readonly sku: string;
      readonly node: string;
      readonly quantity: number;
    };

/** Provided by the fulfillment process; called by a warehouse's inbound edge. Resolves when the facts are committed. */
export interface WmsFactSink {
  receive(source: string, facts: readonly WmsFact[]): Promise<void>;
  /** Keeps a signed message that could not be taken, whole, for inspection. The same message id again changes nothing. */
  keepRefused(source: string, messageId: string, body: Buffer, reason: string): Promise<void>;
}
