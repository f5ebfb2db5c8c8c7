import type { Address, OrderParties } from '../../src/model/channel-order.js';
import type { Destination } from '../../src/model/order.js';

/** Letters of a postal code that are kept: enough to choose a node, too few to find a person. */
const POSTAL_ZONE_LENGTH = 3;

/** What decides where a parcel goes; a phone number does not. */
const DELIVERED_TO = [
  'name',
  'company',
  'line1',
  'line2',
  'line3',
  'city',
  'region',
  'postalCode',
  'country',
] as const satisfies readonly (keyof Address)[];

export function sameAddress(one: Address, other: Address): boolean {
  return DELIVERED_TO.every((field) => (one[field] ?? '').trim() === (other[field] ?? '').trim());
}

/** What sourcing needs to know of an address; undefined without a country. */
export function destinationOf(shipTo: Address | undefined): Destination | undefined {
  if (shipTo?.country === undefined) return undefined;
  const postalZone = shipTo.postalCode?.replaceAll(/\s/g, '').toUpperCase().slice(0, POSTAL_ZONE_LENGTH);
  return {
    country: shipTo.country,
    ...(shipTo.region === undefined ? {} : { region: shipTo.region }),
    ...(postalZone === undefined || postalZone === '' ? {} : { postalZone }),
  };
}

/**
 * The address that the channel wants instead of the one it told before. Undefined: it says nothing new, or has blanked what
 * was known. A person's correction stays until the channel says something else than it did.
 */
export function newAddress(known: OrderParties | undefined, told: OrderParties): Address | undefined {
  const before = known?.shipToAsTold ?? known?.shipTo;
  if (told.shipTo === undefined || before === undefined || isBlanked(before, told.shipTo)) return undefined;
  return sameAddress(before, told.shipTo) ? undefined : told.shipTo;
}

/** What is known of the parties when the channel told of the order again. */
export function amendedParties(known: OrderParties | undefined, told: OrderParties): OrderParties {
  const before = known?.shipTo;
  if (known === undefined || before === undefined || newAddress(known, told) !== undefined) return told;
  const { shipToAsTold } = known;
  if (told.shipTo !== undefined && isBlanked(shipToAsTold ?? before, told.shipTo)) return known;
  return { ...told, shipTo: before, ...(shipToAsTold === undefined ? {} : { shipToAsTold }) };
}

export function correctedParties(known: OrderParties | undefined, shipTo: Address): OrderParties {
  const asTold = known?.shipToAsTold ?? known?.shipTo;
  return { ...known, shipTo, ...(asTold === undefined ? {} : { shipToAsTold: asTold }) };
}

/** Channels blank personal data after a while: what was known stays. */
function isBlanked(before: Address, told: Address): boolean {
  return before.line1 !== undefined && told.line1 === undefined;
}
