import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SOURCING_POLICY,
  nodesNamedBy,
  parseSourcingPolicy,
  SourcingPolicyError,
  type SourcingPolicy,
} from './sourcing-policy.js';

const FULL: SourcingPolicy = {
  criteria: ['ZONE', 'DISTANCE', 'COST', 'CUT_OFF', 'CAPACITY', 'PRIORITY'],
  allowedKinds: ['DC', 'STORE'],
  excludedNodes: ['dc/old'],
  sameCountryOnly: true,
  maxDistanceKm: 412.5,
  maxNodes: 3,
  zones: [
    { name: 'DE-1', country: 'DE', postalZones: ['10', '1'], latitude: 52.5, longitude: 13.4, nodes: { 'dc-n': 1 } },
    { name: 'DE', country: 'DE' },
  ],
  shipFromStore: true,
  clickAndCollect: false,
};

function findings(value: unknown): readonly string[] {
  try {
    parseSourcingPolicy('shop', value);
  } catch (error) {
    if (error instanceof SourcingPolicyError) return error.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`);
    throw error;
  }
  return [];
}

describe('a sourcing policy', () => {
  it.each([FULL, DEFAULT_SOURCING_POLICY])('is read back as it was written', (policy) => {
    expect(parseSourcingPolicy('shop', JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  });

  it.each<[string, unknown, string | RegExp]>([
    ['no object', 'PRIORITY', /^: /],
    ['a missing field', { ...FULL, maxNodes: undefined }, /^\/maxNodes: /],
    ['an unknown field', { ...FULL, 'max/nodes': 1 }, /^\/max~1nodes: .*remove it/],
    ['an unknown field in a zone', { ...FULL, zones: [{ name: 'a', country: 'DE', city: 1 }] }, /^\/zones\/0\/city: /],
    ['no criteria', { ...FULL, criteria: [] }, /^\/criteria: .*at least one/],
    ['an unknown criterion', { ...FULL, criteria: ['PRIORITY', 'PRICE'] }, /^\/criteria\/1: .*CUT_OFF/],
    [
      'a criterion twice',
      { ...FULL, criteria: ['COST', 'COST'] },
      '/criteria/1: COST stands before already: remove it.',
    ],
    ['no kinds', { ...FULL, allowedKinds: [] }, /^\/allowedKinds: .*leave it out/],
    ['no nodes', { ...FULL, maxNodes: 0 }, /^\/maxNodes: /],
    ['too many nodes', { ...FULL, maxNodes: 11 }, /^\/maxNodes: /],
    ['half a node', { ...FULL, maxNodes: 1.5 }, /^\/maxNodes: /],
    ['no distance', { ...FULL, maxDistanceKm: 0 }, /^\/maxDistanceKm: /],
    ['a country in words', { ...FULL, zones: [{ name: 'a', country: 'Germany' }] }, /^\/zones\/0\/country: .*"DE"/],
    [
      'a postal code as people write it',
      { ...FULL, zones: [{ name: 'a', country: 'GB', postalZones: ['EH', 'sw1a 1'] }] },
      /^\/zones\/0\/postalZones\/1: .*no spaces/,
    ],
    ['no postal codes', { ...FULL, zones: [{ name: 'a', country: 'GB', postalZones: [] }] }, /leave it out/],
    ['half a place', { ...FULL, zones: [{ name: 'a', country: 'GB', latitude: 1 }] }, /^\/zones\/0\/longitude: /],
    [
      'a place outside the world',
      { ...FULL, zones: [{ name: 'a', country: 'GB', latitude: 91, longitude: 0 }] },
      /lat/,
    ],
    [
      'a rank of zero',
      { ...FULL, zones: [{ name: 'a', country: 'GB', nodes: { 'a/b': 0 } }] },
      /^\/zones\/0\/nodes\/a~1b: /,
    ],
    [
      'two zones of one name',
      {
        ...FULL,
        zones: [
          { name: 'a', country: 'GB' },
          { name: 'a', country: 'FR' },
        ],
      },
      '/zones/1/name: Another zone is named "a": choose another name.',
    ],
    [
      'a country in two zones',
      {
        ...FULL,
        zones: [
          { name: 'a', country: 'GB' },
          { name: 'b', country: 'GB' },
        ],
      },
      '/zones/1: GB as a whole is in zone "a" already: keep it in one of them.',
    ],
    [
      'a postal code in two zones',
      {
        ...FULL,
        zones: [
          { name: 'a', country: 'GB', postalZones: ['EH'] },
          { name: 'b', country: 'GB', postalZones: ['G', 'EH'] },
        ],
      },
      '/zones/1/postalZones/1: GB EH is in zone "a" already: keep it in one of them.',
    ],
  ])('is refused with %s, saying where and what', (_, value, expected) => {
    expect(findings(value)).toHaveLength(1);
    expect(findings(value)[0]).toMatch(expected);
  });

  it('has a bound for everything that repeats', () => {
    const zones = Array.from({ length: 1_001 }, (_, index) => ({
      name: `${index}`,
      country: 'DE',
      postalZones: [`${index}`],
    }));
    expect(findings({ ...FULL, zones: zones.slice(1) })).toEqual([]);
    expect(findings({ ...FULL, zones })).toEqual([expect.stringMatching(/^\/zones: .*1000/)]);
    const nodes = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`n${index}`, 1]));
    expect(findings({ ...FULL, zones: [{ name: 'a', country: 'DE', nodes }] })).toEqual([
      '/zones/0/nodes: Must name at most 1000 nodes.',
    ]);
    expect(findings({ ...FULL, excludedNodes: Object.keys(nodes) })).toEqual([expect.stringMatching(/1000/)]);
    const wrong = Array.from({ length: 500 }, (_, index) => ({ name: `${index}`, country: '?' }));
    expect(findings({ ...FULL, zones: wrong })).toHaveLength(100);
  });

  it('says which nodes it names, and where', () => {
    expect(nodesNamedBy(FULL)).toEqual([
      { node: 'dc/old', pointer: '/excludedNodes/0' },
      { node: 'dc-n', pointer: '/zones/0/nodes/dc-n' },
    ]);
  });
});
