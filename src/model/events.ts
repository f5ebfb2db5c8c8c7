import type { Charge } from './channel-order.js';
import type { Money } from './money.js';
import type {
  AnnouncedReturn,
  Component,
  Destination,
  ErpState,
  FulfillmentOrder,
  Hold,
  Order,
  OrderLine,
  OutsideSystem,
  RecallCause,
  Shipment,
  Shortage,
  Tracking,
  WaitFailure,
} from './order.js';
import type { SupplyKind } from './stock.js';
import type { Instant } from './time.js';

export interface LineUnits {
  readonly lineId: string;
  readonly quantity: number;
}

/** Units of an item that an event claims, frees or takes out, by node. Publishing reads which SKUs changed from here. */
export interface StockUnits {
  readonly sku: string;
  readonly node: string;
  readonly quantity: number;
  /** Where the item is tracked by lot. */
  readonly lot?: string;
}

/**
 * Everything that can be recorded of an order. Past tense, versioned by `EVENT_VERSIONS`, immutable, free of personal data.
 * The order's state is the fold of its events (process-apis/orders/orders.evolve.ts).
 */
export type OrderEvent =
  | { readonly type: 'OrderAccepted'; readonly order: AcceptedOrder }
  | {
      readonly type: 'OrderAmended';
      readonly channelVersion: Instant;
      readonly addedLines: readonly OrderLine[];
      /** Units that the channel added to existing lines. */
      readonly addedUnits: readonly LineUnits[];
      /** Units that the channel wants now, of each line that it told. */
      readonly told?: readonly LineUnits[];
      readonly shipMethod?: string;
      readonly shipBy?: Instant;
      readonly deliverBy?: Instant;
      readonly destination?: Destination;
      readonly charges?: readonly Charge[];
      readonly grandTotal?: Money;
      readonly partiesChanged: boolean;
      /** It goes to another address than before. */
      readonly addressChanged?: boolean;
    }
  | {
      readonly type: 'ListingMapped';
      readonly lines: readonly {
        readonly lineId: string;
        readonly sku: string;
        readonly components?: readonly Component[];
      }[];
    }
  | {
      /** The item was short; a rule allows another one instead. */
      readonly type: 'LineSubstituted';
      readonly lineId: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly type: 'OrderBackordered';
      /** Items that are not there, with the units missing. */
      readonly shortages: readonly Shortage[];
      readonly unknownListings: readonly string[];
    }
  | {
      readonly type: 'InventoryReserved';
      readonly fulfillmentOrders: readonly FulfillmentOrder[];
      readonly stock: readonly StockUnits[];
      /** The soft reservation that became this claim. */
      readonly reservationId?: string;
    }
  | {
      /** A claim is given back: the units are for sale again. `to` says where the line's units go. */
      readonly type: 'InventoryUnreserved';
      readonly fulfillmentOrderId: string;
      readonly node: string;
      readonly lines: readonly LineUnits[];
      readonly stock: readonly StockUnits[];
      readonly to: 'open' | 'cancelled';
    }
  | {
      readonly type: 'SalesOrderRequested';
      /** 1 for the first; a rejected one that is sent again counts on, under a new key. */
      readonly attempt: number;
      /** What the ERP is asked to hold. */
      readonly lines: readonly LineUnits[];
    }
  | {
      readonly type: 'SalesOrderPosted';
      readonly salesOrder: string;
      readonly items: ErpState['items'];
      readonly netAmount?: Money;
    }
  | { readonly type: 'SalesOrderConfirmed'; readonly salesOrder: string }
  | {
      readonly type: 'SalesOrderRejected';
      readonly salesOrder?: string;
      readonly reason: string;
      readonly code?: string;
    }
  | {
      /** The ERP shall hold these quantities instead. */
      readonly type: 'SalesOrderReduceRequested';
      readonly remaining: readonly LineUnits[];
    }
  | { readonly type: 'SalesOrderReduced'; readonly remaining: readonly LineUnits[] }
  | { readonly type: 'SalesOrderNotNeeded' }
  | { readonly type: 'FulfillmentRequested'; readonly fulfillmentOrderId: string }
  | { readonly type: 'FulfillmentReleased'; readonly fulfillmentOrderId: string; readonly wmsReference: string }
  | {
      readonly type: 'FulfillmentRejected';
      readonly fulfillmentOrderId: string;
      readonly reason: string;
      readonly code?: string;
    }
  /** The warehouse holds an earlier release of the same id that says something else. */
  | { readonly type: 'FulfillmentRefusedAsDifferent'; readonly fulfillmentOrderId: string }
  /** What the node was told is no longer right: it is asked to stop, and the units are sourced anew. */
  | { readonly type: 'FulfillmentRecalled'; readonly fulfillmentOrderId: string; readonly because: RecallCause }
  /** Units that the node had given up have left all the same: they are its again. `from` says where the line's units were. */
  | {
      readonly type: 'FulfillmentRevived';
      readonly fulfillmentOrderId: string;
      readonly lines: readonly LineUnits[];
      readonly from: 'open' | 'cancelled';
      readonly stock: readonly StockUnits[];
    }
  | { readonly type: 'CarrierRefused'; readonly fulfillmentOrderId: string; readonly reason: string }
  | { readonly type: 'FulfillmentPicked'; readonly fulfillmentOrderId: string; readonly lines: readonly LineUnits[] }
  | { readonly type: 'FulfillmentPacked'; readonly fulfillmentOrderId: string; readonly lines: readonly LineUnits[] }
  | {
      readonly type: 'FulfillmentShortPicked';
      readonly fulfillmentOrderId: string;
      readonly lines: readonly LineUnits[];
      readonly stock: readonly StockUnits[];
      readonly reason: string;
    }
  | { readonly type: 'FulfillmentCancelRequested'; readonly fulfillmentOrderId: string }
  | { readonly type: 'FulfillmentCancelled'; readonly fulfillmentOrderId: string }
  | { readonly type: 'FulfillmentCancelRefused'; readonly fulfillmentOrderId: string; readonly reason: string }
  | { readonly type: 'ShipmentConfirmed'; readonly shipment: Shipment; readonly stock: readonly StockUnits[] }
  | {
      readonly type: 'ChannelShipmentConfirmed';
      readonly shipmentId: string;
      readonly packageId: string;
      readonly at: Instant;
      readonly channelReference?: string;
      /** The channel wants no confirmation, and why: the package counts as told. */
      readonly notWanted?: string;
    }
  | {
      readonly type: 'GoodsIssuePosted';
      readonly shipmentId: string;
      readonly deliveryDocument: string;
      readonly at: Instant;
    }
  | { readonly type: 'InvoicePosted'; readonly shipmentId: string; readonly invoice: string }
  | {
      readonly type: 'CancellationRequested';
      readonly by: 'CHANNEL' | 'PARTNER' | 'OPERATOR' | 'HUB';
      readonly reason: string;
      readonly lines: readonly LineUnits[];
    }
  | { readonly type: 'LinesCancelled'; readonly lines: readonly LineUnits[] }
  | { readonly type: 'CancellationRefused'; readonly lines: readonly LineUnits[]; readonly reason: string }
  | { readonly type: 'OrderCancelled' }
  | {
      /** The channel wants no waiting: what is short is not taken. The lines' units follow as cancelled. */
      readonly type: 'OrderRejected';
      readonly reason: 'OUT_OF_STOCK';
      readonly shortages: readonly Shortage[];
    }
  | {
      readonly type: 'FulfilledOutside';
      readonly reference: string;
      readonly lines: readonly LineUnits[];
    }
  | {
      readonly type: 'RefundIssued';
      readonly id: string;
      readonly reference: string;
      readonly issuedAt: Instant;
      readonly amount: Money;
    }
  | {
      readonly type: 'OutsideCallFailed';
      readonly waitKey: string;
      readonly system: OutsideSystem;
      readonly operation: string;
      readonly error: string;
      /** Absent in events of before. */
      readonly failure?: WaitFailure;
      /** The hub kept the call back: nobody outside was asked. */
      readonly notSent?: true;
    }
  | { readonly type: 'WaitBecameOverdue'; readonly waitKey: string; readonly at: Instant }
  /** A step is tried again: what failed before is no longer what stands in its way. */
  | { readonly type: 'StepRetried'; readonly waitKey: string; readonly at: Instant }
  | { readonly type: 'OrderHeld'; readonly hold: Hold }
  | {
      readonly type: 'HoldReleased';
      readonly holdId: string;
      readonly by: string;
      readonly reason: string;
      readonly at: Instant;
    }
  /** The address itself is personal data and stands in none of the events. */
  | { readonly type: 'AddressCorrected'; readonly by: string; readonly destination?: Destination }
  | { readonly type: 'ShipMethodCorrected'; readonly by: string; readonly shipMethod: string }
  | {
      /** Absent fulfillment order: what waits is looked at again, also at nodes that refused. */
      readonly type: 'ReSourceRequested';
      readonly fulfillmentOrderId?: string;
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly type: 'PackageInTransit' | 'PackageDelivered' | 'PackageDeliveryFailed' | 'PackageReturning';
      readonly shipmentId: string;
      readonly packageId: string;
      readonly tracking: Tracking;
    }
  | ({ readonly type: 'ReturnAnnounced' } & AnnouncedReturn)
  | { readonly type: 'OrderCompleted'; readonly at: Instant };

