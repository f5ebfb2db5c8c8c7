import type { Instant } from './time.js';

/** The buckets of a position. Each change of one is a movement, and the sum of its movements is the bucket. */
export const STOCK_BUCKETS = [
  'onHand',
  /** On-hand claimed by orders and soft reservations. */
  'reserved',
  'qualityHold',
  'safetyStock',
  /** Buffer for inaccurate counts. */
  'threshold',
  /** Announced from outside: ASN, purchase order, transfer not shipped yet. */
  'incoming',
  /** On the way from an own node. */
  'inTransit',
  /** Claimed, and not found by the last count. */
  'missing',
  /** Free, and held for the orders that wait for the item. */
  'earmarked',
] as const;

export type StockBucket = (typeof STOCK_BUCKETS)[number];

/** Item × node: the lockable row. Quantities are integers of the item's base unit, never negative. */
export type Position = { readonly [Bucket in StockBucket]: number } & {
  readonly sku: string;
  readonly node: string;
  /** As-of time of the last count that was taken: what happened before it is in it. */
  readonly countedAt: Instant | null;
};

export function emptyPosition(sku: string, node: string): Position {
  return {
    sku,
    node,
    onHand: 0,
    reserved: 0,
    qualityHold: 0,
    safetyStock: 0,
    threshold: 0,
    incoming: 0,
    inTransit: 0,
    missing: 0,
    earmarked: 0,
    countedAt: null,
  };
}

export type MovementReason =
  | 'RECEIPT'
  | 'COUNT'
  /** It was in the count already. */
  | 'IN_COUNT'
  | 'ADJUSTMENT'
  | 'SALE'
  | 'RETURN'
  | 'DAMAGE'
  | 'LOSS'
  | 'FOUND'
  | 'QUALITY_HOLD'
  | 'QUALITY_RELEASE'
  | 'EXPIRED'
  | 'SAFETY_STOCK'
  | 'THRESHOLD'
  | 'ANNOUNCED'
  | 'ANNOUNCEMENT_CANCELLED'
  | 'TRANSFER_OUT'
  | 'TRANSFER_IN'
  | 'RESERVE'
  | 'UNRESERVE'
  | 'SOFT_RESERVE'
  | 'SOFT_RELEASE'
  /** A soft reservation became the order's own. */
  | 'FIRM'
  | 'SHIP'
  | 'SHORT_PICK'
  | 'EARMARK'
  | 'EARMARK_END';

/** One append-only change of one bucket of a position, and of one lot where the item is tracked by lot. */
export interface Movement {
  readonly sku: string;
  readonly node: string;
  readonly bucket: StockBucket;
  readonly delta: number;
  readonly reason: MovementReason;
  readonly lot?: string;
}

/** Units of one lot at a node. `onHand` of all lots together never exceeds the position's; the rest has no known lot. */
export interface Lot {
  readonly sku: string;
  readonly node: string;
  readonly lot: string;
  /** The last day of its life, `YYYY-MM-DD`; null does not expire. */
  readonly expiresOn: string | null;
  readonly onHand: number;
  readonly reserved: number;
  readonly qualityHold: number;
}

export type NodeKind = 'DC' | 'STORE' | 'THIRD_PARTY' | 'DROP_SHIPPER';

export interface StockNode {
  readonly id: string;
  readonly name: string;
  /** Lower is preferred. */
  readonly priority: number;
  readonly active: boolean;
  readonly kind: NodeKind;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** Degrees, WGS 84. */
  readonly latitude?: number;
  readonly longitude?: number;
  /** IANA name: the node's days and its cut-off are local. */
  readonly timeZone: string;
  /** `HH:MM`: what is given to the node later leaves on its next working day. */
  readonly cutOff?: string;
  /** ISO days, 1 is Monday. */
  readonly workingDays: readonly number[];
  /** Units that the node takes in one of its local days; absent is no limit. */
  readonly unitsPerDay?: number;
  readonly shippingCostMinor?: number;
  /** A store that ships orders. */
  readonly shipsFromStore: boolean;
  readonly clickAndCollect: boolean;
}

