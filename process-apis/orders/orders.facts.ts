import type { Address, ChannelOrder } from '../../src/model/channel-order.js';
import type { LineUnits } from '../../src/model/events.js';
import type { Money } from '../../src/model/money.js';
import type { HoldKind } from '../../src/model/hold-kind.js';
import type { OutsideSystem, Package, PackageItem, Shortage, TrackingStatus } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';

/** How a fact finds its order. */
export type OrderAddress =
  | { readonly by: 'ID'; readonly orderId: string }
  | { readonly by: 'REFERENCE'; readonly channel: string; readonly reference: string }
  | { readonly by: 'FULFILLMENT_ORDER'; readonly fulfillmentOrderId: string };

/** What happened, by kind. */
export type OrderFactBody =
  | { readonly kind: 'ChannelOrderReceived'; readonly order: ChannelOrder }
  | {
      readonly kind: 'CancellationRequested';
      readonly by: 'CHANNEL' | 'PARTNER' | 'OPERATOR';
      readonly reason: string;
      /** By the channel's line reference; absent means everything. */
      readonly lines?: readonly { readonly lineReference: string; readonly quantity: number }[];
    }
  | { readonly kind: 'Reconsidered' }
  /** Of all steps that failed; with `waitKey` of that one. */
  | { readonly kind: 'RetryRequested'; readonly waitKey?: string }
  | {
      readonly kind: 'SalesOrderPosted';
      readonly salesOrder: string;
      readonly items: Readonly<Record<string, string>>;
      /** What the ERP makes of the prices, where it tells: without tax. */
      readonly netAmount?: Money;
    }
  | { readonly kind: 'SalesOrderConfirmed'; readonly salesOrder: string }
  | {
      readonly kind: 'SalesOrderRejected';
      readonly salesOrder?: string;
      readonly reason: string;
      readonly code?: string;
    }
  | { readonly kind: 'SalesOrderNotNeeded' }
  | { readonly kind: 'SalesOrderReduced'; readonly remaining: readonly LineUnits[] }
  | { readonly kind: 'FulfillmentReleased'; readonly fulfillmentOrderId: string; readonly wmsReference: string }
  | {
      readonly kind: 'FulfillmentRejected';
      readonly fulfillmentOrderId: string;
      readonly reason: string;
      readonly code?: string;
    }
  | { readonly kind: 'FulfillmentRefusedAsDifferent'; readonly fulfillmentOrderId: string }
  | { readonly kind: 'CarrierRefused'; readonly fulfillmentOrderId: string; readonly reason: string }
  | { readonly kind: 'FulfillmentPicked'; readonly fulfillmentOrderId: string; readonly lines: readonly LineUnits[] }
  | { readonly kind: 'FulfillmentPacked'; readonly fulfillmentOrderId: string; readonly lines: readonly LineUnits[] }
  | {
      readonly kind: 'FulfillmentShortPicked';
      readonly fulfillmentOrderId: string;
      /** Of a kit, `sku` may say which component was not found. */
      readonly lines: readonly (LineUnits & { readonly sku?: string })[];
      readonly reason: string;
    }
  | {
      readonly kind: 'FulfillmentShipped';
      readonly fulfillmentOrderId: string;
      readonly shipmentReference: string;
      readonly packages: readonly (Omit<Package, 'id' | 'items' | 'channelConfirmedAt' | 'channelReference'> & {
        readonly items: readonly (LineUnits & Pick<PackageItem, 'serials' | 'lots'>)[];
      })[];
    }
  | { readonly kind: 'FulfillmentCancelled'; readonly fulfillmentOrderId: string }
  | { readonly kind: 'FulfillmentCancelRefused'; readonly fulfillmentOrderId: string; readonly reason: string }
  | {
      readonly kind: 'ChannelShipmentConfirmed';
      readonly shipmentId: string;
      readonly packageId: string;
      readonly channelReference?: string;
      readonly notWanted?: string;
    }
  | { readonly kind: 'GoodsIssuePosted'; readonly shipmentId: string; readonly deliveryDocument: string }
  | { readonly kind: 'InvoicePosted'; readonly deliveryDocument: string; readonly invoice: string }
  | { readonly kind: 'RefundIssued'; readonly refundId: string; readonly issuedAt: Instant; readonly amount: Money }
  | {
      readonly kind: 'FulfillmentObserved';
      readonly fulfillmentId: string;
      /** When it was made at the channel, where that is known. */
      readonly createdAt?: Instant;
      readonly trackingNumbers: readonly string[];
      readonly lines: readonly { readonly lineReference: string; readonly quantity: number }[];
    }
  | {
      readonly kind: 'OutsideCallFailed';
      readonly waitKey: string;
      readonly system: OutsideSystem;
      readonly operation: string;
      readonly error: string;
      /** The error taxonomy's kind: `transient`, `rejected` … */
      readonly errorKind: string;
      /** The adapter's reason, where the other side named one. */
      readonly code?: string;
      /** It is not tried again by itself. */
      readonly final: boolean;
      /** The hub kept the call back (a pause, an open breaker, no budget): nobody outside was asked. */
      readonly notSent?: true;
    }
  | {
      readonly kind: 'WaitOverdue';
      readonly waitKey: string;
      /** No task works on it any more: it is asked for again. */
      readonly taskIsGone?: boolean;
      /** Of the wait, as it was when the task was looked for. */
      readonly retriedAt?: Instant;
    }
  | { readonly kind: 'HoldPlaced'; readonly hold: HoldKind; readonly reason: string; readonly by: string }
  | { readonly kind: 'HoldReleased'; readonly holdId: string; readonly by: string; readonly reason: string }
  /** Personal data: reaches the sealed parties alone, never an event or a stored fact. */
  | { readonly kind: 'AddressCorrected'; readonly shipTo: Address; readonly by: string }
  | { readonly kind: 'ShipMethodCorrected'; readonly shipMethod: string; readonly by: string }
  | {
      readonly kind: 'ReSourceRequested';
      readonly fulfillmentOrderId?: string;
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'PackageTracked';
      readonly packageId: string;
      readonly status: TrackingStatus;
      readonly at: Instant;
      readonly detail?: string;
    }
  | {
      readonly kind: 'ReturnAnnounced';
      readonly returnReference: string;
      readonly announcedAt: Instant;
      readonly lines: readonly { readonly lineReference: string; readonly quantity: number }[];
    };

