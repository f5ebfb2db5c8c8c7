import type { Instant } from './time.js';

/** The buckets of a position that movements change. */
export type StockBucket = 'onHand' | 'reserved' | 'qualityHold' | 'safetyStock' | 'incoming';

/** Item × node: the lockable row. Quantities are integers of the item's base unit. */
export interface Position {
  readonly sku: string;
  readonly node: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly qualityHold: number;
  readonly safetyStock: number;
  readonly incoming: number;
}

export type MovementReason = 'RECEIPT' | 'COUNT' | 'RESERVE' | 'UNRESERVE' | 'SHIP' | 'SHORT_PICK' | 'SAFETY_STOCK';

/** One append-only change of one bucket of a position. */
export interface Movement {
  readonly sku: string;
  readonly node: string;
  readonly bucket: StockBucket;
  readonly delta: number;
  readonly reason: MovementReason;
}

export interface StockNode {
  readonly id: string;
  readonly name: string;
  /** Lower is preferred. */
  readonly priority: number;
  readonly active: boolean;
}

/** A stock fact from outside: units received, or a count at a time. */
export interface StockFact {
  /** Business id of the fact: `<source>:<document>`; the same id twice changes nothing. */
  readonly id: string;
  readonly source: string;
  readonly kind: 'RECEIVED' | 'COUNTED';
  readonly sku: string;
  readonly node: string;
  /** RECEIVED: units added. COUNTED: units physically there. */
  readonly quantity: number;
  readonly occurredAt: Instant;
}

/** Available-to-promise of one position: on-hand − reserved − quality hold − safety stock, never below zero. */
export function availableToPromise(position: Position): number {
  return Math.max(0, position.onHand - position.reserved - position.qualityHold - position.safetyStock);
}