/** A node with what is given, and the rest as a plain distribution centre has it. */
export function stockNode(given: Pick<StockNode, 'id'> & Partial<StockNode>): StockNode {
  return {
    name: given.id,
    priority: 100,
    active: true,
    kind: 'DC',
    timeZone: 'UTC',
    workingDays: [1, 2, 3, 4, 5, 6, 7],
    shipsFromStore: false,
    clickAndCollect: false,
    ...given,
  };
}

export type SupplyKind = 'ASN' | 'PURCHASE_ORDER' | 'TRANSFER';

interface StockFactHead {
  /** Business id of the fact: `<source>/<document>`; the same id twice changes nothing. */
  readonly id: string;
  readonly source: string;
  readonly sku: string;
  readonly node: string;
  /** The source's gap-free counter per node, where it has one. */
  readonly sequence?: number;
  /** Unit of the quantity; absent is the item's base unit. */
  readonly unit?: string;
  readonly lot?: string;
  /** Of the lot, `YYYY-MM-DD`. */
  readonly expiresOn?: string;
  readonly serials?: readonly string[];
  /** As-of time. A count is what was there then. */
  readonly occurredAt: Instant;
}

/** What a source outside tells of a position. Quantities are whole numbers of `unit`. */
export type StockFact = StockFactHead &
  (
    | { readonly kind: 'RECEIVED'; readonly quantity: number; readonly document?: string }
    /** Units physically there, all lots together or of one lot; with `qualityHold`, so many of them on hold. */
    | { readonly kind: 'COUNTED'; readonly quantity: number; readonly qualityHold?: number }
    /** Signed, never zero. */
    | { readonly kind: 'ADJUSTED'; readonly quantity: number; readonly reason: AdjustmentReason }
    | { readonly kind: 'HELD' | 'HOLD_LIFTED'; readonly quantity: number }
    /** Absolute levels. */
    | { readonly kind: 'SAFETY_STOCK_SET' | 'THRESHOLD_SET'; readonly quantity: number }
    /** Units that are to come; the same document again replaces what it said. */
    | {
        readonly kind: 'ANNOUNCED';
        readonly supply: SupplyKind;
        readonly document: string;
        readonly quantity: number;
        readonly expectedAt: Instant;
        /** Transfers: where they come from. */
        readonly fromNode?: string;
      }
    /** So many units will not come; without a quantity, none of those that are still expected. */
    | { readonly kind: 'ANNOUNCEMENT_CANCELLED'; readonly document: string; readonly quantity?: number }
    /** `node` is where they left. */
    | {
        readonly kind: 'TRANSFER_SHIPPED';
        readonly document: string;
        readonly quantity: number;
        readonly toNode: string;
        readonly expectedAt?: Instant;
      }
    /** `node` is where they arrived. */
    | { readonly kind: 'TRANSFER_RECEIVED'; readonly document: string; readonly quantity: number }
  );

export type StockFactKind = StockFact['kind'];

export const ADJUSTMENT_REASONS = ['ADJUSTMENT', 'SALE', 'RETURN', 'DAMAGE', 'LOSS', 'FOUND'] as const;

export type AdjustmentReason = (typeof ADJUSTMENT_REASONS)[number];

/**
 * Units that nobody holds, before earmarks: on-hand − reserved − missing − quality hold − safety stock − threshold,
 * never below zero.
 */
export function freeUnits(position: Position): number {
  const { onHand, reserved, missing, qualityHold, safetyStock, threshold } = position;
  return Math.max(0, onHand - reserved - missing - qualityHold - safetyStock - threshold);
}

/** Available-to-promise of one position to someone new: what is free and not held for orders that wait. */
export function availableToPromise(position: Position): number {
  return Math.max(0, freeUnits(position) - position.earmarked);
}

/** Units that may be sold at all, claimed or not: what shares are a part of. */
export function sellableUnits(position: Position): number {
  const { onHand, missing, qualityHold, safetyStock, threshold } = position;
  return Math.max(0, onHand - missing - qualityHold - safetyStock - threshold);
}
