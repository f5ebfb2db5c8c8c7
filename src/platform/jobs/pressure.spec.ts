import { describe, expect, it } from 'vitest';
import {
  HELD_MS_MAX,
  nextPressure,
  NO_PRESSURE,
  Pressure,
  TURN_MS,
  waitsFor,
  type PressureSignals,
} from './pressure.js';
import type { Tier } from './task.js';

const TIERS: readonly Tier[] = [1, 2, 3, 4];

function signals(commitLoad = 0, ages: Partial<Record<Tier, number>> = {}): PressureSignals {
  const oldestMs = new Map(Object.entries(ages).map(([tier, seconds]) => [Number(tier) as Tier, seconds * 1_000]));
  return { commitLoad, oldestMs };
}

/** The tiers that wait after looks at these signals, a second apart. */
function waiting(...looks: readonly PressureSignals[]): readonly Tier[] {
  const state = looks.reduce((before, look, second) => nextPressure(before, look, second * 1_000), NO_PRESSURE);
  return TIERS.filter((tier) => waitsFor(state, tier) !== undefined);
}

describe('pressure', () => {
  it('lets everything go on where nothing is late', () => {
    expect(waiting(signals(0.49, { 2: 29, 3: 299, 4: 90_000 }))).toEqual([]);
  });

  it('lets all but taking and reserving wait while the commit queue is deep', () => {
    expect(waiting(signals(0.5))).toEqual([2, 3, 4]);
  });

  it('lets what is lower wait for a tier that is late, and not the tier itself', () => {
    expect(waiting(signals(0, { 2: 30 }))).toEqual([3, 4]);
    expect(waiting(signals(0, { 3: 300 }))).toEqual([4]);
  });

  it('goes on only well below the bound', () => {
    expect(waiting(signals(0.5), signals(0.21))).toEqual([2, 3, 4]);
    expect(waiting(signals(0.5), signals(0.21), signals(0.2))).toEqual([]);
    expect(waiting(signals(0, { 2: 30 }), signals(0, { 2: 6 }))).toEqual([3, 4]);
    expect(waiting(signals(0, { 2: 30 }), signals(0, { 2: 5 }))).toEqual([]);
  });

  it('says why', () => {
    const state = nextPressure(NO_PRESSURE, signals(0.6, { 2: 40 }), 0);
    expect(waitsFor(state, 1)).toBeUndefined();
    expect(waitsFor(state, 4)).toBe('Waits for more urgent work: the commit queue is full to 60 %');
    expect(waitsFor(nextPressure(NO_PRESSURE, signals(0, { 2: 40 }), 0), 3)).toBe(
      'Waits for more urgent work: tasks of tier 2 wait for 40 s',
    );
  });

  it('gives everyone a turn in the long run', () => {
    let state = nextPressure(NO_PRESSURE, signals(1), 0);
    state = nextPressure(state, signals(1), HELD_MS_MAX - 1);
    expect(waitsFor(state, 4)).toBeDefined();
    state = nextPressure(state, signals(1), HELD_MS_MAX);
    expect(waitsFor(state, 4)).toBeUndefined();
    state = nextPressure(state, signals(1), HELD_MS_MAX + TURN_MS - 1);
    expect(waitsFor(state, 4)).toBeUndefined();
    state = nextPressure(state, signals(1), HELD_MS_MAX + TURN_MS);
    expect(waitsFor(state, 4)).toBeDefined();
  });

  it('keeps sweeps of lower tiers from running', async () => {
    const pressure = new Pressure();
    let runs = 0;
    const sweep = pressure.unlessHeld(4, () => Promise.resolve((runs += 1) > 0));
    expect(await sweep()).toBe(true);
    pressure.look(signals(1));
    expect(await sweep()).toBe(false);
    pressure.look(signals(0));
    expect(await sweep()).toBe(true);
    expect(runs).toBe(2);
  });
});
