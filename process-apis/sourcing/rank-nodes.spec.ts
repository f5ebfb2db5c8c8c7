import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stockNode, type StockNode } from '../../src/model/stock.js';
import { rankNodes } from './rank-nodes.js';
import { DEFAULT_SOURCING_POLICY, SOURCING_CRITERIA, type SourcingPolicy } from './sourcing-policy.js';
import type { CapacityLeft, SourcingRequest } from './sourcing.types.js';

const REQUEST: SourcingRequest = {
  channel: 'shop-eu',
  // A Wednesday; 13:25 in Berlin.
  now: '2026-01-14T12:25:00.000Z',
  destination: { country: 'DE', region: 'DE-BE', postalZone: '10115' },
  method: 'SHIP',
  refusedBy: new Set(),
};
const BERLIN = { name: 'DE-1', country: 'DE', postalZones: ['10'], latitude: 52.52, longitude: 13.405 };

/** B has no unit left, some have no limit. */
const unitsLeft: CapacityLeft = (node) =>
  new Map([
    ['A', 5],
    ['B', 0],
    ['C', 120],
    ['N1', 0],
    ['N2', 7],
    ['N3', 9],
  ]).get(node);

function policy(given: Partial<SourcingPolicy>): SourcingPolicy {
  return { ...DEFAULT_SOURCING_POLICY, ...given };
}

function rank(
  nodes: readonly StockNode[],
  given: Partial<SourcingPolicy> = {},
  request: Partial<SourcingRequest> = {},
  left: CapacityLeft = () => undefined,
) {
  return rankNodes({ ...REQUEST, ...request }, nodes, policy(given), left);
}

const order = (...given: Parameters<typeof rank>) => rank(...given).choices.map(({ node }) => node);
const codes = (...given: Parameters<typeof rank>) =>
  Object.fromEntries(rank(...given).excluded.map(({ node, code }) => [node, code]));

