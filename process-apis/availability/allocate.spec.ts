import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { availableToPromise, type Position, type StockNode } from '../../src/model/stock.js';
import { allocate, type Demand, type StockView } from './allocate.js';

const NODES: readonly StockNode[] = ['N1', 'N2', 'N3'].map((id, index) => ({
  id,
  name: id,
  priority: index,
  active: true,
}));

function position(sku: string, node: string, onHand: number, given: Partial<Position> = {}): Position {
  return { sku, node, onHand, reserved: 0, qualityHold: 0, safetyStock: 0, incoming: 0, ...given };
}

function viewOf(positions: readonly Position[]): StockView {
  return { position: (sku, node) => positions.find((known) => known.sku === sku && known.node === node) };
}

function demand(lineId: string, sku: string, quantity: number): Demand {
  return { lineId, sku, quantity };
}

describe('allocation', () => {
  it('prefers one node that can serve everything to a better one that cannot', () => {
    const stock = viewOf([position('A', 'N1', 5), position('A', 'N2', 5), position('B', 'N2', 5)]);
    const result = allocate([demand('1', 'A', 2), demand('2', 'B', 1)], stock, NODES);
    expect(result).toEqual({
      outcome: 'ALLOCATED',
      allocations: [
        { ...demand('1', 'A', 2), node: 'N2' },
        { ...demand('2', 'B', 1), node: 'N2' },
      ],
    });
  });

  it('prefers the node of the lowest priority number, then of the lowest id', () => {
    const stock = viewOf([position('A', 'N1', 5), position('A', 'N2', 5)]);
    const nodes = NODES.map((node) => ({ ...node, priority: node.id === 'N3' ? 9 : 1 })).toReversed();
    expect(allocate([demand('1', 'A', 1)], stock, nodes)).toMatchObject({ allocations: [{ node: 'N1' }] });
  });

  it('splits a line over nodes in their order when none has it all', () => {
    const stock = viewOf([position('A', 'N1', 2), position('A', 'N2', 2), position('A', 'N3', 2)]);
    expect(allocate([demand('1', 'A', 5)], stock, NODES)).toMatchObject({
      allocations: [
        { node: 'N1', quantity: 2 },
        { node: 'N2', quantity: 2 },
        { node: 'N3', quantity: 1 },
      ],
    });
  });

  it('claims nothing when a unit is missing, and says of what', () => {
    const stock = viewOf([position('A', 'N1', 9), position('B', 'N1', 1)]);
    const result = allocate([demand('1', 'A', 2), demand('2', 'B', 2), demand('3', 'B', 1)], stock, NODES);
    expect(result).toEqual({ outcome: 'SHORT', shortages: [{ sku: 'B', missing: 2 }] });
  });

  it('does not promise one unit to two lines of the same item', () => {
    const stock = viewOf([position('A', 'N1', 3)]);
    expect(allocate([demand('1', 'A', 2), demand('2', 'A', 2)], stock, NODES)).toMatchObject({ outcome: 'SHORT' });
    expect(allocate([demand('1', 'A', 2), demand('2', 'A', 1)], stock, NODES)).toMatchObject({ outcome: 'ALLOCATED' });
  });

  it('leaves out excluded and inactive nodes', () => {
    const stock = viewOf([position('A', 'N1', 9), position('A', 'N2', 9), position('A', 'N3', 9)]);
    const nodes = NODES.map((node) => ({ ...node, active: node.id !== 'N2' }));
    const result = allocate([demand('1', 'A', 1)], stock, nodes, new Set(['N1']));
    expect(result).toMatchObject({ allocations: [{ node: 'N3' }] });
  });

  it.each(['reserved', 'qualityHold', 'safetyStock'] as const)('does not touch %s units', (bucket) => {
    const stock = viewOf([position('A', 'N1', 5, { [bucket]: 4 })]);
    expect(allocate([demand('1', 'A', 2)], stock, NODES)).toEqual({
      outcome: 'SHORT',
      shortages: [{ sku: 'A', missing: 1 }],
    });
  });

  it('does not promise what is incoming', () => {
    const stock = viewOf([position('A', 'N1', 0, { incoming: 9 })]);
    expect(allocate([demand('1', 'A', 1)], stock, NODES)).toMatchObject({ outcome: 'SHORT' });
  });

  const positions = fc.array(
    fc.record({
      sku: fc.constantFrom('A', 'B', 'C'),
      node: fc.constantFrom('N1', 'N2', 'N3'),
      onHand: fc.nat(9),
      reserved: fc.nat(9),
      qualityHold: fc.nat(2),
      safetyStock: fc.nat(2),
      incoming: fc.nat(9),
    }),
    { maxLength: 9 },
  );
  const demands = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.integer({ min: 1, max: 8 })), {
    minLength: 1,
    maxLength: 6,
  });

  it('gives exactly what is asked, never more than is there, and is short only when stock is', () => {
    const property = fc.property(positions, demands, (held, asked) => {
      const stock = viewOf(held);
      const lines = asked.map(([sku, quantity], index) => demand(String(index), sku, quantity));
      const result = allocate(lines, stock, NODES);
      const availableOf = (sku: string): number =>
        sum(
          NODES.map(({ id }) => stock.position(sku, id)).map((at) => (at === undefined ? 0 : availableToPromise(at))),
        );
      const askedOf = (sku: string): number =>
        sum(lines.filter((line) => line.sku === sku).map((line) => line.quantity));
      const missing = ['A', 'B', 'C'].filter((sku) => askedOf(sku) > availableOf(sku));

      if (result.outcome === 'SHORT')
        return missing.length > 0 && result.shortages.every(({ sku }) => missing.includes(sku));
      const whole = lines.every(
        (line) =>
          sum(result.allocations.filter((a) => a.lineId === line.lineId).map((a) => a.quantity)) === line.quantity,
      );
      const within = result.allocations.every(({ sku, node }) => {
        const at = stock.position(sku, node);
        const taken = sum(result.allocations.filter((a) => a.sku === sku && a.node === node).map((a) => a.quantity));
        return at !== undefined && taken <= availableToPromise(at);
      });
      return missing.length === 0 && whole && within;
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 1_000 }))).toBeUndefined();
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
