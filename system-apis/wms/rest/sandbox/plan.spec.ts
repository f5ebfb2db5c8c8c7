import { describe, expect, it } from 'vitest';
import { DEMO_VARIATION, planOf, total, type Plan } from './plan.js';

const lines = [
  { lineId: 'a', sku: 'A', quantity: 2 },
  { lineId: 'b', sku: 'B', quantity: 5 },
];
const NEVER = { partialShipments: 0, severalPackages: 0, shortPicks: 0, rejections: 0 };

/** Units by line over everything in the plan: all must be somewhere, once. */
function accounted({ short, shipments }: Plan): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { lineId, quantity } of [...short, ...shipments.flat(2)]) sums[lineId] = (sums[lineId] ?? 0) + quantity;
  return sums;
}

describe('plan of a release', () => {
  const ids = Array.from({ length: 2_000 }, (_, index) => `fo-${index}`);

  it('is the same each time', () => {
    expect(ids.map((id) => planOf(id, lines, DEMO_VARIATION))).toEqual(
      ids.map((id) => planOf(id, lines, DEMO_VARIATION)),
    );
  });

  it('accounts for each unit and has no empty package', () => {
    for (const id of ids) {
      const plan = planOf(id, lines, { ...DEMO_VARIATION, shortPicks: 0.5 });
      expect(accounted(plan)).toEqual({ a: 2, b: 5 });
      for (const box of plan.shipments.flat()) expect(total(box)).toBeGreaterThan(0);
    }
  });

  it('varies in about the asked shares', () => {
    const plans = ids.map((id) => planOf(id, lines, DEMO_VARIATION));
    const share = (is: (plan: Plan) => boolean): number => plans.filter(is).length / plans.length;
    expect(share(({ shipments }) => shipments.length === 2)).toBeCloseTo(0.15, 1);
    expect(share(({ shipments }) => (shipments[0]?.length ?? 0) > 1)).toBeCloseTo(0.25, 1);
    expect(share(({ short }) => short.length > 0)).toBe(0);
  });

  it('ships nothing when the only unit is not found', () => {
    const single = [{ lineId: 'a', sku: 'A', quantity: 1 }];
    expect(planOf('fo', single, { ...NEVER, shortPicks: 1 })).toEqual({
      short: [{ lineId: 'a', quantity: 1 }],
      shipments: [],
    });
    expect(planOf('fo', single, { ...NEVER, partialShipments: 1 }).shipments).toHaveLength(1);
  });
});