describe('ranking', () => {
  it('goes by priority, then id, where nothing else is said', () => {
    const nodes = [stockNode({ id: 'C', priority: 2 }), stockNode({ id: 'B' }), stockNode({ id: 'A' })];
    expect(rank(nodes)).toEqual({
      choices: [
        { node: 'C', rank: 1, because: ['priority 2'] },
        { node: 'A', rank: 2, because: ['priority 100'] },
        { node: 'B', rank: 3, because: ['priority 100'] },
      ],
      excluded: [],
    });
  });

  it('goes by the rank in the zone; nodes without one come after', () => {
    const nodes = ['A', 'B', 'C'].map((id) => stockNode({ id }));
    const zones = [{ ...BERLIN, nodes: { C: 1, B: 2 } }];
    expect(rank(nodes, { criteria: ['ZONE'], zones }).choices).toEqual([
      { node: 'C', rank: 1, because: ['zone DE-1 (rank 1)'] },
      { node: 'B', rank: 2, because: ['zone DE-1 (rank 2)'] },
      { node: 'A', rank: 3, because: ['zone DE-1 (no rank)'] },
    ]);
    const abroad = rank(nodes, { criteria: ['ZONE'], zones }, { destination: { country: 'FR' } });
    expect(abroad.choices[0]).toEqual({ node: 'A', rank: 1, because: ['no zone for FR'] });
  });

  it('goes by distance from the zone; unknown comes after known', () => {
    const nodes = [
      stockNode({ id: 'A' }),
      stockNode({ id: 'B', latitude: 48.1372, longitude: 11.5756 }),
      stockNode({ id: 'C', latitude: 53.55, longitude: 9.99 }),
    ];
    expect(rank(nodes, { criteria: ['DISTANCE'], zones: [BERLIN] }).choices).toEqual([
      { node: 'C', rank: 1, because: ['255 km'] },
      { node: 'B', rank: 2, because: ['504 km'] },
      { node: 'A', rank: 3, because: ['distance unknown'] },
    ]);
  });

  it('goes by cost; unknown comes after known', () => {
    const nodes = [
      stockNode({ id: 'A' }),
      stockNode({ id: 'B', shippingCostMinor: 490 }),
      stockNode({ id: 'C', shippingCostMinor: 0 }),
    ];
    expect(rank(nodes, { criteria: ['COST'] }).choices).toEqual([
      { node: 'C', rank: 1, because: ['shipping cost 0 minor units'] },
      { node: 'B', rank: 2, because: ['shipping cost 490 minor units'] },
      { node: 'A', rank: 3, because: ['shipping cost unknown'] },
    ]);
  });

  it('goes by what leaves today, then by what leaves first', () => {
    const berlin = { timeZone: 'Europe/Berlin' };
    const nodes = [
      stockNode({ id: 'A', ...berlin, cutOff: '13:00' }),
      stockNode({ id: 'B', ...berlin, cutOff: '16:00' }),
      stockNode({ id: 'C', ...berlin, cutOff: '14:00' }),
      stockNode({ id: 'D', ...berlin, cutOff: '10:00', workingDays: [1] }),
      stockNode({ id: 'E', timeZone: 'America/New_York', cutOff: '07:45' }),
      stockNode({ id: 'F', ...berlin }),
      stockNode({ id: 'G', timeZone: 'Nowhere/Nowhere', cutOff: '23:00' }),
    ];
    expect(rank(nodes, { criteria: ['CUT_OFF'] }).choices.map(({ node, because }) => [node, ...because])).toEqual([
      ['E', 'cut-off 07:45 America/New_York in 20 min'],
      ['C', 'cut-off 14:00 Europe/Berlin in 35 min'],
      ['B', 'cut-off 16:00 Europe/Berlin in 2 h 35 min'],
      ['F', 'end of day Europe/Berlin in 10 h 35 min'],
      ['A', 'cut-off 13:00 Europe/Berlin not today any more, next 2026-01-15T12:00:00.000Z'],
      ['D', 'cut-off 10:00 Europe/Berlin not today any more, next 2026-01-19T09:00:00.000Z'],
      ['G', 'cut-off 23:00 Nowhere/Nowhere unknown, or no working day'],
    ]);
  });

  it('prefers what leaves today to what leaves earlier by the clock of the world', () => {
    const nodes = [
      // 21:25 in Tokyo: its next cut-off is at 23:00 UTC.
      stockNode({ id: 'A', timeZone: 'Asia/Tokyo', cutOff: '08:00' }),
      // 04:25 in Los Angeles: its cut-off today is at 04:00 UTC of the next day.
      stockNode({ id: 'B', timeZone: 'America/Los_Angeles', cutOff: '20:00' }),
    ];
    expect(order(nodes, { criteria: ['CUT_OFF'] })).toEqual(['B', 'A']);
  });

  it('goes by capacity left, no limit first, and leaves out who has none whatever the criteria', () => {
    const nodes = ['A', 'B', 'C', 'D'].map((id) => stockNode({ id }));
    const ranking = rank(nodes, { criteria: ['CAPACITY'] }, {}, unitsLeft);
    expect(ranking.choices).toEqual([
      { node: 'D', rank: 1, because: ['no daily limit'] },
      { node: 'C', rank: 2, because: ['120 units left today'] },
      { node: 'A', rank: 3, because: ['5 units left today'] },
    ]);
    expect(ranking.excluded).toEqual([{ node: 'B', code: 'CAPACITY_USED_UP', reason: 'B takes no more units today' }]);
    expect(codes(nodes, {}, {}, unitsLeft)).toEqual({ B: 'CAPACITY_USED_UP' });
  });

  it('asks the criteria in their order', () => {
    const nodes = [
      stockNode({ id: 'A', priority: 1, shippingCostMinor: 500 }),
      stockNode({ id: 'B', priority: 2, shippingCostMinor: 500 }),
      stockNode({ id: 'C', priority: 3, shippingCostMinor: 400 }),
    ];
    expect(order(nodes, { criteria: ['COST', 'PRIORITY'] })).toEqual(['C', 'A', 'B']);
    expect(order(nodes, { criteria: ['PRIORITY', 'COST'] })).toEqual(['A', 'B', 'C']);
    expect(rank(nodes, { criteria: ['COST', 'PRIORITY'] }).choices[0]?.because).toHaveLength(2);
    const reversed = nodes.map((node) => ({ ...node, priority: -node.priority, shippingCostMinor: 1 }));
    expect(order(reversed, { criteria: ['COST'] })).toEqual(['C', 'B', 'A']);
  });

  it('does not depend on the order of the nodes, and loses none', () => {
    const node = fc.record({
      priority: fc.integer({ min: 1, max: 3 }),
      active: fc.boolean(),
      kind: fc.constantFrom('DC' as const, 'STORE' as const),
      latitude: fc.constantFrom(48, 53),
      longitude: fc.constantFrom(9, 13),
      cutOff: fc.constantFrom('09:00', '16:00'),
      shippingCostMinor: fc.nat(2),
      shipsFromStore: fc.boolean(),
    });
    const property = fc.property(
      fc.array(node, { maxLength: 12 }),
      fc.uniqueArray(fc.constantFrom(...SOURCING_CRITERIA), { minLength: 1 }),
      fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }),
      (given, criteria, random) => {
        const nodes = given.map((each, index) => stockNode({ id: `N${index}`, ...each }));
        const shuffled = nodes
          .map((each, index) => ({ each, by: random[index] ?? 0 }))
          .toSorted((a, b) => a.by - b.by)
          .map(({ each }) => each);
        const ranking = rank(nodes, { criteria, zones: [BERLIN] }, {}, unitsLeft);
        expect(rank(shuffled, { criteria, zones: [BERLIN] }, {}, unitsLeft)).toEqual(ranking);
        const all = [...ranking.choices, ...ranking.excluded].map((each) => each.node);
        expect(all.toSorted()).toEqual(nodes.map(({ id }) => id).toSorted());
        expect(ranking.choices.map((choice) => choice.rank)).toEqual(ranking.choices.map((_, index) => index + 1));
      },
    );
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 300 }))).toBeUndefined();
  });
});

