import { expect, it } from 'vitest';
import { emptyPosition, stockNode } from '../../../src/model/stock.js';
import { DEFAULT_SOURCING_POLICY, type SourcingPolicy } from '../../sourcing/index.js';
import { dryRun, type DryRunRequest } from './dry-run.js';
import { StockState } from '../book/stock-state.js';

const NOW = '2026-03-01T12:00:00.000Z';

const NODES = [
  stockNode({ id: 'N1', priority: 1 }),
  stockNode({ id: 'N2', priority: 2 }),
  stockNode({ id: 'N3', priority: 3, unitsPerDay: 4 }),
  stockNode({ id: 'SHOP', priority: 4, kind: 'STORE', clickAndCollect: true }),
];

const STOCK = new StockState({
  positions: [
    { ...emptyPosition('A', 'N1'), onHand: 3 },
    { ...emptyPosition('A', 'N2'), onHand: 9 },
    { ...emptyPosition('B', 'N2'), onHand: 9 },
    { ...emptyPosition('A', 'N3'), onHand: 9 },
    { ...emptyPosition('B', 'N3'), onHand: 9 },
    { ...emptyPosition('A', 'SHOP'), onHand: 5 },
  ],
});

function run(more: Partial<DryRunRequest>, policy: Partial<SourcingPolicy> = {}) {
  const demands = [
    { lineId: '0', quantity: 5, components: [{ sku: 'A', quantity: 1 }] },
    { lineId: '1', quantity: 2, components: [{ sku: 'B', quantity: 1 }] },
  ];
  return dryRun(
    { channel: 'shop', method: 'SHIP', demands, ...more },
    {
      now: NOW,
      stock: STOCK,
      nodes: NODES,
      items: new Map(),
      policyOf: () => ({ shortage: 'WAIT', tier: 100, preOrder: false }),
      sourcingOf: () => ({ ...DEFAULT_SOURCING_POLICY, ...policy }),
    },
  );
}

it('says where an order would go, and of each other node why not', () => {
  const { allocations, missing, nodes, excluded } = run({});
  expect(allocations.map(({ lineId, node, quantity }) => `${lineId} ${node} ${quantity}`)).toEqual([
    '0 N2 5',
    '1 N2 2',
  ]);
  expect(missing).toEqual([]);
  expect(nodes).toEqual([
    {
      node: 'N1',
      rank: 1,
      because: ['priority 1'],
      chosen: false,
      whyNot: ['has 3 of 5 of A', 'has 0 of 2 of B'],
    },
    { node: 'N2', rank: 2, because: ['priority 2'], chosen: true, whyNot: [] },
    { node: 'N3', rank: 3, because: ['priority 3'], chosen: false, whyNot: ['takes 4 of 7 units today'] },
  ]);
  expect(excluded).toEqual([{ node: 'SHOP', code: 'NOT_SHIP_FROM_STORE', reason: 'the store SHOP does not ship' }]);
});

it('says what would be missing, and that the policy allows no more nodes', () => {
  const demands = [{ lineId: '0', quantity: 20, components: [{ sku: 'A', quantity: 1 }] }];
  const { missing, shortages, nodes } = run({ demands }, { maxNodes: 1 });
  expect(missing).toEqual([{ lineId: '0', quantity: 11 }]);
  expect(shortages.map(({ sku }) => sku)).toEqual(['A']);
  expect(nodes[0]?.whyNot).toEqual(['has 3 of 20 of A', 'the policy allows 1 nodes']);
});

it('looks at the node alone where the buyer collects', () => {
  const demands = [{ lineId: '0', quantity: 2, components: [{ sku: 'A', quantity: 1 }] }];
  const { allocations, excluded } = run({ demands, method: 'COLLECT', collectAt: 'SHOP' });
  expect(allocations).toEqual([{ lineId: '0', node: 'SHOP', quantity: 2 }]);
  expect(excluded.map(({ code }) => code)).toEqual([
    'NOT_THE_COLLECT_NODE',
    'NOT_THE_COLLECT_NODE',
    'NOT_THE_COLLECT_NODE',
  ]);
});

it('shows where the rules leave the channel less than is there', () => {
  const rule = { id: 'r', name: 'cap', channel: 'shop', sku: 'A', kind: 'CAP', units: 1, mode: 'HARD', updatedAt: NOW };
  const stock = new StockState({
    positions: [{ ...emptyPosition('A', 'N1'), onHand: 3 }],
    rules: new Map([['A', [{ ...rule, kind: 'CAP' as const, mode: 'HARD' as const }]]]),
  });
  const { limited, missing } = dryRun(
    {
      channel: 'shop',
      method: 'SHIP',
      demands: [{ lineId: '0', quantity: 2, components: [{ sku: 'A', quantity: 1 }] }],
    },
    {
      now: NOW,
      stock,
      nodes: NODES,
      items: new Map(),
      policyOf: () => ({ shortage: 'WAIT', tier: 100, preOrder: false }),
      sourcingOf: () => DEFAULT_SOURCING_POLICY,
    },
  );
  expect([limited, missing]).toEqual([[{ sku: 'A', available: 3, ats: 1 }], [{ lineId: '0', quantity: 1 }]]);
});
