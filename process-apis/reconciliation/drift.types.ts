import type { Instant } from '../../src/model/time.js';

export const DRIFT_SYSTEMS = ['WMS', 'ERP', 'CHANNEL'] as const;

/** Whose quantities are compared with the hub's. */
export type DriftSystem = (typeof DRIFT_SYSTEMS)[number];

export type DriftTrigger = 'SCHEDULE' | 'DEMAND' | 'GAP';

export interface DriftSubject {
  readonly system: DriftSystem;
  /** The node, or the channel account. */
  readonly subject: string;
}

/** One comparison of a node or channel with the hub. */
export interface DriftRun extends DriftSubject {
  readonly id: string;
  readonly trigger: DriftTrigger;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  /** Positions, or listings. */
  readonly compared: number;
  /** Those that agree, or differ only by what is on its way. */
  readonly equal: number;
  /** Of each position or listing the greater number: base units, or listing units. */
  readonly unitsCompared: number;
  /** By which the others differ. */
  readonly unitsOff: number;
  /** Why it came to no end; it is then no part of the accuracy. */
  readonly error: string | null;
}

/**
 * `IN_FLIGHT`: news of it is on its way. `MISSED_EVENT`: numbers are missing in what the source told. `CHANGED_OUTSIDE`:
 * changed there, and nobody told the hub. `UNKNOWN`: seen for the first time, or not comparable.
 */
export type DriftExplanation = 'IN_FLIGHT' | 'MISSED_EVENT' | 'CHANGED_OUTSIDE' | 'UNKNOWN';

/** `SNAPSHOT_ASKED`: another reading follows soon, to see whether the difference stays. `EXCEPTION`: a person decides. */
export type DriftHealing = 'NONE' | 'TOLD_AGAIN' | 'COUNT_TAKEN' | 'SNAPSHOT_ASKED' | 'EXCEPTION';

export interface Drift {
  /** The item, or the listing SKU. */
  readonly key: string;
  readonly ours: number;
  /** Null: the other side does not know it, or its quantity cannot be read. */
  readonly theirs: number | null;
  readonly explanation: DriftExplanation;
  /** A sentence. */
  readonly detail: string;
  readonly healing: DriftHealing;
}

/** Event of the stream type `drift`: a difference that a person must look at, told when it is first seen. */
export interface DriftExceeded extends Pick<Drift, 'key' | 'ours' | 'theirs' | 'explanation' | 'detail'>, DriftSubject {
  readonly type: 'DriftExceeded';
  readonly runId: string;
}

export interface AccuracyOfDay extends DriftSubject {
  /** UTC: `2026-11-21`. */
  readonly day: string;
  readonly runs: number;
  readonly compared: number;
  readonly equal: number;
  readonly unitsCompared: number;
  readonly unitsOff: number;
  /** Share of positions or listings that agree, 0 to 1. Null: nothing was compared. */
  readonly accuracy: number | null;
  /** Share of units that agree, 0 to 1. */
  readonly unitAccuracy: number | null;
}

/** What a channel shows. Null: the channel does not know the listing. */
export interface ShownQuantity {
  readonly listingSku: string;
  readonly quantity: number | null;
}

/** Reads what channels show. Registered by those who speak to channels; throws OutsideError. */
export interface ShownQuantities {
  /** Active channels that can be read. */
  channels(): Promise<readonly string[]>;
  /** Listings that a channel tells in one call. */
  readonly pageMax: number;
  read(
    channel: string,
    listings: readonly { readonly listingSku: string; readonly listingKeys: Readonly<Record<string, string>> }[],
  ): Promise<readonly ShownQuantity[]>;
}
