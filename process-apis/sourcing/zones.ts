import type { Destination } from '../../src/model/order.js';
import type { StockNode } from '../../src/model/stock.js';
import type { SourcingPolicy, SourcingZone } from './sourcing-policy.js';

const EARTH_RADIUS_KM = 6_371.009;
/** Characters of a postal code that a zone can name. */
const PREFIX_MAX = 10;

/** The zones by `<country>/<postal prefix>`. Policies never change, so each is indexed once. */
const indexes = new WeakMap<SourcingPolicy, ReadonlyMap<string, SourcingZone>>();

/** The zone that a destination is in: the one with the longest postal prefix that fits. */
export function zoneOf(policy: SourcingPolicy, destination: Destination | undefined): SourcingZone | undefined {
  if (destination === undefined || policy.zones.length === 0) return undefined;
  const index = indexOf(policy);
  const postal = (destination.postalZone ?? '').toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
  for (let length = Math.min(postal.length, PREFIX_MAX); length >= 0; length -= 1) {
    const zone = index.get(`${destination.country}/${postal.slice(0, length)}`);
    if (zone !== undefined) return zone;
  }
  return undefined;
}

function indexOf(policy: SourcingPolicy): ReadonlyMap<string, SourcingZone> {
  const known = indexes.get(policy);
  if (known !== undefined) return known;
  const index = new Map<string, SourcingZone>();
  for (const zone of policy.zones)
    for (const prefix of zone.postalZones ?? ['']) index.set(`${zone.country}/${prefix}`, zone);
  indexes.set(policy, index);
  return index;
}

/** Kilometres as the crow flies (haversine); undefined where a coordinate is not known. */
export function distanceKm(
  from: Pick<SourcingZone, 'latitude' | 'longitude'> | undefined,
  to: Pick<StockNode, 'latitude' | 'longitude'>,
): number | undefined {
  if (from?.latitude === undefined || from.longitude === undefined) return undefined;
  if (to.latitude === undefined || to.longitude === undefined) return undefined;
  const [a, b] = [radians(from.latitude), radians(to.latitude)];
  const chord =
    Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
