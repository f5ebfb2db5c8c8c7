import { describe, expect, it } from 'vitest';
import { DEFAULT_SOURCING_POLICY, type SourcingPolicy, type SourcingZone } from './sourcing-policy.js';
import { distanceKm, zoneOf } from './zones.js';

const ZONES: readonly SourcingZone[] = [
  { name: 'Germany', country: 'DE' },
  { name: 'East', country: 'DE', postalZones: ['0', '1'] },
  { name: 'Berlin', country: 'DE', postalZones: ['10', '12', '13'] },
  { name: 'Scotland', country: 'GB', postalZones: ['EH', 'G'] },
  { name: 'Warsaw', country: 'PL', postalZones: ['000'] },
];
const POLICY: SourcingPolicy = { ...DEFAULT_SOURCING_POLICY, zones: ZONES };

const at = (latitude: number, longitude: number) => ({ latitude, longitude });

describe('zones', () => {
  it.each([
    ['DE', '10115', 'Berlin'],
    ['DE', '1', 'East'],
    ['DE', '01067', 'East'],
    ['DE', '80331', 'Germany'],
    ['DE', undefined, 'Germany'],
    ['GB', 'EH11BB', 'Scotland'],
    ['GB', 'eh1 1bb', 'Scotland'],
    ['GB', 'SW1A', undefined],
    ['GB', undefined, undefined],
    ['PL', '00-001', 'Warsaw'],
    ['FR', '10115', undefined],
    ['FR', '10115-AVENUE-OF-A-VERY-LONG-CODE', undefined],
  ])('finds the longest postal prefix that fits %s %s: %s', (country, postalZone, name) => {
    const destination = postalZone === undefined ? { country } : { country, postalZone };
    expect(zoneOf(POLICY, destination)?.name).toBe(name);
  });

  it('knows no zone without a destination, or without zones', () => {
    expect(zoneOf(POLICY, undefined)).toBeUndefined();
    expect(zoneOf(DEFAULT_SOURCING_POLICY, { country: 'DE' })).toBeUndefined();
  });
});

describe('distance', () => {
  // Great-circle distances from published city coordinates.
  it.each([
    ['Berlin – Munich', at(52.52, 13.405), at(48.1372, 11.5756), 504],
    ['London – New York', at(51.5074, -0.1278), at(40.7128, -74.006), 5570],
    ['over the date line', at(0, 179), at(0, -179), 222],
    ['pole to pole', at(90, 0), at(-90, 0), 20_015],
    ['nowhere', at(1, 1), at(1, 1), 0],
  ])('measures %s', (_, from, to, km) => {
    expect(Math.abs((distanceKm(from, to) ?? Number.NaN) - km)).toBeLessThan(1);
  });

  it('is unknown where a coordinate is', () => {
    expect(distanceKm(undefined, at(1, 1))).toBeUndefined();
    expect(distanceKm({}, at(1, 1))).toBeUndefined();
    expect(distanceKm(at(1, 1), { latitude: 1 })).toBeUndefined();
  });
});
