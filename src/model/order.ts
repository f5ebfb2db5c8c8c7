import type { Charge } from './channel-order.js';
import type { HoldKind } from './hold-kind.js';
import type { Money } from './money.js';
import type { Instant } from './time.js';

/** Bounds of one order; more is refused at the edge. */
export const ORDER_LINES_MAX = 500;
export const LINE_QUANTITY_MAX = 1_000_000;

/**
 * Where the units of an order line are. The sum is always the quantity ordered.
 * A line never has one status: three of five units may be shipped while two wait for stock.
 */
export interface LineQuantities {
  /** Not yet claimed: the SKU is unknown or the stock is not there. */
  readonly open: number;
  readonly reserved: number;
  /** Handed to the warehouse. */
  readonly released: number;
  readonly picked: number;
  readonly packed: number;
  readonly shipped: number;
  readonly cancelled: number;
  /** Fulfilled by someone else at the channel; not our work. */
  readonly external: number;
}

export type LineState = keyof LineQuantities;

/** Base units of an item in one unit of a line. */
export interface Component {
  readonly sku: string;
  readonly quantity: number;
}

/** Base units of an item that an order lacks. */
export interface Shortage {
  readonly sku: string;
  readonly missing: number;
  /** It is not for sale before. */
  readonly releasedAt?: Instant;
}

/** Where an order goes, as far as sourcing needs to know; no personal data. */
export interface Destination {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly region?: string;
  /** Leading characters of the postal code, upper case, without spaces. */
  readonly postalZone?: string;
}

export interface OrderLine {
  readonly id: string;
  /** 1, 2, 3 … in the order's own order. */
  readonly number: number;
  readonly lineReference: string;
  readonly listingSku: string;
  /** Our item; null until the listing SKU is mapped. */
  readonly sku: string | null;
  /**
   * What one unit of the line consists of, as it was when the listing was mapped: a six-pack, a kit.
   * Absent: one base unit of `sku`.
   */
  readonly components?: readonly Component[];
  /** The item that was ordered, when another one ships instead. */
  readonly substitutedFor?: string;
  readonly title: string;
  readonly ordered: number;
  /** Units that the channel wanted when it last told of the line. Absent on orders of before: as many as ordered. */
  readonly told?: number;
  readonly quantities: LineQuantities;
  readonly unitPrice: Money;
  readonly charges: readonly Charge[];
  readonly gift?: { readonly wrap?: string; readonly hasMessage: boolean };
}

export type FulfillmentOrderStatus =
  /** Stock is reserved, the ERP has not confirmed yet. */
  | 'PLANNED'
  /** Being handed to the warehouse. */
  | 'RELEASE_REQUESTED'
  | 'RELEASED'
  | 'CANCEL_REQUESTED'
  | 'CANCELLED'
  /** The node said no: it is not asked again for this order. */
  | 'REJECTED'
  /** Nothing left to do for the node. */
  | 'CLOSED';

export interface FulfillmentOrderLine {
  readonly lineId: string;
  readonly sku: string;
  /** Units this node was asked for. */
  readonly quantity: number;
  /**
   * Units the node reported, each counted once per report. Reports may come out of order:
   * what is shipped has been packed, and what is packed has been picked, whether it was told or not.
   */
  readonly picked: number;
  readonly packed: number;
  readonly shipped: number;
  /** Units that will not come from this node: cancelled or short. */
  readonly dropped: number;
  /** Of the dropped ones: units that were not found. */
  readonly short?: number;
}

/** Why work is taken back from a node: what it was told is no longer right, or a person wants it elsewhere. */
export type RecallCause = 'ADDRESS' | 'SHIP_METHOD' | 'RE_SOURCE' | 'CONTENT_DIFFERS';

export interface FulfillmentOrder {
  readonly id: string;
  readonly number: number;
  readonly node: string;
  readonly status: FulfillmentOrderStatus;
  /** The warehouse's own id. */
  readonly wmsReference?: string;
  readonly lines: readonly FulfillmentOrderLine[];
  /** Claimed units whose lot is planned, first expired first. */
  readonly lots?: readonly { readonly sku: string; readonly lot: string; readonly quantity: number }[];
  /** The lots as the node was told them: a repeated release must say the same. */
  readonly releasedLots?: FulfillmentOrder['lots'];
  /** Why the node refused the work. */
  readonly refusal?: { readonly reason: string; readonly code?: string };
  /** The node refused, and a person lets it be asked again for this order. */
  readonly askAgain?: boolean;
  /** The work is taken back, and its units are sourced and released anew. `refused`: the node said too late, and why. */
  readonly recall?: {
    readonly because: RecallCause;
    readonly refused?: string;
    /** Another node is to do it, where one can. */
    readonly elsewhere?: boolean;
  };
  /** The carrier would not take a parcel of it, and why. */
  readonly carrierRefusal?: string;
}

export interface PackageItem {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly serials: readonly string[];
  /** Base units by lot, where the warehouse told them. */
  readonly lots?: readonly { readonly sku: string; readonly lot: string; readonly quantity: number }[];
}

