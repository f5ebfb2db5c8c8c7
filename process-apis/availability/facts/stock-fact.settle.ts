import type { Lot, Movement, MovementReason, Position, StockBucket } from '../../../src/model/stock.js';

/** What is known of a position now. Quantities are base units. */
export interface Findings {
  /** Units truly there, at least 0. */
  readonly there: number;
  /** Units on hold; absent: as before. */
  readonly held?: number;
  /** The one lot that this is about: its units now, and how many of them are on hold (absent: as before). */
  readonly lot?: { readonly lot: string; readonly onHand: number; readonly held?: number };
}

/**
 * Brings a position to what is truly there. Claims stay: on-hand never goes below them, and what a claim lacks is
 * `missing`. What is on hold is there, so no more is on hold than is there; and all lots together are no more than on-hand.
 */
export function settle(
  position: Position,
  lots: readonly Lot[],
  findings: Findings,
  reason: MovementReason,
): readonly Movement[] {
  const { sku, node } = position;
  const { there } = findings;
  const missing = Math.max(0, position.reserved - there);
  const onHand = there + missing;
  const changes = changedLots(lots, findings, onHand);
  const lotUnits = sumOf(changes, (change) => change.onHand);
  const lotHolds = sumOf(changes, (change) => change.held);
  const held = Math.min(there, findings.held ?? position.qualityHold + lotHolds);
  const move = (bucket: StockBucket, delta: number, lot?: string): Movement => ({
    sku,
    node,
    bucket,
    delta,
    reason,
    ...(lot === undefined ? {} : { lot }),
  });
  return [
    ...changes.flatMap((change) => [
      move('onHand', change.onHand, change.lot),
      move('qualityHold', change.held, change.lot),
    ]),
    move('onHand', onHand - position.onHand - lotUnits),
    move('missing', missing - position.missing),
    move('qualityHold', held - position.qualityHold - lotHolds),
  ].filter(({ delta }) => delta !== 0);
}

/** Units that are truly there, as far as is known. */
export function trulyThere({ onHand, missing }: Position): number {
  return onHand - missing;
}

/** Units there whose lot nobody knows. */
export function ofUnknownLot(position: Position, lots: readonly Lot[]): number {
  return Math.max(0, trulyThere(position) - sumOf(lots, ({ onHand }) => onHand));
}

interface LotChange {
  readonly lot: string;
  readonly onHand: number;
  readonly held: number;
}

/** The lot's own change, and what must leave other lots, the first to expire first, when fewer are there than the lots say. */
function changedLots(lots: readonly Lot[], { lot: own }: Findings, onHand: number): readonly LotChange[] {
  const others = lots.filter(({ lot }) => lot !== own?.lot);
  let tooMany = Math.max(0, sumOf(others, (lot) => lot.onHand) + (own?.onHand ?? 0) - onHand);
  const trimmed = others.flatMap((lot): readonly LotChange[] => {
    const units = Math.min(tooMany, lot.onHand);
    tooMany -= units;
    const left = lot.onHand - units;
    return units > 0 ? [{ lot: lot.lot, onHand: -units, held: Math.min(lot.qualityHold, left) - lot.qualityHold }] : [];
  });
  if (own === undefined) return trimmed;
  const before = lots.find(({ lot }) => lot === own.lot) ?? { onHand: 0, qualityHold: 0 };
  const held = Math.min(own.onHand, own.held ?? before.qualityHold);
  return [{ lot: own.lot, onHand: own.onHand - before.onHand, held: held - before.qualityHold }, ...trimmed];
}

function sumOf<T>(all: readonly T[], units: (one: T) => number): number {
  return all.reduce((sum, one) => sum + units(one), 0);
}