export type AcceptedOrder = Omit<
  Order,
  | 'version'
  | 'fulfillmentOrders'
  | 'shipments'
  | 'erp'
  | 'refunds'
  | 'returns'
  | 'holds'
  | 'cancelling'
  | 'shortages'
  | 'waits'
  | 'completedAt'
>;

/** Stock events outside any order. `stock` names the positions whose availability may have changed, with the units moved. */
export type StockEvent = { readonly stock: readonly StockUnits[]; readonly source: string } & (
  | { readonly type: 'StockReceived'; readonly document?: string; readonly serials?: readonly string[] }
  | { readonly type: 'StockCounted'; readonly counted: number; readonly asOf: Instant; readonly missing: number }
  | { readonly type: 'StockAdjusted'; readonly reason: string; readonly serials?: readonly string[] }
  | { readonly type: 'QualityHeld' | 'QualityReleased' }
  | { readonly type: 'SafetyStockSet' | 'ThresholdSet'; readonly level: number }
  | {
      readonly type: 'SupplyAnnounced';
      readonly supply: SupplyKind;
      readonly document: string;
      readonly expectedAt: Instant;
    }
  | { readonly type: 'SupplyCancelled'; readonly document: string }
  | { readonly type: 'TransferShipped'; readonly document: string; readonly toNode: string }
  | { readonly type: 'TransferReceived'; readonly document: string }
  | { readonly type: 'LotsExpired'; readonly expiredOn: string }
  /** The waiting orders were looked at: what they did not take is for everyone. */
  | { readonly type: 'EarmarksEnded' }
  | {
      readonly type: 'StockSoftReserved';
      readonly reservationId: string;
      readonly channel: string;
      readonly expiresAt: Instant;
    }
  | {
      readonly type: 'SoftReservationEnded';
      readonly reservationId: string;
      readonly channel: string;
      readonly because: 'RELEASED' | 'EXPIRED';
    }
  /** A source's sequence numbers that did not come: a snapshot is asked for. */
  | { readonly type: 'StockGapNoticed'; readonly node: string; readonly from: number; readonly to: number }
);

/** What a channel may sell of a listing changed: the channel is to be told. */
export interface AvailabilityChanged {
  readonly type: 'AvailabilityChanged';
  readonly channel: string;
  readonly listingSku: string;
  /** Listing units. */
  readonly quantity: number;
  readonly before: number | null;
  /** The event after which it was computed. */
  readonly cause: string;
}