export const TRACKING_STATUSES = ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED', 'FAILED', 'RETURNING'] as const;
/** `FAILED`: the carrier could not deliver, or lost it. `RETURNING`: it comes back. */
export type TrackingStatus = (typeof TRACKING_STATUSES)[number];

export interface Tracking {
  readonly status: TrackingStatus;
  readonly at: Instant;
  /** The carrier's own words. No personal data. */
  readonly detail?: string;
}

export interface Package {
  readonly id: string;
  /** The warehouse's id of the package, unique in the shipment. */
  readonly reference: string;
  /** Serial shipping container code, when labelled. */
  readonly sscc?: string;
  readonly carrier: string;
  readonly service?: string;
  readonly trackingNumber: string;
  readonly trackingUrl?: string;
  readonly items: readonly PackageItem[];
  /** The channel took the confirmation of this package at … */
  readonly channelConfirmedAt?: Instant;
  /** The channel's id of the confirmation, when it gives one. */
  readonly channelReference?: string;
  /** What the carrier last told of it. */
  readonly tracking?: Tracking;
  readonly deliveredAt?: Instant;
}

export interface Shipment {
  readonly id: string;
  /** The warehouse's shipment id. */
  readonly reference: string;
  readonly fulfillmentOrderId: string;
  readonly node: string;
  readonly shippedAt: Instant;
  readonly packages: readonly Package[];
  /** Units that left although the node had agreed to stop. */
  readonly late?: readonly { readonly lineId: string; readonly quantity: number }[];
  /** The ERP's delivery document, once goods issue is posted. */
  readonly deliveryDocument?: string;
  readonly goodsIssuedAt?: Instant;
  /** The ERP's billing document, once billed. */
  readonly invoice?: string;
}

export type ErpStatus =
  | 'NONE'
  | 'REQUESTED'
  | 'POSTED'
  | 'CONFIRMED'
  | 'REJECTED'
  /** Cancelled before anything was sent. */
  | 'NOT_NEEDED';

export interface ErpState {
  readonly status: ErpStatus;
  readonly salesOrder?: string;
  /** Why it was rejected. */
  readonly reason?: string;
  /** The adapter's word for why: `CREDIT_HOLD`, `UNKNOWN_ITEM`. */
  readonly code?: string;
  /** How often the sales order was requested; part of its idempotency key. */
  readonly attempt: number;
  /** ERP document item by order line id. */
  readonly items: Readonly<Record<string, string>>;
  /** Units that the ERP was asked to hold, by order line id. */
  readonly requested: Readonly<Record<string, number>>;
  /** Units that the ERP holds, as far as it has confirmed: behind `requested` while a reduction is under way. */
  readonly held: Readonly<Record<string, number>>;
}

export type OutsideSystem = 'CHANNEL' | 'ERP' | 'WMS' | 'CARRIER' | 'CATALOG' | 'STOCK' | 'PERSON';

/** While one stands, stock stays claimed and nothing more goes outside: no sales order, no release. */
export interface Hold {
  readonly id: string;
  readonly kind: HoldKind;
  /** A sentence. */
  readonly reason: string;
  /** `rule:<name>`, `operator:<subject>`, `channel`, `hub`. */
  readonly placedBy: string;
  readonly placedAt: Instant;
  readonly releasedAt?: Instant;
  readonly releasedBy?: string;
}

/** Why the last try of an outside call failed. */
export interface WaitFailure {
  /** The error taxonomy's kind: `transient`, `rejected` … (src/platform/outside/outside-error.ts). */
  readonly kind: string;
  /** The adapter's own reason where the other side named one: `UNKNOWN_ITEM`, `CREDIT_HOLD`. */
  readonly code?: string;
  /** It is not tried again by itself. */
  readonly final: boolean;
  readonly at: Instant;
}

/** What the order waits for, in words that a person can act on. */
export interface Wait {
  /** Names the wait, so that the same wait is told once: `STOCK:SKU-1`, `ERP:CONFIRMATION`. */
  readonly key: string;
  readonly system: OutsideSystem;
  readonly since: Instant;
  /** A sentence: what is awaited and why. */
  readonly reason: string;
  /** The last failed try, when there was one. */
  readonly lastError?: string;
  readonly failure?: WaitFailure;
  /** It takes longer than its SLA clock allows, since … */
  readonly overdueSince?: Instant;
  /** It was last asked for again after it had failed for good, or nothing worked on it. */
  readonly retriedAt?: Instant;
  /** Its times by the installation's own SLA clock; absent where the hub's standard one runs. */
  readonly clock?: WaitClock;
}

/** The times of a wait, by the clock that was in force at `from`: when the wait began, or was asked for again. */
export interface WaitClock {
  readonly from: Instant;
  readonly warnAt: Instant;
  readonly dueAt: Instant;
}

export interface Refund {
  readonly id: string;
  readonly reference: string;
  readonly issuedAt: Instant;
  readonly amount: Money;
}

