import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Component } from '../../../src/model/order.js';
import { emptyPosition, stockNode, type Position } from '../../../src/model/stock.js';
import type { AllocationRule } from '../rules/allocation-rule.js';
import { capacityLeft } from '../book/node-day.js';
import { promise } from './promise.js';
import { listingUnits, sellable } from './sellable.js';
import { StockState } from '../book/stock-state.js';

const NOW = '2026-03-01T12:00:00.000Z';
const SKUS = ['A', 'B', 'C'] as const;
const NODES = ['N1', 'N2', 'N3'] as const;
const CHANNEL = 'shop';
/** More than all positions together hold. */
const EVERYTHING = 10_000;

const units = fc.nat({ max: 30 });

const position = (sku: string, node: string): fc.Arbitrary<Position> =>
  fc
    .record({ onHand: units, reserved: units, qualityHold: fc.nat({ max: 5 }), safetyStock: fc.nat({ max: 5 }) })
    .map((given) => ({ ...emptyPosition(sku, node), ...given, reserved: Math.min(given.reserved, given.onHand) }));

const positions = fc.tuple(...SKUS.flatMap((sku) => NODES.map((node) => position(sku, node))));

const rule: fc.Arbitrary<AllocationRule> = fc
  .record({
    kind: fc.constantFrom('SHARE', 'CAP', 'BUFFER', 'EXCLUSIVE'),
    channel: fc.constantFrom(CHANNEL, 'other'),
    sku: fc.constantFrom(...SKUS),
    amount: fc.nat({ max: 40 }),
  })
  .map(({ kind, channel, sku, amount }) => ({
    id: `${kind}-${channel}-${sku}`,
    name: kind,
    channel,
    sku,
    kind,
    mode: 'HARD' as const,
    updatedAt: NOW,
    ...(kind === 'SHARE' ? { percent: amount } : { units: amount }),
  }));

const components: fc.Arbitrary<readonly Component[]> = fc.uniqueArray(
  fc.record({ sku: fc.constantFrom(...SKUS), quantity: fc.integer({ min: 1, max: 6 }) }),
  { selector: ({ sku }) => sku, minLength: 1, maxLength: 3 },
);

const limits = fc.tuple(...NODES.map(() => fc.option(fc.nat({ max: 40 }), { nil: undefined })));

it('shows of any listing exactly what a claim of all of it would get', () => {
  fc.assert(
    fc.property(
      positions,
      fc.uniqueArray(rule, { selector: ({ id }) => id, maxLength: 6 }),
      components,
      limits,
      (given, rules, of, perDay) => {
        const stock = new StockState({ positions: given, rules: Map.groupBy(rules, ({ sku }) => sku ?? '') });
        const left = capacityLeft(
          NODES.map((id, index) => {
            const unitsPerDay = perDay[index];
            return stockNode({ id, ...(unitsPerDay === undefined ? {} : { unitsPerDay }) });
          }),
          stock,
        );
        const usable = { nodes: new Set<string>(NODES), capacityLeft: left };
        const shown = listingUnits(of, (sku) => sellable(sku, CHANNEL, usable, stock, NOW), left);
        const claimed = promise(
          {
            channel: CHANNEL,
            now: NOW,
            demands: [{ lineId: '0', quantity: EVERYTHING, components: of }],
            nodes: NODES,
            maxNodes: NODES.length,
            capacityLeft: left,
            entitled: false,
          },
          stock,
        );
        expect(shown).toBe(claimed.allocations.reduce((sum, { quantity }) => sum + quantity, 0));
      },
    ),
    { numRuns: 500 },
  );
});

it('makes no whole pack of halves at two nodes', () => {
  const stock = new StockState({
    positions: [
      { ...emptyPosition('A', 'N1'), onHand: 4 },
      { ...emptyPosition('A', 'N2'), onHand: 2 },
    ],
  });
  const usable = { nodes: new Set(['N1', 'N2']), capacityLeft: () => undefined };
  const ofSku = (sku: string) => sellable(sku, CHANNEL, usable, stock, NOW);
  expect(listingUnits([{ sku: 'A', quantity: 6 }], ofSku, usable.capacityLeft)).toBe(0);
  expect(listingUnits([{ sku: 'A', quantity: 2 }], ofSku, usable.capacityLeft)).toBe(3);
});
