import type { MovementReason } from '../../generated/graphql.js';

/** What people look for in a ledger. */
export const MOVEMENT_KINDS = {
  counts: 'Counts and corrections',
  arrivals: 'Receipts and returns',
  transfers: 'Transfers',
  claims: 'Reservations',
  departures: 'Shipped and sold',
  quality: 'Quality and expiry',
  buffers: 'Safety stock and threshold',
} as const;

type MovementKind = keyof typeof MOVEMENT_KINDS;

const KIND_OF: Readonly<Record<MovementReason, MovementKind>> = {
  COUNT: 'counts',
  IN_COUNT: 'counts',
  ADJUSTMENT: 'counts',
  DAMAGE: 'counts',
  LOSS: 'counts',
  FOUND: 'counts',
  SHORT_PICK: 'counts',
  RECEIPT: 'arrivals',
  RETURN: 'arrivals',
  ANNOUNCED: 'arrivals',
  ANNOUNCEMENT_CANCELLED: 'arrivals',
  TRANSFER_OUT: 'transfers',
  TRANSFER_IN: 'transfers',
  RESERVE: 'claims',
  UNRESERVE: 'claims',
  SOFT_RESERVE: 'claims',
  SOFT_RELEASE: 'claims',
  FIRM: 'claims',
  EARMARK: 'claims',
  EARMARK_END: 'claims',
  SHIP: 'departures',
  SALE: 'departures',
  QUALITY_HOLD: 'quality',
  QUALITY_RELEASE: 'quality',
  EXPIRED: 'quality',
  SAFETY_STOCK: 'buffers',
  THRESHOLD: 'buffers',
};

/** The reasons of a kind; null, which narrows nothing, for what is none. */
export function reasonsOf(kind: string): MovementReason[] | null {
  const reasons = (Object.keys(KIND_OF) as MovementReason[]).filter((reason) => KIND_OF[reason] === kind);
  return reasons.length === 0 ? null : reasons;
}