/** The buyer's wish to send units back, as the channel told it. */
export interface AnnouncedReturn {
  readonly reference: string;
  readonly announcedAt: Instant;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
}

export interface Order {
  readonly id: string;
  /** Grows by one with each commit that changes the order. */
  readonly version: number;
  readonly channel: string;
  readonly reference: string;
  readonly displayReference?: string;
  readonly channelVersion: Instant;
  readonly placedAt: Instant;
  readonly currency: string;
  readonly shipMethod?: string;
  /** The channel's word for it, where a person corrected it. */
  readonly shipMethodTold?: string;
  readonly shipBy?: Instant;
  readonly deliverBy?: Instant;
  readonly destination?: Destination;
  /** Click-and-collect: the node where the buyer fetches it. */
  readonly collectAt?: string;
  /** Waiting orders of a lower tier are served first. */
  readonly tier: number;
  readonly lines: readonly OrderLine[];
  readonly charges: readonly Charge[];
  readonly grandTotal?: Money;
  readonly attributes: Readonly<Record<string, string>>;
  readonly fulfillmentOrders: readonly FulfillmentOrder[];
  readonly shipments: readonly Shipment[];
  readonly erp: ErpState;
  readonly refunds: readonly Refund[];
  /** Absent on orders of before: none. */
  readonly returns?: readonly AnnouncedReturn[];
  /** Absent on orders of before: none. Read through `standingHolds` and `holdsOf`. */
  readonly holds?: readonly Hold[];
  /** Units that the channel or a person asked to cancel and that are still with the warehouse, by line id. */
  readonly cancelling: Readonly<Record<string, number>>;
  /** The channel itself has cancelled units: its buyer does not expect them. */
  readonly cancelledByChannel?: boolean;
  /** Units that the channel has cancelled and that ship all the same, by line id. */
  readonly notCancelled?: Readonly<Record<string, number>>;
  /** What was short at the last try to claim; empty when nothing waits for stock. */
  readonly shortages: readonly Shortage[];
  readonly waits: readonly Wait[];
  readonly completedAt?: Instant;
}

/** All holds of the order, also those of before. */
export function holdsOf(order: Pick<Order, 'holds'>): readonly Hold[] {
  return order.holds ?? [];
}

export function standingHolds(order: Pick<Order, 'holds'>): readonly Hold[] {
  return holdsOf(order).filter((hold) => hold.releasedAt === undefined);
}

/** What one unit of the line takes from stock. Empty while the item is unknown. */
export function componentsOf(line: Pick<OrderLine, 'sku' | 'components'>): readonly Component[] {
  return line.components ?? (line.sku === null ? [] : [{ sku: line.sku, quantity: 1 }]);
}

export type OrderStatus =
  /** Accepted, nothing claimed yet. */
  | 'OPEN'
  /** Some units are claimed, some wait. */
  | 'BACKORDERED'
  | 'RESERVED'
  /** At least one unit is with a warehouse. */
  | 'IN_FULFILLMENT'
  | 'PARTIALLY_SHIPPED'
  | 'SHIPPED'
  | 'CANCELLED';

/** The order's status follows from its line quantities, and from nothing else. Nobody sets it. */
export function orderStatus(order: Pick<Order, 'lines'>): OrderStatus {
  const sum = sumQuantities(order.lines.map((line) => line.quantities));
  const active = sum.open + sum.reserved + sum.released + sum.picked + sum.packed;
  const done = sum.shipped + sum.external;
  if (active === 0) return done > 0 ? 'SHIPPED' : 'CANCELLED';
  if (done > 0) return 'PARTIALLY_SHIPPED';
  if (sum.released + sum.picked + sum.packed > 0) return 'IN_FULFILLMENT';
  if (sum.open === 0) return 'RESERVED';
  return sum.reserved > 0 ? 'BACKORDERED' : 'OPEN';
}

export const NO_QUANTITIES: LineQuantities = {
  open: 0,
  reserved: 0,
  released: 0,
  picked: 0,
  packed: 0,
  shipped: 0,
  cancelled: 0,
  external: 0,
};

export const LINE_STATES = Object.keys(NO_QUANTITIES) as readonly LineState[];

export function sumQuantities(all: readonly LineQuantities[]): LineQuantities {
  const sum: Record<LineState, number> = { ...NO_QUANTITIES };
  for (const quantities of all) for (const state of LINE_STATES) sum[state] += quantities[state];
  return sum;
}

/** Moves units between states of a line; a move that would leave a state negative is a broken invariant and throws. */
export function moveQuantity(line: OrderLine, from: LineState, to: LineState, units: number): OrderLine {
  if (units === 0) return line;
  const left = line.quantities[from] - units;
  if (!Number.isSafeInteger(units) || units < 0 || left < 0)
    throw new RangeError(`line ${line.id}: cannot move ${units} from ${from} (${line.quantities[from]}) to ${to}`);
  return { ...line, quantities: { ...line.quantities, [from]: left, [to]: line.quantities[to] + units } };
}
