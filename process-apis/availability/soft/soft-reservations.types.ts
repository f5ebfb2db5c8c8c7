import type { Destination, Shortage } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import type { ProblemDetail } from '../../../src/platform/http/problem.js';
import type { SoftKey, SoftKind, SoftLine, SoftStatus, StoredClaim } from './soft-reservation.sql.js';

export const SOFT_LINES_MAX = 100;
/** A week. */
export const SOFT_TTL_SECONDS_MAX = 604_800;

export interface SoftRequest extends SoftKey {
  readonly kind: SoftKind;
  /** 1 to SOFT_TTL_SECONDS_MAX. */
  readonly ttlSeconds: number;
  /** At most SOFT_LINES_MAX. */
  readonly lines: readonly SoftLine[];
  readonly destination?: Destination;
}

/** A soft reservation as its channel sees it. */
export interface SoftReservationView extends SoftKey {
  readonly id: string;
  readonly kind: SoftKind;
  readonly status: SoftStatus;
  readonly expiresAt: Instant;
  readonly lines: readonly SoftLine[];
  /** Where it is held; empty when it is not any more. */
  readonly claims: readonly StoredClaim[];
}

export type SoftOutcome =
  /** `repeated`: it was there already, with the same content. */
  | { readonly outcome: 'RESERVED'; readonly reservation: SoftReservationView; readonly repeated: boolean }
  /** Nothing is held: all or nothing. */
  | {
      readonly outcome: 'OUT_OF_STOCK';
      readonly missing: readonly { readonly line: number; readonly wanted: number; readonly missing: number }[];
      readonly shortages: readonly Shortage[];
    }
  /** The reference was used for other content. */
  | { readonly outcome: 'CONFLICT' }
  /** The reference was used, and what it held is released, expired or an order's own by now. */
  | { readonly outcome: 'ENDED'; readonly status: Exclude<SoftStatus, 'HELD'> }
  | { readonly outcome: 'UNKNOWN'; readonly errors: readonly ProblemDetail[] };

/** What came of releasing or extending; undefined where the channel has no such reservation. */
export type SoftChange = { readonly changed: boolean; readonly reservation: SoftReservationView } | undefined;
