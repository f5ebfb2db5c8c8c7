import type { Address } from '../../src/model/channel-order.js';
import type { Money } from '../../src/model/money.js';
import type { Instant } from '../../src/model/time.js';

export const ERP_PORT = Symbol('ErpPort');

export interface SalesOrderLine {
  /** The hub's line id. */
  readonly lineId: string;
  /** 1, 2, 3 …; the adapter makes the ERP's item number of it. */
  readonly number: number;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  /** Total of the line as sold, after discounts, without tax. */
  readonly netAmount: Money;
  /** The nodes that will ship it, with units. */
  readonly allocations: readonly { readonly node: string; readonly quantity: number }[];
}

export interface PostSalesOrder {
  /** Stable over retries: the ERP must hold at most one sales order with it. */
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly channel: string;
  /** The channel's order id, for people who look the order up in the ERP. */
  readonly reference: string;
  readonly placedAt: Instant;
  readonly currency: string;
  readonly shipTo?: Address;
  readonly lines: readonly SalesOrderLine[];
  /** A first attempt may have had its effect: look for the key before creating. */
  readonly mayExist: boolean;
}

export interface PostedSalesOrder {
  readonly salesOrder: string;
  /** ERP item number by hub line id. */
  readonly items: Readonly<Record<string, string>>;
  /** What the ERP makes of the prices, without tax. Absent: it does not tell. */
  readonly netAmount?: Money;
}

/** The ERP decides after it took the document (credit check, plausibility). `code`: why, as the hub's own word: `CREDIT_HOLD`. */
export type SalesOrderDecision =
  | { readonly salesOrder: string; readonly state: 'PENDING' }
  | { readonly salesOrder: string; readonly state: 'CONFIRMED' }
  | { readonly salesOrder: string; readonly state: 'REJECTED'; readonly reason: string; readonly code?: string }
  | { readonly salesOrder: string; readonly state: 'MISSING' };

export interface CancelSalesOrderItems {
  readonly idempotencyKey: string;
  readonly salesOrder: string;
  /**
   * Units that each ERP item keeps; 0 cancels the item. Absolute, so that the same command twice, or late after a
   * newer one, changes nothing: an item's quantity only ever goes down.
   */
  readonly items: readonly { readonly item: string; readonly sku: string; readonly remaining: number }[];
  readonly reason: string;
}

export interface PostGoodsIssue {
  /** Stable over retries: the ERP must hold at most one delivery with it. */
  readonly idempotencyKey: string;
  readonly salesOrder: string;
  /** The warehouse's shipment id. */
  readonly shipmentReference: string;
  readonly shippedAt: Instant;
  readonly trackingNumbers: readonly string[];
  readonly items: readonly {
    readonly item: string;
    readonly sku: string;
    readonly node: string;
    readonly quantity: number;
    readonly serials: readonly string[];
  }[];
  readonly mayExist: boolean;
}

export interface BillingState {
  readonly deliveryDocument: string;
  /** The ERP's word that the delivery is billed: the invoice's number where the API shows it, else the delivery's own. */
  readonly invoice?: string;
}

/** An item whose stock is asked for, and the nodes where. */
export interface ErpStockQuery {
  readonly sku: string;
  readonly nodes: readonly string[];
}

/** An item at a node in the ERP's books. */
export interface ErpStock {
  readonly sku: string;
  readonly node: string;
  /** Units physically there, those on quality hold too. Below zero where the ERP lets its books go there. */
  readonly onHand: number;
  /** Units that are there and not sellable: in inspection, blocked, returned. */
  readonly qualityHold: number;
  /** Unit of measure of both, the item's base unit in the ERP's code. */
  readonly unit: string;
  /** All that the ERP had posted by then is in the quantities; something that it posted since may be. */
  readonly asOf: Instant;
}

/**
 * What the hub needs of an ERP. All methods throw OutsideError; `rejected` means that the ERP said no for a business reason.
 * Every write is safe to repeat with the same idempotency key.
 */
export interface ErpPort {
  /** The system's name in events, errors and screens: `sap-s4hana`. */
  readonly system: string;
  postSalesOrder(command: PostSalesOrder): Promise<PostedSalesOrder>;
  /** At most 50 sales orders at once. */
  readSalesOrders(salesOrders: readonly string[]): Promise<readonly SalesOrderDecision[]>;
  cancelSalesOrderItems(command: CancelSalesOrderItems): Promise<void>;
  postGoodsIssue(command: PostGoodsIssue): Promise<{ readonly deliveryDocument: string }>;
  /** At most 50 deliveries at once. */
  readBilling(deliveryDocuments: readonly string[]): Promise<readonly BillingState[]>;
  /**
   * At most ERP_STOCK_READ_MAX items at once. One answer for each item and node; 0 where the ERP has no stock. An item that
   * the ERP does not know is not in the answer. `contract`: a quantity is not a whole number of units; the message names the item.
   */
  readStock(items: readonly ErpStockQuery[]): Promise<readonly ErpStock[]>;
}

export const ERP_READ_MAX = 50;
export const ERP_STOCK_READ_MAX = 50;