/** A fact about one order, as it reached the hub. */
export interface OrderFact {
  /** From the business fact itself: the same id twice changes nothing. */
  readonly id: string;
  /** The system that told it: `amazon-de`, `sap-s4hana`, `wms`, `hub`. */
  readonly source: string;
  readonly occurredAt: Instant;
  readonly address: OrderAddress;
  /** Of the request that carried it; tells a repeated request from another that reuses the key. */
  readonly digest?: string;
  readonly body: OrderFactBody;
}

export type OrderFactKind = OrderFactBody['kind'];

/** What came of a fact: stored with it, and the answer when it comes again. */
export interface FactOutcome {
  readonly result:
    | 'APPLIED'
    /** Nothing to change: older than what is known, or already so. */
    | 'UNCHANGED'
    /** No order at the address yet. Not stored as taken: the fact may come again once the order is there. */
    | 'UNKNOWN_ORDER'
    /** Against the rules; the reason says which. */
    | 'REJECTED';
  readonly orderId?: string;
  readonly created?: boolean;
  /** The order was refused for want of stock: what was short. */
  readonly shortages?: readonly Shortage[];
  readonly reason?: string;
  /** DUPLICATE_REFERENCE: another order has the number. Absent where no more than the reason is to be said. */
  readonly rule?: 'DUPLICATE_REFERENCE';
  /** Of a message: what came of its facts. */
  readonly facts?: readonly FactOutcome[];
  /** Of a message: where it is kept. */
  readonly recordId?: string;
}

export interface SubmitOutcome extends FactOutcome {
  /** The fact had been taken before; this is the answer it got then. */
  readonly duplicate: boolean;
  /** The same id came before with other content. */
  readonly digestDiffers: boolean;
}
