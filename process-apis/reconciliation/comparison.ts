import type { Drift } from './drift.types.js';

/** A key whose quantities differ. */
export type Difference = Pick<Drift, 'key' | 'ours' | 'theirs'>;

/** What the run before found of a key. */
export interface EarlierDrift extends Drift {
  /** How long ago that run began, in milliseconds. */
  readonly ageMs: number;
}

/** What a run found. */
export interface Comparison {
  readonly tally: Tally;
  readonly drifts: readonly Drift[];
}

/** Counts what was compared. */
export class Tally {
  compared = 0;
  unitsCompared = 0;

  add(ours: number, theirs: number | null): void {
    this.compared += 1;
    this.unitsCompared += Math.max(Math.abs(ours), Math.abs(theirs ?? 0), unitsOff({ ours, theirs }));
  }
}

/** By how much the other side has more, below zero less; what it does not know it has none of. */
export function deltaOf({ ours, theirs }: Pick<Difference, 'ours' | 'theirs'>): number {
  return (theirs ?? 0) - ours;
}

export function unitsOff(difference: Pick<Difference, 'ours' | 'theirs'>): number {
  return Math.abs(deltaOf(difference));
}

/** Whether the difference is the one of the run before. */
export function isSame(difference: Difference, earlier: EarlierDrift | undefined): boolean {
  return (
    earlier !== undefined &&
    deltaOf(earlier) === deltaOf(difference) &&
    (earlier.theirs === null) === (difference.theirs === null)
  );
}