describe('exclusion', () => {
  const dc = stockNode({ id: 'DC', country: 'DE' });
  const shop = stockNode({ id: 'SHOP', kind: 'STORE', country: 'DE', shipsFromStore: true, clickAndCollect: true });

  it.each<[string, string, StockNode, Partial<SourcingPolicy>, Partial<SourcingRequest>]>([
    ['is not active', 'INACTIVE', { ...dc, active: false }, {}, {}],
    ['the policy excludes', 'EXCLUDED_BY_POLICY', dc, { excludedNodes: ['DC'] }, {}],
    ['is of a kind that is not allowed', 'KIND_NOT_ALLOWED', dc, { allowedKinds: ['STORE', 'THIRD_PARTY'] }, {}],
    ['is a store, and the policy does not ship from stores', 'NOT_SHIP_FROM_STORE', shop, { shipFromStore: false }, {}],
    ['is a store that does not ship', 'NOT_SHIP_FROM_STORE', { ...shop, shipsFromStore: false }, {}, {}],
    ['refused the order', 'REFUSED_THIS_ORDER', dc, {}, { refusedBy: new Set(['DC']) }],
    ['is in another country', 'OTHER_COUNTRY', { ...dc, country: 'PL' }, { sameCountryOnly: true }, {}],
    ['is in a country that nobody knows', 'OTHER_COUNTRY', stockNode({ id: 'X' }), { sameCountryOnly: true }, {}],
    [
      'is too far',
      'TOO_FAR',
      { ...dc, latitude: 48.1372, longitude: 11.5756 },
      { maxDistanceKm: 503, zones: [BERLIN] },
      {},
    ],
    ['is not where it is collected', 'NOT_THE_COLLECT_NODE', dc, {}, { method: 'COLLECT', collectAt: 'SHOP' }],
    ['is nowhere to collect', 'NOT_THE_COLLECT_NODE', shop, {}, { method: 'COLLECT' }],
    ['offers no collection', 'NOT_CLICK_AND_COLLECT', dc, {}, { method: 'COLLECT', collectAt: 'DC' }],
    [
      'offers what the policy does not',
      'NOT_CLICK_AND_COLLECT',
      shop,
      { clickAndCollect: false },
      { method: 'COLLECT', collectAt: 'SHOP' },
    ],
  ])('leaves out a node that %s, and says why', (_, code, node, given, request) => {
    const { choices, excluded } = rank([node], given, request);
    expect(choices).toEqual([]);
    expect(excluded).toEqual([{ node: node.id, code, reason: expect.stringMatching(/\w+ \w+/) as string }]);
  });

  it('takes a distance that is not known, or not too far', () => {
    const munich = { ...dc, id: 'M', latitude: 48.1372, longitude: 11.5756 };
    expect(order([dc, munich], { maxDistanceKm: 505, zones: [BERLIN] })).toEqual(['DC', 'M']);
    expect(order([munich], { maxDistanceKm: 1, zones: [] })).toEqual(['M']);
  });

  it('cannot tell countries apart for an order without a destination', () => {
    const { destination: _, ...nowhere } = REQUEST;
    expect(rankNodes(nowhere, [dc], policy({ sameCountryOnly: true }), () => undefined).choices).toHaveLength(1);
  });

  it('collects at the one node, whatever the country and the distance', () => {
    const given = { sameCountryOnly: true, maxDistanceKm: 1, zones: [BERLIN], shipFromStore: false };
    const far = { ...shop, country: 'PL', latitude: 1, longitude: 1, shipsFromStore: false };
    const request = { method: 'COLLECT', collectAt: 'SHOP' } as const;
    expect(order([dc, far], given, request)).toEqual(['SHOP']);
    expect(codes([dc, far], given, request)).toEqual({ DC: 'NOT_THE_COLLECT_NODE' });
  });
});
