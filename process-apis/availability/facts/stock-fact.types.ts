import type { StockEvent } from '../../../src/model/events.js';
import type { Movement, StockBucket } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import type { BucketOwnership } from './bucket-ownership.js';
import type { Supply, SupplyBook } from './supply.js';

export type StockRefusalCode =
  | 'UNKNOWN_ITEM'
  | 'UNKNOWN_NODE'
  | 'UNKNOWN_UNIT'
  | 'UNKNOWN_DOCUMENT'
  | 'NOT_A_WHOLE_NUMBER'
  | 'NEGATIVE'
  | 'ZERO'
  | 'TOO_MANY'
  | 'MORE_THAN_THERE'
  | 'IN_THE_FUTURE'
  | 'NOT_A_DATE'
  | 'NOT_OWNER'
  | 'LOT_REQUIRED'
  | 'LOT_NOT_TRACKED'
  | 'SERIALS_DIFFER'
  | 'KIT_HAS_NO_STOCK';

/** Why a fact is not taken, and how to mend it. It may be sent again under the same id. */
export interface StockRefusal {
  readonly result: 'REFUSED';
  readonly code: StockRefusalCode;
  readonly detail: string;
  /** JSON Pointer into the fact. */
  readonly pointer: string;
}

/** What became of one fact. */
export type StockOutcome =
  | { readonly result: 'TAKEN' }
  /** It was taken before. */
  | { readonly result: 'DUPLICATE' }
  /** It happened before what is known absolutely (a count, a level, an announcement), and is in it. */
  | { readonly result: 'OLDER_THAN_COUNT' }
  | StockRefusal;

/** An item, as far as stock facts need to know it. */
export interface StockItem {
  readonly sku: string;
  readonly tracking: 'NONE' | 'LOT' | 'SERIAL';
  readonly isKit: boolean;
  /** Base units by unit, the base unit among them. */
  readonly factors: ReadonlyMap<string, number>;
}

/** As of when a bucket of a position, or of one lot of it, was last told whole. */
export interface StockLevel {
  readonly sku: string;
  readonly node: string;
  readonly bucket: StockBucket;
  /** Empty is the position. */
  readonly lot: string;
  readonly asOf: Instant;
}

/** Units that moved at a position after the as-of time of a count, by lot; counts themselves are not among them. */
export interface MovedUnits {
  readonly bucket: 'onHand' | 'qualityHold';
  /** Empty is no lot. */
  readonly lot: string;
  readonly units: number;
}

/** What a decision knows beside the stock. */
export interface FactContext {
  readonly now: Instant;
  readonly items: ReadonlyMap<string, StockItem>;
  readonly nodes: ReadonlySet<string>;
  readonly owners: BucketOwnership;
  readonly supplies: SupplyBook;
  levelAsOf(sku: string, node: string, bucket: StockBucket, lot: string): Instant | undefined;
  /** Of a count: what happened at its position after its as-of time. */
  movedSince(sku: string, node: string, asOf: Instant): readonly MovedUnits[];
}

/** What follows from a fact that is taken. */
export interface FactDecision {
  readonly result: 'TAKEN' | 'OLDER_THAN_COUNT';
  /** Absent when nothing follows. */
  readonly event?: StockEvent;
  readonly movements: readonly Movement[];
  /** The position was counted whole, as of then. */
  readonly countedAt?: Instant;
  readonly levels?: readonly StockLevel[];
  readonly supply?: Supply;
  readonly expiry?: { readonly lot: string; readonly expiresOn: string };
}
