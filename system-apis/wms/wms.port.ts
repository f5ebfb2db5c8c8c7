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
  readonly lines: readonly ReleaseLine[];
}

/** Reports of the warehouse count units of the line: a kit, or a pack of six, is 1. */
export interface ReleaseLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** What one unit of the line consists of, in base units. Absent: one base unit of `sku`. At most 100. */
  readonly components?: readonly { readonly sku: string; readonly quantity: number }[];
  /** Which lots to take first, in base units of the whole line: a suggestion, first expired first out. At most 200. */
  readonly lots?: readonly LotUnits[];
}

/** Base units of one item out of one lot. */
export interface LotUnits {
  readonly sku: string;
  readonly lot: string;
  readonly quantity: number;
}

export type ReleaseResult =
  | { readonly fulfillmentOrderId: string; readonly outcome: 'ACCEPTED'; readonly wmsReference: string }
  | {
      readonly fulfillmentOrderId: string;
      readonly outcome: 'REJECTED';
      /**
       * `CONTENT_DIFFERS`: the warehouse holds an earlier release of this id; anything else: it holds nothing. `ADDRESS`,
       * `SHIP_METHOD`: no node can, until a person has corrected it.
       */
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
  /**
   * CANCELLED: nothing more leaves, and all that left before was told already; else the units would be sourced twice. A
   * warehouse that still has to tell of a shipment refuses, or throws until it has told.
   */
  cancel(command: CancelFulfillment): Promise<CancelResult>;
  /**
   * A snapshot of a node's stock, page by page (at most STOCK_PAGE_MAX positions each); `next` is that of the page before.
   * `rejected` with status 404: no such node. `rejected` with status 410: `next` is too old, begin again without it.
   */
  readStock(node: string, next?: string): Promise<StockPage>;
  /**
   * All that the warehouse ever told about a release, in the order in which it happened; nothing for an id that it does
   * not hold. For a hub that lost what it was told. Absent: the warehouse cannot.
   */
  readFacts?(fulfillmentOrderId: string): Promise<readonly WmsFact[]>;
}

export const WMS_RELEASE_MAX = 100;
export const STOCK_PAGE_MAX = 500;

/** An item at a node, as the warehouse counts it. An item that a snapshot does not name has no stock there. */
export interface NodeStock {
  readonly sku: string;
  /** Units physically there, those on quality hold too. Units fall when they are shipped, not when they are picked. */
  readonly onHand: number;
  readonly qualityHold: number;
  /** Unit of measure of all quantities of this position. Absent: the item's base unit. */
  readonly unit?: string;
  readonly lots?: readonly {
    readonly lot: string;
    /** A date: `2027-03-31`. */
    readonly expiresOn?: string;
    readonly onHand: number;
  }[];
}

export interface StockPage {
  readonly node: string;
  /** The instant at which all pages of this reading were true. */
  readonly asOf: Instant;
  /** The last stock event's sequence that the snapshot contains. Absent: the warehouse does not number its stock events. */
  readonly sequence?: number;
  readonly positions: readonly NodeStock[];
  /** Absent on the last page. */
  readonly next?: string;
}

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

/** Units of a line that were not found. */
export interface WmsShortUnits extends WmsLineUnits {
  /** Which component was missing. Absent: the line's own item, or not known. */
  readonly sku?: string;
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
    /** The lots that the units came from, in base units. */
    readonly lots?: readonly LotUnits[];
  }[];
}

/**
 * `STOCK_COUNTED`: so many units were there. `STOCK_ADJUSTED`: so many more or less. `STOCK_HELD`, `STOCK_HOLD_LIFTED`: they stay
 * on-hand. `TRANSFER_SHIPPED`: they left for another own node. `STOCK_ANNOUNCED`: they will come (ASN, purchase order), and
 * `STOCK_ANNOUNCEMENT_CANCELLED`: so many of them will not.
 */
