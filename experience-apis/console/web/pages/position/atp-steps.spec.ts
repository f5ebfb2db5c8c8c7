import { describe, expect, it } from 'vitest';
import { atpSteps } from './atp-steps.js';

const STOCK = {
  onHand: 20,
  reserved: 5,
  missing: 1,
  qualityHold: 2,
  safetyStock: 3,
  threshold: 1,
  earmarked: 2,
  incoming: 50,
  inTransit: 7,
  atp: 6,
};

describe('atpSteps', () => {
  it('goes from on-hand to ATP, and the last deduction ends at it', () => {
    const steps = atpSteps(STOCK);
    expect(steps.map(({ value }) => value)).toEqual([20, 15, 14, 12, 9, 8, 6, 6]);
    expect(steps.at(0)?.kind).toBe('start');
    expect(steps.at(-1)).toMatchObject({ kind: 'end', value: 6 });
  });

  it('stops at zero where more is held back than is there', () => {
    const steps = atpSteps({ ...STOCK, onHand: 8, atp: 0 });
    expect(steps.map(({ value }) => value)).toEqual([8, 3, 2, 0, 0, 0, 0, 0]);
  });
});
