import type { Tier } from './task.js';

/** What tells that a process cannot keep up. */
export interface PressureSignals {
  /** How full the commit queue is that is fullest, from 0 to 1. */
  readonly commitLoad: number;
  /** How long the task of each tier waits that waits longest and could run, in milliseconds. */
  readonly oldestMs: ReadonlyMap<Tier, number>;
}

interface Bound {
  /** Tiers after this one wait. */
  readonly protects: Tier;
  readonly what: string;
  readonly enter: number;
  /** Well below `enter`: what is just at the bound does not stop and start. */
  readonly leave: number;
  readonly unit: string;
  readonly value: (signals: PressureSignals) => number;
}

const SECOND = 1_000;

const ageOf =
  (tier: Tier) =>
  ({ oldestMs }: PressureSignals): number =>
    (oldestMs.get(tier) ?? 0) / SECOND;

/** When lower tiers wait for higher ones. */
export const PRESSURE_BOUNDS: readonly Bound[] = [
  {
    protects: 1,
    what: 'the commit queue is full to',
    enter: 50,
    leave: 20,
    unit: '%',
    value: ({ commitLoad }) => Math.round(commitLoad * 100),
  },
  { protects: 2, what: 'tasks of tier 2 wait for', enter: 30, leave: 5, unit: 's', value: ageOf(2) },
  { protects: 3, what: 'tasks of tier 3 wait for', enter: 300, leave: 60, unit: 's', value: ageOf(3) },
];

/** Lower tiers wait so long at once; then they get a turn, pressure or not. */
export const HELD_MS_MAX = 60_000;
export const TURN_MS = 15_000;

export interface PressureState {
  /** Bounds that were passed and not left again, by what they protect. */
  readonly passed: ReadonlySet<Tier>;
  /** Why each of them is: with the value when it was last looked at. */
  readonly reasons: ReadonlyMap<Tier, string>;
  /** Since when something waits, in milliseconds; absent when nothing does. */
  readonly since?: number;
  /** Until then nothing waits. */
  readonly turnUntil: number;
}

export const NO_PRESSURE: PressureState = { passed: new Set(), reasons: new Map(), turnUntil: 0 };

/** The state after a look at the signals. Pure. */
export function nextPressure(state: PressureState, signals: PressureSignals, now: number): PressureState {
  const passed = PRESSURE_BOUNDS.filter((bound) => {
    const value = bound.value(signals);
    return value >= bound.enter || (state.passed.has(bound.protects) && value > bound.leave);
  });
  const found = {
    passed: new Set(passed.map((bound) => bound.protects)),
    reasons: new Map(
      passed.map((bound) => [bound.protects, `${bound.what} ${Math.round(bound.value(signals))} ${bound.unit}`]),
    ),
  };
  if (passed.length === 0 || now < state.turnUntil) return { ...found, turnUntil: state.turnUntil };
  const since = state.since ?? now;
  if (now - since >= HELD_MS_MAX) return { ...found, turnUntil: now + TURN_MS };
  return { ...found, since, turnUntil: state.turnUntil };
}

/** Why work of this tier waits; undefined where it may go on. */
export function waitsFor({ passed, reasons, since }: PressureState, tier: Tier): string | undefined {
  if (since === undefined) return undefined;
  const first = [...passed].toSorted((a, b) => a - b).find((protects) => tier > protects);
  return first === undefined ? undefined : `Waits for more urgent work: ${reasons.get(first) ?? ''}`;
}

/** The pressure on this process, as it was last looked at. */
export class Pressure {
  private state = NO_PRESSURE;

  look(signals: PressureSignals, now = Date.now()): void {
    this.state = nextPressure(this.state, signals, now);
  }

  waitsFor(tier: Tier): string | undefined {
    return waitsFor(this.state, tier);
  }

  /** A sweep of this tier that does nothing while it has to wait. */
  unlessHeld(tier: Tier, sweep: () => Promise<boolean>): () => Promise<boolean> {
    return () => (this.waitsFor(tier) === undefined ? sweep() : Promise.resolve(false));
  }
}