export type WmsStockKind =
  | 'STOCK_RECEIVED'
  | 'STOCK_COUNTED'
  | 'STOCK_ADJUSTED'
  | 'STOCK_HELD'
  | 'STOCK_HOLD_LIFTED'
  | 'TRANSFER_SHIPPED'
  | 'TRANSFER_RECEIVED'
  | 'STOCK_ANNOUNCED'
  | 'STOCK_ANNOUNCEMENT_CANCELLED';

/** Something that a warehouse tells about stock that is not out of an order. */
export interface WmsStockFact {
  readonly kind: WmsStockKind;
  /** The warehouse's event id: the same id twice changes nothing. */
  readonly id: string;
  readonly occurredAt: Instant;
  readonly sku: string;
  readonly node: string;
  /** At least 1; `STOCK_COUNTED` also 0; `STOCK_ADJUSTED` signed and never 0. */
  readonly quantity: number;
  /** Unit of measure of the quantity. Absent: the item's base unit. */
  readonly unit?: string;
  /** All units are of this lot; a count is then of this lot alone. */
  readonly lot?: string;
  /** The lot's expiry, a date: `2027-03-31`. */
  readonly expiresOn?: string;
  readonly serials?: readonly string[];
  /** Why, as the warehouse's code. `STOCK_ADJUSTED`: SALE, RETURN, DAMAGE, LOSS and FOUND are the hub's own words. */
  readonly reason?: string;
  /** 1, 2, 3 … for each warehouse and node, without gaps. Absent: the warehouse does not number its stock events. */
  readonly sequence?: number;
  /** Transfer order, ASN or purchase order. Always there for `TRANSFER_*` and `STOCK_ANNOUNCE*`. */
  readonly document?: string;
  /** `STOCK_ANNOUNCED`: what kind of document it is. Absent: an ASN. The same document again replaces what it said of the item. */
  readonly supply?: 'ASN' | 'PURCHASE_ORDER' | 'TRANSFER';
  /** `TRANSFER_SHIPPED`: where the units go, always there. `TRANSFER_RECEIVED`, `STOCK_ANNOUNCED`: the own node that they come from. */
  readonly otherNode?: string;
  /** `STOCK_ANNOUNCED`: when the units will be there, always told. `TRANSFER_SHIPPED`: when they will be at the other node. */
  readonly expectedAt?: Instant;
}

/** What a warehouse tells, in the hub's words. */
export type WmsFact =
  | (WmsFulfillmentFact & { readonly kind: 'PICKED' | 'PACKED'; readonly lines: readonly WmsLineUnits[] })
  | (WmsFulfillmentFact & {
      readonly kind: 'SHORT_PICKED';
      readonly lines: readonly WmsShortUnits[];
      readonly reason: string;
    })
  /** The carrier would not label or take a parcel. The work stands still until it is cancelled or shipped another way. */
  | (WmsFulfillmentFact & { readonly kind: 'CARRIER_REFUSED'; readonly reason: string })
  | (WmsFulfillmentFact & {
      readonly kind: 'SHIPPED';
      readonly shipmentReference: string;
      readonly packages: readonly WmsPackage[];
    })
  | WmsStockFact;

/** Provided by the fulfillment process; called by a warehouse's inbound edge. Resolves when the facts are committed. */
export interface WmsFactSink {
  receive(source: string, facts: readonly WmsFact[]): Promise<void>;
  /** Keeps a signed message that could not be taken, whole, for inspection. The same message id again changes nothing. */
  keepRefused(source: string, messageId: string, body: Buffer, reason: string): Promise<void>;
  /** At start: how a message of this source that was kept is read again, when its cause was mended. */
  register(source: string, read: ReadWmsMessage): void;
}

/** Reads a whole message of a warehouse. Pure. */
export type ReadWmsMessage = (body: Buffer) => WmsReading;

export type WmsReading =
  | { readonly outcome: 'FACTS'; readonly facts: readonly WmsFact[] }
  | {
      readonly outcome: 'REFUSED';
      readonly reason: 'BODY_NOT_READABLE' | 'CONTRACT_MISMATCH';
      readonly detail: string;
    };
